import type { Metadata } from '@grpc/grpc-js';
import { backoffMs } from '../../../shared/platform/backoff.ts';
import type { Clock } from '../../../shared/platform/clock.ts';
import type { Event__Output } from '../../../shared/wire/generated/etcdserverpb/Event.ts';
import type { WatchClient } from '../../../shared/wire/generated/etcdserverpb/Watch.ts';
import type { WatchResponse__Output } from '../../../shared/wire/generated/etcdserverpb/WatchResponse.ts';
import type { Revision } from '../store.ts';
import { compactedError } from '../txn-check.ts';
import { mayTryAnother } from './etcd-errors.ts';
import type { KeyRange } from './etcd-messages.ts';
import type { Member, Members } from './members.ts';

export interface WatchDeps {
  readonly members: Members;
  readonly clock: Clock;
  /** Throws STORE_COMPACTED when a watch from `from` would have a gap. */
  readonly assertKept: (from: Revision) => Promise<void>;
}

/** All that one transaction did in the range. */
export interface RawBatch {
  readonly revision: Revision;
  readonly events: readonly Event__Output[];
}

/** After so much silence we ask for a sign of life, and after so much a member is left. */
const [askMs, silentMsMax] = [2_000, 5_000];
const reconnectWait = { firstMs: 50, maxMs: 1_000 } as const;

type WatchCall = ReturnType<WatchClient['Watch']>;

/**
 * Every change of a range from `from` on, one batch a transaction, in order, without gaps or duplicates, across
 * reconnects and members. Throws STORE_COMPACTED; ends when `signal` aborts.
 */
export async function* watchRange(
  deps: WatchDeps,
  range: KeyRange,
  from: Revision,
  signal: AbortSignal,
): AsyncIterable<RawBatch> {
  let next = from;
  let failures = 0;
  while (!signal.aborted) {
    const member = deps.members.current();
    const connection = new Connection(member, deps.members.metadata, deps.clock);
    try {
      for await (const response of connection.responses({ ...range, from: next }, signal)) {
        if (response.created) await deps.assertKept(next);
        const batches = connection.whole(response, next);
        for (const batch of batches) {
          next = batch.revision + 1n;
          failures = 0;
          yield batch;
        }
      }
    } finally {
      connection.cancel();
    }
    if (signal.aborted) return;
    deps.members.leave(member);
    await deps.clock.sleep(backoffMs(failures, reconnectWait), signal).catch(() => undefined);
    failures += 1;
  }
}

/** One stream to one member. Invariant: a revision leaves it complete, or not at all. */
class Connection {
  readonly #call: WatchCall;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  /** Since when nothing came although we were waiting for it; null: it is our turn. */
  #waitingSinceMs: number | null = null;
  /** Of the revision whose end has not come yet. */
  #pending: Event__Output[] = [];

  constructor(member: Member, metadata: Metadata, clock: Clock) {
    this.#call = member.watch.Watch(metadata);
    this.#clock = clock;
  }

  /** Ends when the stream does, if another member may do better; throws STORE_COMPACTED, and what etcd refuses. */
  async *responses(
    asked: KeyRange & { readonly from: Revision },
    signal: AbortSignal,
  ): AsyncIterable<WatchResponse__Output> {
    const { key, rangeEnd, from } = asked;
    signal.addEventListener('abort', () => this.cancel(), { signal: this.#ended.signal });
    this.#call.on('error', () => this.#ended.abort());
    this.#call.write({
      createRequest: { key, rangeEnd, startRevision: from.toString(), fragment: true },
    });
    void this.#notice();
    const answers: AsyncIterator<WatchResponse__Output> = this.#call[Symbol.asyncIterator]();
    for (;;) {
      this.#waitingSinceMs = this.#clock.monotonicMs();
      const answer = await answers.next().catch((error: unknown) => {
        if (signal.aborted || mayTryAnother(error)) return null;
        throw error;
      });
      this.#waitingSinceMs = null;
      if (answer === null || answer.done === true) return;
      const compacted = BigInt(answer.value.compactRevision);
      if (compacted > 0n) throw compactedError(from, compacted);
      if (answer.value.canceled) return;
      yield answer.value;
    }
  }

  /** The batches that are complete now; what is older than `next` has been seen. */
  whole(response: WatchResponse__Output, next: Revision): readonly RawBatch[] {
    this.#pending.push(...response.events.filter((event) => revisionOf(event) >= next));
    const last = this.#pending.at(-1);
    // A piece may end inside a revision: its last one waits for the next piece.
    const open = response.fragment && last !== undefined ? revisionOf(last) : null;
    const ready = this.#pending.filter((event) => revisionOf(event) !== open);
    this.#pending = this.#pending.filter((event) => revisionOf(event) === open);
    return batchesOf(ready);
  }

  cancel(): void {
    this.#ended.abort();
    this.#call.cancel();
  }

  /** A member that is stopped or cut off keeps its connection and says nothing. */
  async #notice(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await this.#clock.sleep(askMs, signal).catch(() => undefined);
      if (signal.aborted || this.#waitingSinceMs === null) continue;
      const silentMs = this.#clock.monotonicMs() - this.#waitingSinceMs;
      if (silentMs >= silentMsMax) this.cancel();
      else if (silentMs >= askMs / 2) this.#call.write({ progressRequest: {} });
    }
  }
}

function batchesOf(events: readonly Event__Output[]): readonly RawBatch[] {
  const batches: { revision: Revision; events: Event__Output[] }[] = [];
  for (const event of events) {
    const revision = revisionOf(event);
    const last = batches.at(-1);
    if (last?.revision === revision) last.events.push(event);
    else batches.push({ revision, events: [event] });
  }
  return batches;
}

function revisionOf(event: Event__Output): Revision {
  return BigInt(event.kv?.modRevision ?? 0);
}

import { backoffMs } from '../../../shared/platform/backoff.ts';
import { isAppError } from '../../../shared/platform/errors.ts';
import type { Log } from '../../../shared/platform/log.ts';
import type { TxnResponse__Output } from '../../../shared/wire/generated/etcdserverpb/TxnResponse.ts';
import type { KeyValue__Output } from '../../../shared/wire/generated/etcdserverpb/KeyValue.ts';
import {
  leadershipPrefix,
  type Compare,
  type LeadOptions,
  type Leadership,
  type Revision,
} from '../store.ts';
import { checkKey, epochAfter } from '../txn-check.ts';
import { isLeaseOver, mayTryAnother } from './etcd-errors.ts';
import { Lease } from './etcd-lease.ts';
import { compareAt, type KeySpace } from './etcd-messages.ts';
import { watchRange, type WatchDeps } from './etcd-watch.ts';
import type { Patience } from './members.ts';

export interface ElectionDeps extends WatchDeps {
  readonly keys: KeySpace;
  readonly log: Log;
  readonly leaseTtlMs: number;
  readonly patience: Patience;
}

/** What we hold: a lock that hangs on a lease, and the term that we made of it. */
interface Held {
  readonly lease: Lease;
  term: { readonly leadership: Leadership; readonly lost: AbortController };
}

interface Seen {
  readonly record: KeyValue__Output | null;
  readonly lock: KeyValue__Output | null;
}

const noSignal = new AbortController().signal;
const retryWait = { firstMs: 50, maxMs: 1_000 } as const;

/**
 * Leadership by two keys. The lock hangs on a lease, goes away with it, and is what others wait for. The record
 * (`leadership/NAME` of the store, as everywhere) stays: it keeps the last epoch, and its revision is the fence. Both are
 * written in one transaction, so that whoever is elected has deposed the one before.
 */
export class Elections {
  readonly #deps: ElectionDeps;
  readonly #held = new Map<string, Held>();
  readonly #closed = new AbortController();

  constructor(deps: ElectionDeps) {
    this.#deps = deps;
  }

  async lead(name: string, options: LeadOptions): Promise<Leadership> {
    checkKey(`${leadershipPrefix}${name}`);
    const signal = AbortSignal.any([options.signal ?? noSignal, this.#closed.signal]);
    const held = this.#held.get(name);
    const again = held?.lease.isLive() === true ? held.lease : null;
    if (again !== null) {
      const term = await this.#claim(name, again, options, signal);
      if (term !== null) return term;
      await again.giveBack();
    }
    // Whoever waits for the lead waits for etcd, too.
    for (let failures = 0; ; failures += 1) {
      try {
        const term = await this.#campaign(name, options, signal);
        if (term !== null) return term;
        failures = 0;
      } catch (error) {
        signal.throwIfAborted();
        if (!isPassing(error)) throw error;
        const { clock, log } = this.#deps;
        if (failures === 0) log.warn({ err: error, name }, 'waiting for the lead and for etcd');
        await clock.sleep(backoffMs(failures, retryWait), signal);
      }
    }
  }

  /** Waits until the lock is free and tries to take it. Null: somebody else was faster. */
  async #campaign(
    name: string,
    options: LeadOptions,
    signal: AbortSignal,
  ): Promise<Leadership | null> {
    await this.#untilFree(name, signal);
    const lease = await Lease.grant(this.#deps, this.#deps.leaseTtlMs, signal);
    let term: Leadership | null = null;
    try {
      term = await this.#claim(name, lease, options, signal);
      return term;
    } finally {
      if (term === null) await lease.giveBack();
    }
  }

  /** Whether the term of this fence has ended by our own clock: asked before every write, for we may have been paused. */
  isOver(fence: Compare): boolean {
    for (const { lease, term } of this.#held.values()) {
      const own = term.leadership.fence;
      if (own.key === fence.key && own.equals === fence.equals) return !lease.isLive();
    }
    return false;
  }

  /** Resigns, so that another leads at once. */
  async close(): Promise<void> {
    this.#closed.abort(new Error('the store is closed'));
    await Promise.all([...this.#held.values()].map(async ({ lease }) => lease.giveBack()));
  }

  async #untilFree(name: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const { lock, revision } = await this.#look(name, signal);
      if (lock === null) return;
      const key = this.#deps.keys.lock(name);
      const range = { key, rangeEnd: Buffer.concat([key, Buffer.from([0])]) };
      for await (const batch of watchRange(this.#deps, range, revision + 1n, signal)) {
        if (batch.events.some((event) => event.type === 'DELETE')) break;
      }
    }
  }

  /** Null: somebody else has the lock, or the lease is over. */
  async #claim(
    name: string,
    lease: Lease,
    options: LeadOptions,
    signal: AbortSignal,
  ): Promise<Leadership | null> {
    let tried: { readonly value: string; readonly over: bigint } | null = null;
    while (lease.isLive()) {
      const { record, lock } = await this.#look(name, signal);
      if (lock !== null && lock.lease !== lease.id) return null;
      const last = record === null ? 0n : BigInt(record.modRevision);
      // What we tried without an answer may have been done: then the record says so, and only we write it.
      if (
        lock !== null &&
        last > (tried?.over ?? last) &&
        record?.value.toString() === tried?.value
      ) {
        return this.#begin(name, lease, tried?.value ?? '', last);
      }
      const value: string = `${epochAfter(record?.value, options.above)} ${options.holder}`;
      tried = { value, over: last };
      const revision = await this.#write(name, lease, { value, last, lock }, signal);
      if (revision === 'over') return null;
      if (revision !== null) return this.#begin(name, lease, value, revision);
    }
    return null;
  }

  /** The revision of the term; `over`: the lease is; null: it must be looked at again. */
  async #write(
    name: string,
    lease: Lease,
    {
      value,
      last,
      lock,
    }: { readonly value: string; readonly last: bigint; readonly lock: KeyValue__Output | null },
    signal: AbortSignal,
  ): Promise<Revision | 'over' | null> {
    const { keys, members, patience } = this.#deps;
    const recordKey = keys.entry(`${leadershipPrefix}${name}`);
    const lockKey = keys.lock(name);
    const lockPut = { requestPut: { key: lockKey, value: Buffer.from(value), lease: lease.id } };
    const request = {
      compare: [
        compareAt(recordKey, 'mod', last),
        compareAt(lockKey, 'mod', BigInt(lock?.modRevision ?? 0)),
      ],
      success: [
        ...(lock === null ? [lockPut] : []),
        { requestPut: { key: recordKey, value: Buffer.from(value) } },
      ],
    };
    try {
      const answer = await members.write<TxnResponse__Output>(
        (member, metadata, done) => member.kv.Txn(request, metadata, done),
        patience,
        signal,
      );
      return answer.succeeded ? BigInt(answer.header?.revision ?? 0) : null;
    } catch (error) {
      signal.throwIfAborted();
      if (isLeaseOver(error)) return 'over';
      this.#deps.log.warn({ err: error, name }, 'an election got no answer');
      return null;
    }
  }

  #begin(name: string, lease: Lease, value: string, revision: Revision): Leadership {
    const lost = new AbortController();
    const epoch = BigInt(value.split(' ')[0] ?? '0');
    const fence = { key: `${leadershipPrefix}${name}`, target: 'mod', equals: revision } as const;
    const leadership = { name, epoch, fence, lost: lost.signal };
    const before = this.#held.get(name);
    this.#held.set(name, { lease, term: { leadership, lost } });
    before?.term.lost.abort();
    if (before?.lease !== lease) {
      lease.onOver(() => {
        const held = this.#held.get(name);
        if (held?.lease !== lease) return;
        this.#held.delete(name);
        held.term.lost.abort();
      });
    }
    return leadership;
  }

  async #look(name: string, signal: AbortSignal): Promise<Seen & { readonly revision: Revision }> {
    const { keys, members, patience } = this.#deps;
    const request = {
      success: [keys.entry(`${leadershipPrefix}${name}`), keys.lock(name)].map((key) => ({
        requestRange: { key },
      })),
    };
    const answer = await members.read<TxnResponse__Output>(
      (member, metadata, done) => member.kv.Txn(request, metadata, done),
      patience,
      signal,
    );
    const [record, lock] = answer.responses.map((each) => each.responseRange?.kvs[0] ?? null);
    return {
      record: record ?? null,
      lock: lock ?? null,
      revision: BigInt(answer.header?.revision ?? 0),
    };
  }
}

/** It may be otherwise in a moment: nobody answers, or what we watched from has been compacted. */
function isPassing(error: unknown): boolean {
  return (
    mayTryAnother(error) || isAppError(error, 'STORE_AWAY') || isAppError(error, 'STORE_COMPACTED')
  );
}

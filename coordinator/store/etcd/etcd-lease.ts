import type { ServiceError } from '@grpc/grpc-js';
import type { Clock } from '../../../shared/platform/clock.ts';
import type { Log } from '../../../shared/platform/log.ts';
import type { LeaseGrantResponse__Output } from '../../../shared/wire/generated/etcdserverpb/LeaseGrantResponse.ts';
import type { LeaseRevokeResponse__Output } from '../../../shared/wire/generated/etcdserverpb/LeaseRevokeResponse.ts';
import type { LeaseClient } from '../../../shared/wire/generated/etcdserverpb/Lease.ts';
import type { LeaseKeepAliveResponse__Output } from '../../../shared/wire/generated/etcdserverpb/LeaseKeepAliveResponse.ts';
import type { Members, Patience } from './members.ts';

export interface LeaseDeps {
  readonly members: Members;
  readonly clock: Clock;
  readonly log: Log;
  readonly patience: Patience;
}

/** Of the time that was granted: what our timers and etcd's may differ by. */
const marginShare = 0.15;
/** A term is renewed so many times before it would end. */
const renewalsPerTerm = 3;
/** Between attempts that got no answer. */
const retryMs = 50;

const noSignal = new AbortController().signal;

/**
 * A lease of etcd, kept alive until it is given back or cannot be.
 * Invariant: it is over by our own monotonic clock before etcd lets it go: counted from the *sending* of the last renewal
 * that was acknowledged, less a margin. The wall clock has no say, and a pause of this process shows at its end.
 */
export class Lease {
  readonly id: string;
  readonly #deps: LeaseDeps;
  readonly #ttlMs: number;
  readonly #over = new AbortController();
  #endMs: number;

  static async grant(deps: LeaseDeps, ttlMs: number, signal: AbortSignal): Promise<Lease> {
    const { members, clock, patience } = deps;
    const sentMs = clock.monotonicMs();
    // A grant that nobody heard of ends by itself: it may be asked for again.
    const granted = await members.read<LeaseGrantResponse__Output>(
      (member, metadata, done) =>
        member.lease.LeaseGrant({ TTL: Math.ceil(ttlMs / 1_000) }, metadata, done),
      patience,
      signal,
    );
    const lease = new Lease(deps, granted.ID, { ttlMs: Number(granted.TTL) * 1_000, sentMs });
    void lease.#renew();
    void lease.#watchClock();
    return lease;
  }

  private constructor(
    deps: LeaseDeps,
    id: string,
    { ttlMs, sentMs }: { readonly ttlMs: number; readonly sentMs: number },
  ) {
    this.id = id;
    this.#deps = deps;
    this.#ttlMs = ttlMs;
    this.#endMs = sentMs + ttlMs * (1 - marginShare);
  }

  /** Looks at the clock: true means that etcd has not let it go. */
  isLive(): boolean {
    if (this.#deps.clock.monotonicMs() >= this.#endMs) this.#end();
    return !this.#over.signal.aborted;
  }

  onOver(tell: () => void): void {
    if (this.#over.signal.aborted) tell();
    else this.#over.signal.addEventListener('abort', tell, { once: true });
  }

  /** Ends it here at once, and in etcd as soon as a member answers; without an answer it ends by itself. */
  async giveBack(): Promise<void> {
    this.#end();
    const { members, patience } = this.#deps;
    const done = members.read<LeaseRevokeResponse__Output>(
      (member, metadata, answer) => member.lease.LeaseRevoke({ ID: this.id }, metadata, answer),
      patience,
      noSignal,
    );
    await done.catch(() => undefined);
  }

  #end(): void {
    this.#over.abort();
  }

  async #watchClock(): Promise<void> {
    const { clock } = this.#deps;
    while (this.isLive()) {
      const leftMs = Math.max(1, this.#endMs - clock.monotonicMs());
      await clock.sleep(leftMs, this.#over.signal).catch(() => undefined);
    }
  }

  async #renew(): Promise<void> {
    const { clock, members, log } = this.#deps;
    const everyMs = this.#ttlMs / renewalsPerTerm;
    let waitMs = everyMs;
    for (;;) {
      await clock.sleep(waitMs, this.#over.signal).catch(() => undefined);
      if (!this.isLive()) return;
      const sentMs = clock.monotonicMs();
      try {
        const answer = await members.read<LeaseKeepAliveResponse__Output>(
          (member, metadata, done) =>
            keepAliveOnce(member.lease.LeaseKeepAlive(metadata), this.id, done),
          { attemptMs: everyMs / 2, wholeMs: everyMs / 2 },
          this.#over.signal,
        );
        if (answer.TTL === '0') {
          log.warn({ lease: this.id }, 'etcd let our lease go');
          this.#end();
          return;
        }
        this.#endMs = Math.max(
          this.#endMs,
          sentMs + Number(answer.TTL) * 1_000 * (1 - marginShare),
        );
        waitMs = everyMs;
      } catch {
        // Told once, by whoever waits for the term; here it is only tried again until the time is up.
        waitMs = retryMs;
      }
    }
  }
}

type KeepAliveCall = ReturnType<LeaseClient['LeaseKeepAlive']>;

/** One renewal through a stream of its own, so that each goes to the member that answers now. */
function keepAliveOnce(
  call: KeepAliveCall,
  id: string,
  done: (error: ServiceError | null, answer?: LeaseKeepAliveResponse__Output) => void,
): { cancel(): void } {
  call.once('data', (answer: LeaseKeepAliveResponse__Output) => {
    done(null, answer);
    call.cancel();
  });
  call.on('error', (error: ServiceError) => done(error));
  call.on('end', () => done(null));
  call.write({ ID: id });
  call.end();
  return call;
}

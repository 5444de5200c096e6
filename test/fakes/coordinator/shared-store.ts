import { MemoryStore } from '../../../coordinator/store/memory-store.ts';
import {
  type LeadOptions,
  type Leadership,
  type Revision,
  type Store,
  type StoreEntry,
  type Txn,
  type TxnResult,
  type WatchBatch,
} from '../../../coordinator/store/store.ts';
import { fencedStore } from '../../../coordinator/store/txn-check.ts';
import type { Clock } from '../../../shared/platform/clock.ts';
import { AppError } from '../../../shared/platform/errors.ts';

/** By so much a holder gives up before the lease is over. */
const marginMs = 300;
const patienceMs = 1_000;
const never = new AbortController().signal;

interface Lease {
  readonly owner: StoreClient;
  untilMs: number;
}

/** One store that several coordinators reach, each through its own client: leadership hangs on a lease, as with etcd. */
export class SharedStore {
  readonly memory = new MemoryStore();
  readonly leases = new Map<string, Lease>();
  readonly leaseMs: number;
  /** How often a client renews its lease, or asks for another's. */
  readonly stepMs: number;

  constructor(leaseMs = 2_000, stepMs = 100) {
    this.leaseMs = leaseMs;
    this.stepMs = stepMs;
  }
}

/** What stands between one process and the world: while it is closed, nothing in that process goes on. */
export class Gate {
  #open = true;
  #waiting: (() => void)[] = [];

  async pass(): Promise<void> {
    while (!this.#open) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  get isOpen(): boolean {
    return this.#open;
  }

  close(): void {
    this.#open = false;
  }

  open(): void {
    this.#open = true;
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** The clock of a process that can be stopped: time goes on for it, and its sleeps end late. */
export function gatedClock(clock: Clock, gate: Gate): Clock {
  return {
    wallMs: () => clock.wallMs(),
    monotonicMs: () => clock.monotonicMs(),
    sleep: async (ms, signal) => {
      try {
        await clock.sleep(ms, signal);
      } finally {
        await gate.pass();
      }
    },
  };
}

/** One process's way to the store. */
export class StoreClient implements Store {
  readonly #shared: SharedStore;
  readonly #clock: Clock;
  readonly #gate: Gate;
  readonly #terms = new Map<string, AbortController>();
  /** The network between this process and the store is whole. */
  reachable = true;
  /** Called when a transaction is done, before this process learns of it. */
  onDone: (txn: Txn) => void = () => undefined;

  /** `clock` must be the process's own, so that what runs here stops with it. */
  constructor(shared: SharedStore, clock: Clock, gate: Gate) {
    this.#shared = shared;
    this.#clock = clock;
    this.#gate = gate;
  }

  async get(
    key: string,
    options: { readonly revision?: Revision } = {},
  ): Promise<StoreEntry | null> {
    return this.#read(() => this.#shared.memory.get(key, options));
  }

  async list(
    prefix: string,
    options: {
      readonly revision?: Revision;
      readonly limit?: number;
      readonly after?: string;
    } = {},
  ): Promise<{ readonly entries: readonly StoreEntry[]; readonly revision: Revision }> {
    return this.#read(() => this.#shared.memory.list(prefix, options));
  }

  async txn(txn: Txn): Promise<TxnResult> {
    await this.#gate.pass();
    if (!this.reachable) {
      await this.#clock.sleep(patienceMs, never);
      throw new AppError('STORE_OUTCOME_UNKNOWN', 'the store did not answer a transaction');
    }
    const done = this.#shared.memory.txn(txn).then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
    const answer = await done;
    this.onDone(txn);
    await this.#gate.pass();
    if ('error' in answer) throw answer.error;
    return answer.result;
  }

  async *watch(prefix: string, from: Revision, signal: AbortSignal): AsyncIterable<WatchBatch> {
    for await (const batch of this.#shared.memory.watch(prefix, from, signal)) {
      while (!this.reachable && !signal.aborted) {
        await this.#clock.sleep(this.#shared.stepMs, signal).catch(() => undefined);
      }
      await this.#gate.pass();
      yield batch;
    }
  }

  async compact(revision: Revision): Promise<void> {
    await this.#read(() => this.#shared.memory.compact(revision));
  }

  async lead(name: string, options: LeadOptions): Promise<Leadership> {
    const { leases, leaseMs, memory, stepMs } = this.#shared;
    for (;;) {
      await this.#gate.pass();
      options.signal?.throwIfAborted();
      const nowMs = this.#clock.monotonicMs();
      const held = leases.get(name);
      const free = held === undefined || held.owner === this || held.untilMs <= nowMs;
      if (this.reachable && free) break;
      await this.#clock.sleep(stepMs, options.signal ?? never);
    }
    leases.set(name, { owner: this, untilMs: this.#clock.monotonicMs() + leaseMs });
    const term = await memory.lead(name, options);
    this.#terms.get(name)?.abort();
    const lost = new AbortController();
    this.#terms.set(name, lost);
    void this.#keepAlive(name, lost);
    return { ...term, lost: lost.signal };
  }

  fenced(leadership: Leadership): Store {
    return fencedStore(this, leadership);
  }

  async close(): Promise<void> {
    for (const [name, term] of this.#terms) {
      if (this.#shared.leases.get(name)?.owner === this) this.#shared.leases.delete(name);
      term.abort();
    }
  }

  async #keepAlive(name: string, lost: AbortController): Promise<void> {
    const { leases, leaseMs, stepMs } = this.#shared;
    let sentMs = this.#clock.monotonicMs();
    while (!lost.signal.aborted) {
      const leftMs = sentMs + leaseMs - marginMs - this.#clock.monotonicMs();
      await this.#clock.sleep(Math.min(stepMs, leftMs), lost.signal).catch(() => undefined);
      const nowMs = this.#clock.monotonicMs();
      const lease = leases.get(name);
      const ours = lease?.owner === this && lease.untilMs > nowMs;
      if (nowMs >= sentMs + leaseMs - marginMs || (this.reachable && !ours)) lost.abort();
      else if (this.reachable && lease !== undefined) {
        lease.untilMs = nowMs + leaseMs;
        sentMs = nowMs;
      }
    }
  }

  async #read<T>(ask: () => Promise<T>): Promise<T> {
    await this.#gate.pass();
    if (!this.reachable) {
      await this.#clock.sleep(patienceMs, never);
      throw new AppError('STORE_AWAY', 'the store does not answer');
    }
    const answer = await ask();
    await this.#gate.pass();
    return answer;
  }
}

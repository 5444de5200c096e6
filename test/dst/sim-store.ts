import { MemoryStore } from '../../coordinator/store/memory-store.ts';
import type {
  LeadOptions,
  Leadership,
  Revision,
  Store,
  StoreEntry,
  Txn,
  TxnResult,
  WatchBatch,
} from '../../coordinator/store/store.ts';
import { fencedStore } from '../../coordinator/store/txn-check.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { SharedStore, type StoreClient } from '../fakes/coordinator/shared-store.ts';
import type { Dice } from './dice.ts';

const leaseMs = 2_000;
/** Every renewal is an event of the story, and few of them are worth one. */
const leaseStepMs = 500;

/** The store that all coordinators share. Tells of every transaction that it did. */
export class SimStore extends SharedStore {
  override readonly memory: ToldStore;

  /** `unfenced` is told of a write that no term stood for. */
  constructor(done: (txn: Txn) => void, unfenced: (what: string) => void) {
    super(leaseMs, leaseStepMs);
    this.memory = new ToldStore(done, unfenced);
  }
}

const leadersAlone = /^(models|claims|allocations|tombstones|generations|changes)\//;

class ToldStore extends MemoryStore {
  readonly #done: (txn: Txn) => void;
  readonly #unfenced: (what: string) => void;
  /** Writes are refused: nothing fits any more. */
  full = false;

  constructor(done: (txn: Txn) => void, unfenced: (what: string) => void) {
    super();
    this.#done = done;
    this.#unfenced = unfenced;
  }

  override async txn(txn: Txn): Promise<TxnResult> {
    if (this.full && txn.do.some((op) => op.op === 'put')) {
      throw new AppError('STORE_AWAY', 'the disk of the store is full', {
        hint: 'free space on it',
      });
    }
    const holder = txn.fence === undefined ? null : await this.get(txn.fence.key);
    const result = await super.txn(txn);
    const ours = txn.do.find(({ key }) => leadersAlone.test(key));
    if (ours !== undefined && holder === null) this.#unfenced(`${ours.key} without a term`);
    if (holder !== null && holder.modRevision !== txn.fence?.equals) {
      this.#unfenced(`${ours?.key ?? 'nothing'} in a term that is over`);
    }
    if (result.ok && txn.do.length > 0) this.#done(txn);
    return result;
  }
}

/** Where a process may be struck while it speaks to the store. */
export type StorePoint = 'before' | 'after';

/** How one process's way to the store misbehaves. */
export interface StoreTroubles {
  /** So many ms each way at most; 0: at once. */
  latencyMs: number;
  /** This share of transactions is never answered: half of them are done. */
  lostShare: number;
  /** When the next transaction of this kind is reached: called once, at this point of it. */
  strike: { readonly at: StorePoint; readonly left: number; readonly act: () => void } | null;
}

const never = new AbortController().signal;

/** A process's way to the store, with troubles on it. */
export class TroubledStore implements Store {
  readonly troubles: StoreTroubles = { latencyMs: 0, lostShare: 0, strike: null };
  readonly #inner: StoreClient;
  readonly #clock: Clock;
  readonly #dice: Dice;

  constructor(inner: StoreClient, clock: Clock, dice: Dice) {
    this.#inner = inner;
    this.#clock = clock;
    this.#dice = dice;
  }

  async get(
    key: string,
    options: { readonly revision?: Revision } = {},
  ): Promise<StoreEntry | null> {
    return this.#inner.get(key, options);
  }

  async list(
    prefix: string,
    options: {
      readonly revision?: Revision;
      readonly limit?: number;
      readonly after?: string;
    } = {},
  ): Promise<{ readonly entries: readonly StoreEntry[]; readonly revision: Revision }> {
    return this.#inner.list(prefix, options);
  }

  async txn(txn: Txn): Promise<TxnResult> {
    await this.#travel();
    this.#strike('before');
    const lost = this.#dice.next() < this.troubles.lostShare;
    if (lost && this.#dice.chance(0.5)) throw unknown();
    const result = await this.#inner.txn(txn);
    this.#strike('after');
    await this.#travel();
    if (lost) throw unknown();
    return result;
  }

  watch(prefix: string, from: Revision, signal: AbortSignal): AsyncIterable<WatchBatch> {
    return this.#inner.watch(prefix, from, signal);
  }

  async compact(revision: Revision): Promise<void> {
    return this.#inner.compact(revision);
  }

  async lead(name: string, options: LeadOptions): Promise<Leadership> {
    return this.#inner.lead(name, options);
  }

  fenced(leadership: Leadership): Store {
    return fencedStore(this, leadership);
  }

  async close(): Promise<void> {
    return this.#inner.close();
  }

  /** A struck process does not get its answer: its clock stands still for it. */
  #strike(at: StorePoint): void {
    const { strike } = this.troubles;
    if (strike === null || strike.at !== at) return;
    if (strike.left > 1) {
      this.troubles.strike = { ...strike, left: strike.left - 1 };
      return;
    }
    this.troubles.strike = null;
    strike.act();
  }

  async #travel(): Promise<void> {
    const { latencyMs } = this.troubles;
    if (latencyMs > 0) await this.#clock.sleep(this.#dice.next() * latencyMs, never);
  }
}

function unknown(): AppError {
  return new AppError('STORE_OUTCOME_UNKNOWN', 'the store did not answer a transaction');
}

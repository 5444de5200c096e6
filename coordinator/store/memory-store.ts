import { unreachable } from '../../shared/domain/assert.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { Wake } from '../../shared/platform/wake.ts';
import {
  leadershipPrefix,
  storeLimits,
  type Compare,
  type LeadOptions,
  type Leadership,
  type Revision,
  type Store,
  type StoreEntry,
  type StoreOp,
  type Txn,
  type TxnResult,
  type WatchBatch,
} from './store.ts';
import {
  checkKey,
  checkReadable,
  checkTxn,
  deposedError,
  epochAfter,
  fencedStore,
  watchStart,
} from './txn-check.ts';
import { batchesOf, type HistoryRow } from './watch-batches.ts';

/** What a simulated store does with the next transaction. */
export type StoreFault =
  | 'none'
  /** Nothing is done, and the caller does not learn it. */
  | 'lost-before'
  /** It is done, and the caller does not learn it. */
  | 'lost-after';

/**
 * The model that every other store is compared with, and the store of simulations. Keeps everything as a list
 * of changes and answers by looking through it: slow, and easy to believe.
 * Invariants: `#changes` is ordered by revision; nothing older than `#compacted` is answered.
 */
export class MemoryStore implements Store {
  readonly #fault: () => StoreFault;
  readonly #wakes = new Set<Wake>();
  readonly #terms = new Map<string, AbortController>();
  #changes: HistoryRow[] = [];
  #current = new Map<string, StoreEntry>();
  #head: Revision = 1n;
  #compacted: Revision = 0n;
  #closed = false;

  constructor(fault: () => StoreFault = () => 'none') {
    this.#fault = fault;
  }

  async get(
    key: string,
    options: { readonly revision?: Revision } = {},
  ): Promise<StoreEntry | null> {
    checkKey(key);
    return this.#at(options.revision).get(key) ?? null;
  }

  async list(
    prefix: string,
    options: {
      readonly revision?: Revision;
      readonly limit?: number;
      readonly after?: string;
    } = {},
  ): Promise<{ readonly entries: readonly StoreEntry[]; readonly revision: Revision }> {
    const after = options.after ?? '';
    const entries = [...this.#at(options.revision).values()]
      .filter((entry) => entry.key.startsWith(prefix) && entry.key > after)
      .sort((left, right) => (left.key < right.key ? -1 : 1))
      .slice(0, options.limit ?? storeLimits.listLimitMax);
    return { entries, revision: options.revision ?? this.#head };
  }

  async txn(txn: Txn): Promise<TxnResult> {
    checkTxn(txn);
    const fault = this.#fault();
    if (fault === 'lost-before') throw unknownOutcome();
    if (txn.fence !== undefined && !this.#holds(txn.fence)) throw deposedError(txn.fence);
    const holds = txn.if.every((compare) => this.#holds(compare));
    this.#write(holds ? txn.do : (txn.otherwise ?? []));
    if (fault === 'lost-after') throw unknownOutcome();
    return { ok: holds, revision: this.#head };
  }

  async *watch(prefix: string, from: Revision, signal: AbortSignal): AsyncIterable<WatchBatch> {
    const wake = new Wake();
    this.#wakes.add(wake);
    try {
      let next = from;
      while (!signal.aborted && !this.#closed) {
        next = watchStart(next, this.#compacted);
        const due = this.#changes.filter((change) => change.revision >= next);
        for (const batch of batchesOf(due, prefix)) {
          next = batch.revision + 1n;
          if (batch.events.length > 0) yield batch;
        }
        if (due.length === 0) await wake.wait(signal);
      }
    } finally {
      this.#wakes.delete(wake);
    }
  }

  async compact(revision: Revision): Promise<void> {
    checkReadable(revision, { compacted: this.#compacted, head: this.#head });
    const kept = [...this.#at(revision).values()].map((entry) => ({
      revision: entry.modRevision,
      key: entry.key,
      entry,
    }));
    this.#changes = [...kept, ...this.#changes.filter((change) => change.revision > revision)];
    this.#changes.sort((left, right) => Number(left.revision - right.revision));
    this.#compacted = revision;
  }

  async lead(name: string, options: LeadOptions): Promise<Leadership> {
    options.signal?.throwIfAborted();
    const key = `${leadershipPrefix}${name}`;
    checkKey(key);
    this.#terms.get(name)?.abort();
    const epoch = epochAfter(this.#current.get(key)?.value, options.above);
    this.#write([
      { op: 'put', key, value: new TextEncoder().encode(`${epoch} ${options.holder}`) },
    ]);
    const term = new AbortController();
    this.#terms.set(name, term);
    return {
      name,
      epoch,
      fence: { key, target: 'mod', equals: this.#head },
      lost: term.signal,
    };
  }

  fenced(leadership: Leadership): Store {
    return fencedStore(this, leadership);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const term of this.#terms.values()) term.abort();
    for (const wake of this.#wakes) wake.wake();
  }

  #holds(compare: Compare): boolean {
    const entry = this.#current.get(compare.key);
    if (entry === undefined) return compare.equals === 0n;
    switch (compare.target) {
      case 'mod':
        return entry.modRevision === compare.equals;
      case 'create':
        return entry.createRevision === compare.equals;
      case 'version':
        return entry.version === compare.equals;
      default:
        return unreachable(compare.target);
    }
  }

  #write(ops: readonly StoreOp[]): void {
    const real = ops.filter((op) => op.op === 'put' || this.#current.has(op.key));
    if (real.length === 0) return;
    this.#head += 1n;
    for (const op of real) {
      const before = this.#current.get(op.key);
      if (op.op === 'delete') {
        this.#current.delete(op.key);
        this.#changes.push({ revision: this.#head, key: op.key, entry: null });
        continue;
      }
      const entry: StoreEntry = {
        key: op.key,
        value: op.value.slice(),
        createRevision: before?.createRevision ?? this.#head,
        modRevision: this.#head,
        version: (before?.version ?? 0n) + 1n,
      };
      this.#current.set(op.key, entry);
      this.#changes.push({ revision: this.#head, key: op.key, entry });
    }
    for (const wake of this.#wakes) wake.wake();
  }

  #at(revision: Revision | undefined): ReadonlyMap<string, StoreEntry> {
    if (revision === undefined) return this.#current;
    checkReadable(revision, { compacted: this.#compacted, head: this.#head });
    const found = new Map<string, StoreEntry>();
    for (const change of this.#changes) {
      if (change.revision > revision) break;
      if (change.entry === null) found.delete(change.key);
      else found.set(change.key, change.entry);
    }
    return found;
  }
}

function unknownOutcome(): AppError {
  return new AppError('STORE_OUTCOME_UNKNOWN', 'the store did not answer a transaction');
}

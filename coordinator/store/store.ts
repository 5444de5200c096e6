/**
 * The coordinator's durable state: a small key-value store with revisions. Modelled on etcd, because SQLite
 * can imitate etcd exactly while the reverse is not true. Every implementation passes the same conformance suite.
 */

/**
 * One global number that grows with each transaction that changed something: by one, unless the store shares its
 * counter with somebody else's keys. Never a JS number.
 */
export type Revision = bigint;

/** The revision of a store in which nothing was ever written: there is none below it. */
export const firstRevision: Revision = 1n;

export interface StoreEntry {
  readonly key: string;
  readonly value: Uint8Array;
  /** The revision at which the key came into being; a delete ends it. */
  readonly createRevision: Revision;
  readonly modRevision: Revision;
  /** 1 for a new key; grows with each put. */
  readonly version: bigint;
}

/** A condition of a transaction. `equals: 0n` means that the key is absent. */
export interface Compare {
  readonly key: string;
  readonly target: 'mod' | 'create' | 'version';
  readonly equals: bigint;
}

export type StoreOp =
  | { readonly op: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly op: 'delete'; readonly key: string };

/** All conditions hold: `do` is done, otherwise `otherwise`; either completely or not at all. */
export interface Txn {
  readonly if: readonly Compare[];
  readonly do: readonly StoreOp[];
  readonly otherwise?: readonly StoreOp[];
  /** When it does not hold, nothing is done at all, `otherwise` included: NOT_LEADER. */
  readonly fence?: Compare;
}

export interface TxnResult {
  /** Whether the conditions held. */
  readonly ok: boolean;
  /** The store's revision afterwards; a transaction that changed nothing does not advance it. */
  readonly revision: Revision;
}

export type StoreEvent =
  | { readonly kind: 'put'; readonly entry: StoreEntry }
  | { readonly kind: 'delete'; readonly key: string };

/** What one transaction did, as far as the watched prefix goes. */
export interface WatchBatch {
  readonly revision: Revision;
  readonly events: readonly StoreEvent[];
}

export interface LeadOptions {
  /** Who leads, for people. */
  readonly holder: string;
  readonly above?: bigint;
  /** Gives up waiting. */
  readonly signal?: AbortSignal;
}

/** A term of office. Whoever holds a fenced store of a lost term cannot write. */
export interface Leadership {
  readonly name: string;
  /** Strictly grows from leader to leader. */
  readonly epoch: bigint;
  /** Holds exactly as long as this term does; a fenced store adds it to every transaction. */
  readonly fence: Compare;
  /** Aborts before another leader can be elected. */
  readonly lost: AbortSignal;
}

/**
 * Errors: REQUEST_INVALID and LIMIT_REACHED before anything is sent; STORE_COMPACTED for a revision that is no
 * longer kept; NOT_LEADER from a fenced store; STORE_AWAY when the store cannot be reached and nothing was done;
 * STORE_UNREADABLE when an operator must mend it; STORE_OUTCOME_UNKNOWN when nobody knows whether a transaction was
 * done: re-read before deciding anything, and never repeat it blindly.
 */
export interface Store {
  /** Linearizable, unless an older revision is named. */
  get(key: string, options?: { readonly revision?: Revision }): Promise<StoreEntry | null>;
  /** One snapshot, in bytewise order of keys. `after` and `revision` continue a page at the same snapshot. */
  list(
    prefix: string,
    options?: { readonly revision?: Revision; readonly limit?: number; readonly after?: string },
  ): Promise<{ readonly entries: readonly StoreEntry[]; readonly revision: Revision }>;
  /** Atomic, and durable before it resolves. Those that wait at the same time may be done in any order. */
  txn(txn: Txn): Promise<TxnResult>;
  /** Everything from revision `from` on: in order, without gaps or duplicates. Ends when `signal` aborts. */
  watch(prefix: string, from: Revision, signal: AbortSignal): AsyncIterable<WatchBatch>;
  /** Forgets what was before `revision`; what is current stays. */
  compact(revision: Revision): Promise<void>;
  /**
   * Resolves once we lead, however long another does; rejects when `signal` aborts. The epoch is above every earlier one
   * and above `above`: a store restored from an older copy must outbid the epochs that agents remember. Whoever leads
   * already begins a new term, and the old one is lost.
   */
  lead(
    name: string,
    options: { readonly holder: string; readonly above?: bigint; readonly signal?: AbortSignal },
  ): Promise<Leadership>;
  /** The same store, whose transactions fail with NOT_LEADER once the term is over. */
  fenced(leadership: Leadership): Store;
  close(): Promise<void>;
}

export const storeLimits = {
  /** etcd takes 128 in one request by default, and fencing adds to ours. */
  txnOpsMax: 120,
  txnBytesMax: 1024 * 1024,
  keyLengthMax: 512,
  listLimitMax: 10_000,
} as const;

/** Keys of terms live here; only `lead` writes them. */
export const leadershipPrefix = 'leadership/';

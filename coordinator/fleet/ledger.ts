import type { AllocationName, ClaimId, ModelName, NodeName } from '../../shared/domain/ids.ts';
import type { Change } from '../../shared/domain/change.ts';
import type { ClaimTombstone } from '../../shared/domain/node-target.ts';
import { AppError, isAppError } from '../../shared/platform/errors.ts';
import type { Revision, Store, StoreEntry, StoreOp } from '../store/store.ts';
import { storeLimits } from '../store/store.ts';
import {
  allocationCodec,
  answerCodec,
  changeCodec,
  claimCodec,
  encodeValue,
  estimateCodec,
  generationCodec,
  modelCodec,
  nodeCodec,
  planCodec,
  storeKeys,
  tombstoneCodec,
  valueReader,
  type AllocationRecord,
  type AnswerRecord,
  type ClaimRecord,
  type EstimateRecord,
  type GenerationRecord,
  type ModelRecord,
  type NodeRecord,
  type PlanRecord,
  type TombstoneRecord,
  type ValueCodec,
} from '../store/values.ts';

/** A value with the revision that a write must still find. */
export interface Row<T> {
  readonly value: T;
  readonly revision: bigint;
}

/** One change of one key, prepared: nothing happens before `commit`. */
export interface LedgerWrite {
  readonly key: string;
  /** null: nothing is written, and the key must still be as we know it. */
  readonly op: StoreOp | null;
  /** The revision that the cache knows; 0: absent. */
  readonly expected: bigint;
  /** Brings the cache in step once the write is durable. */
  readonly done: (revision: bigint) => void;
}

/** One kind of record in memory, exactly as the store has it. */
class LedgerTable<T> {
  readonly #codec: ValueCodec<T>;
  readonly #rows = new Map<string, Row<T>>();
  /** The keys in order; null: one has come or gone since. */
  #order: readonly string[] | null = null;
  #changes = 0;
  readonly prefix: string;
  /** Told of each key that was written, once it is durable. */
  onWritten: (key: string) => void = () => undefined;

  constructor(prefix: string, codec: ValueCodec<T>) {
    this.prefix = prefix;
    this.#codec = codec;
  }

  get(key: string): Row<T> | undefined {
    return this.#rows.get(key);
  }

  /** In order of keys: whoever walks records does so in the same order on every machine. */
  entries(): (readonly [string, T])[] {
    this.#order ??= [...this.#rows.keys()].sort();
    const entries: (readonly [string, T])[] = [];
    for (const key of this.#order) {
      const row = this.#rows.get(key);
      if (row !== undefined) entries.push([key, row.value]);
    }
    return entries;
  }

  values(): T[] {
    return this.entries().map(([, value]) => value);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Grows with every change: for whoever keeps what he made of the rows. */
  get changes(): number {
    return this.#changes;
  }

  put(key: string, value: T): LedgerWrite {
    return {
      key,
      op: { op: 'put', key, value: encodeValue(this.#codec, value) },
      expected: this.#rows.get(key)?.revision ?? 0n,
      done: (revision) => {
        if (!this.#rows.has(key)) this.#order = null;
        this.#rows.set(key, { value, revision });
        this.#written(key);
      },
    };
  }

  delete(key: string): LedgerWrite {
    return {
      key,
      op: { op: 'delete', key },
      expected: this.#rows.get(key)?.revision ?? 0n,
      done: () => {
        this.#rows.delete(key);
        this.#order = null;
        this.#written(key);
      },
    };
  }

  /** A condition without a write. */
  guard(key: string): LedgerWrite {
    return { key, op: null, expected: this.#rows.get(key)?.revision ?? 0n, done: () => undefined };
  }

  #written(key: string): void {
    this.#changes += 1;
    this.onWritten(key);
  }

  /** Begins anew with the values of `pages`, each of them decoded before the next is read. */
  async load(pages: AsyncIterable<readonly StoreEntry[]>): Promise<void> {
    this.#rows.clear();
    this.#order = null;
    this.#changes += 1;
    const read = valueReader(this.#codec);
    for await (const page of pages) {
      for (const { key, value, modRevision } of page) {
        this.#rows.set(key, { value: read(key, value), revision: modRevision });
      }
    }
  }
}

/**
 * All durable records in memory. Rebuilt from the store at start, then advanced by our own commits alone: there is
 * one writer, and the fence keeps it so.
 * Invariants: the cache never runs ahead of the store; after an unknown outcome it is read again before anything else.
 */
export class Ledger {
  readonly #nodeKeys = new Map<NodeName, string>();
  readonly models = new LedgerTable<ModelRecord>('models/', modelCodec);
  readonly claims = new LedgerTable<ClaimRecord>('claims/', claimCodec);
  readonly allocations = new LedgerTable<AllocationRecord>('allocations/', allocationCodec);
  readonly nodes = new LedgerTable<NodeRecord>('nodes/', nodeCodec);
  readonly tombstones = new LedgerTable<TombstoneRecord>('tombstones/', tombstoneCodec);
  readonly generations = new LedgerTable<GenerationRecord>('generations/', generationCodec);
  readonly changes = new LedgerTable<Change>('changes/', changeCodec);
  readonly plans = new LedgerTable<PlanRecord>('plans/', planCodec);
  readonly estimates = new LedgerTable<EstimateRecord>('estimates/', estimateCodec);
  readonly answers = new LedgerTable<AnswerRecord>('answers/', answerCodec);
  #store: Store;
  #revision = 0n;
  #stale = false;
  #compacted = 0n;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The store's revision after our last commit or load. */
  get revision(): bigint {
    return this.#revision;
  }

  /** The last revision that we compacted at; a restart begins at 0 and asks once more than needed. */
  get compacted(): bigint {
    return this.#compacted;
  }

  /** A new term writes through a new fence. */
  useStore(store: Store): void {
    this.#store = store;
  }

  async load(): Promise<void> {
    const { revision } = await this.#store.list('', { limit: 1 });
    for (const table of this.#tables()) await table.load(this.#pages(table.prefix, revision));
    this.#revision = revision;
    this.#stale = false;
  }

  /** Something failed half-way: the caches may be ahead of the store. */
  distrust(): void {
    this.#stale = true;
  }

  /** Whether the outcome of a write is unknown, so that the cache must be read again. */
  get stale(): boolean {
    return this.#stale;
  }

  /** One transaction. Throws NOT_LEADER, STORE_OUTCOME_UNKNOWN, or INTERNAL when somebody else wrote. */
  async commit(writes: readonly LedgerWrite[]): Promise<void> {
    if (writes.length === 0) return;
    const compares = writes.map((write) => ({
      key: write.key,
      target: 'mod' as const,
      equals: write.expected,
    }));
    const ops = writes.map((write) => write.op).filter((op) => op !== null);
    try {
      const result = await this.#store.txn({ if: compares, do: ops });
      if (!result.ok) {
        throw new AppError('INTERNAL', `another writer changed ${ops[0]?.key ?? 'the store'}`, {
          hint: 'only one coordinator may write to a store',
        });
      }
      for (const write of writes) write.done(result.revision);
      if (result.revision > this.#revision) this.#revision = result.revision;
    } catch (error) {
      if (isAppError(error, 'STORE_OUTCOME_UNKNOWN') || isAppError(error, 'INTERNAL')) {
        this.#stale = true;
      }
      throw error;
    }
  }

  /** Several groups that need not be atomic together, one after another, in as few transactions as the store allows. */
  async commitGroups(groups: readonly (readonly LedgerWrite[])[]): Promise<void> {
    for (const batch of batched(groups)) await this.commit(batch);
  }

  /** The same for groups that do not rest on each other: all at once, so that the store may sync them together. */
  async commitTogether(groups: readonly (readonly LedgerWrite[])[]): Promise<void> {
    const ended = await Promise.allSettled(batched(groups).map((batch) => this.commit(batch)));
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
  }

  model(name: ModelName): Row<ModelRecord> | undefined {
    return this.models.get(storeKeys.model(name));
  }

  claim(id: ClaimId): Row<ClaimRecord> | undefined {
    return this.claims.get(storeKeys.claim(id));
  }

  allocation(name: AllocationName): Row<AllocationRecord> | undefined {
    return this.allocations.get(storeKeys.allocation(name));
  }

  node(name: NodeName): Row<NodeRecord> | undefined {
    // Every round asks for every node: a key that is made anew would be hashed anew.
    let key = this.#nodeKeys.get(name);
    if (key === undefined) {
      key = storeKeys.node(name);
      this.#nodeKeys.set(name, key);
    }
    return this.nodes.get(key);
  }

  tombstone(node: NodeName, tombstone: ClaimTombstone): Row<TombstoneRecord> | undefined {
    return this.tombstones.get(storeKeys.tombstone(node, tombstone));
  }

  async compactTo(revision: bigint): Promise<void> {
    await this.#store.compact(revision);
    this.#compacted = revision;
  }

  /** The keys of one kind as they were. Throws STORE_COMPACTED, and REQUEST_INVALID for what has not been yet. */
  async keysAt(prefix: string, revision: bigint): Promise<readonly string[]> {
    const keys: string[] = [];
    for await (const page of this.#pages(prefix, revision)) {
      keys.push(...page.map(({ key }) => key.slice(prefix.length)));
    }
    return keys;
  }

  async *#pages(prefix: string, revision: Revision): AsyncIterable<readonly StoreEntry[]> {
    let after = '';
    for (;;) {
      const { entries } = await this.#store.list(prefix, { revision, after });
      yield entries;
      const last = entries.at(-1);
      if (last === undefined || entries.length < storeLimits.listLimitMax) return;
      after = last.key;
    }
  }

  #tables() {
    const { models, claims, nodes, tombstones, generations } = this;
    const { allocations, changes, plans, estimates, answers } = this;
    const late = [changes, plans, estimates, answers];
    return [models, claims, allocations, nodes, tombstones, generations, ...late];
  }
}

/** As many groups in each batch as one transaction takes. */
function batched(groups: readonly (readonly LedgerWrite[])[]): readonly (readonly LedgerWrite[])[] {
  const batches: LedgerWrite[][] = [];
  let bytes = Infinity;
  for (const group of groups) {
    if (group.length === 0) continue;
    const size = group.reduce((sum, write) => sum + sizeOf(write), 0);
    const last = batches.at(-1);
    const fits =
      last !== undefined &&
      last.length + group.length <= storeLimits.txnOpsMax &&
      bytes + size <= storeLimits.txnBytesMax;
    if (fits) last.push(...group);
    else batches.push([...group]);
    bytes = fits ? bytes + size : size;
  }
  return batches;
}

function sizeOf(write: LedgerWrite): number {
  return write.key.length + (write.op?.op === 'put' ? write.op.value.byteLength : 0);
}

import { setMaxListeners } from 'node:events';
import { AppError, isAppError } from '../../../shared/platform/errors.ts';
import type { Clock } from '../../../shared/platform/clock.ts';
import type { Log } from '../../../shared/platform/log.ts';
import type { CompactionResponse__Output } from '../../../shared/wire/generated/etcdserverpb/CompactionResponse.ts';
import type { StatusResponse__Output } from '../../../shared/wire/generated/etcdserverpb/StatusResponse.ts';
import type { TxnResponse__Output } from '../../../shared/wire/generated/etcdserverpb/TxnResponse.ts';
import type { RangeRequest } from '../../../shared/wire/generated/etcdserverpb/RangeRequest.ts';
import type { RangeResponse__Output } from '../../../shared/wire/generated/etcdserverpb/RangeResponse.ts';
import {
  firstRevision,
  storeLimits,
  type LeadOptions,
  type Leadership,
  type Revision,
  type Store,
  type StoreEntry,
  type StoreEvent,
  type Txn,
  type TxnResult,
  type WatchBatch,
} from '../store.ts';
import {
  checkKey,
  checkTxn,
  compactedError,
  deposedError,
  fencedStore,
  futureError,
  watchStart,
} from '../txn-check.ts';
import { Elections } from './etcd-election.ts';
import { etcdError, isCompacted, isFuture } from './etcd-errors.ts';
import { KeySpace } from './etcd-messages.ts';
import { watchRange, type RawBatch } from './etcd-watch.ts';
import { Members, type EtcdTls } from './members.ts';

export interface EtcdStoreOptions {
  /** `host:port` each. */
  readonly endpoints: readonly string[];
  /** null: plaintext. */
  readonly tls: EtcdTls | null;
  /** Everything of this cluster lies under it: `/tangram/site-1`. */
  readonly prefix: string;
  /** Silence of a leader after which another is elected. etcd grants no less than 2,000 by default. */
  readonly leaseTtlMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Members are given up one by one; an answer to a write that takes longer than this is unknown. */
const patience = { attemptMs: 2_000, wholeMs: 5_000 } as const;
/** Transactions on their way at a time: they are not put together, but follow each other without waiting. */
const inFlightMax = 4_096;
/** Of a list at a time; halved when that is too much for one message. */
const pageKeys = 1_024;

/**
 * The store of several coordinators, on etcd 3.4 or later. Revisions are etcd's own. Throws STORE_AWAY when nobody
 * answers, STORE_UNREADABLE when etcd does not let us in.
 */
export async function openEtcdStore(options: EtcdStoreOptions): Promise<Store> {
  const store = new EtcdStore(options);
  try {
    await store.greet();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

class EtcdStore implements Store {
  readonly #members: Members;
  readonly #keys: KeySpace;
  readonly #elections: Elections;
  readonly #deps: EtcdStoreOptions;
  readonly #closed = new AbortController();
  #inFlight = 0;

  constructor(options: EtcdStoreOptions) {
    this.#deps = options;
    // Every call on its way listens to it.
    setMaxListeners(0, this.#closed.signal);
    this.#members = new Members(options.endpoints, options.tls, options.clock);
    this.#keys = new KeySpace(options.prefix);
    this.#elections = new Elections({
      ...this.#watchDeps(),
      keys: this.#keys,
      log: options.log,
      leaseTtlMs: options.leaseTtlMs,
      patience,
    });
  }

  /** Asks one member who it is, and reads once: what is wrong shows at the start, and not with the first write. */
  async greet(): Promise<void> {
    const status = await this.#reading('reach', async () =>
      this.#members.read<StatusResponse__Output>(
        (member, metadata, done) => member.maintenance.Status({}, metadata, done),
        patience,
        this.#closed.signal,
      ),
    );
    await this.#range(this.#keys.under(''), { limit: 1 });
    const { version, errors } = status;
    const alarms = errors.join(', ');
    this.#deps.log.info({ version, endpoints: this.#members.endpoints }, 'etcd answers');
    if (alarms !== '')
      this.#deps.log.error({ alarms }, 'etcd raised an alarm: it may take no writes');
  }

  async get(
    key: string,
    options: { readonly revision?: Revision } = {},
  ): Promise<StoreEntry | null> {
    checkKey(key);
    const answer = await this.#range({ key: this.#keys.entry(key) }, options);
    const found = answer.kvs[0];
    return found === undefined ? null : this.#keys.entryOf(found);
  }

  async list(
    prefix: string,
    options: {
      readonly revision?: Revision;
      readonly limit?: number;
      readonly after?: string;
    } = {},
  ): Promise<{ readonly entries: readonly StoreEntry[]; readonly revision: Revision }> {
    const limit = Math.min(options.limit ?? storeLimits.listLimitMax, storeLimits.listLimitMax);
    const entries: StoreEntry[] = [];
    let { revision } = options;
    let after = options.after ?? '';
    let page = pageKeys;
    for (;;) {
      const wanted = Math.min(page, limit - entries.length);
      const answer = await this.#page(this.#keys.under(prefix, after), { revision, limit: wanted });
      if (answer === 'too-large') {
        page = Math.max(1, Math.floor(wanted / 2));
        continue;
      }
      revision ??= BigInt(answer.header?.revision ?? 0);
      for (const found of answer.kvs) entries.push(this.#keys.entryOf(found));
      if (!answer.more || entries.length >= limit) return { entries, revision };
      after = entries.at(-1)?.key ?? after;
    }
  }

  async txn(txn: Txn): Promise<TxnResult> {
    checkTxn(txn);
    this.#assertOpen();
    if (txn.fence !== undefined && this.#elections.isOver(txn.fence)) throw deposedError(txn.fence);
    if (this.#inFlight >= inFlightMax) {
      throw new AppError('LIMIT_REACHED', `${inFlightMax} transactions wait for etcd`, {
        hint: 'it is slow or away: try again',
      });
    }
    this.#inFlight += 1;
    try {
      const request = this.#keys.txn(txn);
      const answer = await this.#members.write<TxnResponse__Output>(
        (member, metadata, done) => member.kv.Txn(request, metadata, done),
        patience,
        this.#closed.signal,
      );
      const fence = answer.succeeded || answer.responses[0]?.responseTxn?.succeeded !== false;
      if (txn.fence !== undefined && !fence) throw deposedError(txn.fence);
      return { ok: answer.succeeded, revision: BigInt(answer.header?.revision ?? 0) };
    } catch (error) {
      throw isAppError(error) ? error : this.#told(error, 'write', 'write to');
    } finally {
      this.#inFlight -= 1;
    }
  }

  async *watch(prefix: string, from: Revision, signal: AbortSignal): AsyncIterable<WatchBatch> {
    const either = AbortSignal.any([signal, this.#closed.signal]);
    const start = watchStart(from, firstRevision);
    try {
      for await (const batch of watchRange(
        this.#watchDeps(),
        this.#keys.under(prefix),
        start,
        either,
      )) {
        yield this.#batchOf(batch);
      }
    } catch (error) {
      if (!either.aborted) throw isAppError(error) ? error : this.#told(error, 'read', 'watch');
    }
  }

  async compact(revision: Revision): Promise<void> {
    this.#assertOpen();
    if (revision < firstRevision) throw compactedError(revision, firstRevision);
    const request = { revision: revision.toString() };
    try {
      // Done twice it is refused the second time, which is told apart below.
      await this.#members.read<CompactionResponse__Output>(
        (member, metadata, done) => member.kv.Compact(request, metadata, done),
        patience,
        this.#closed.signal,
      );
    } catch (error) {
      if (isFuture(error)) throw futureError(revision);
      if (!isCompacted(error)) throw this.#told(error, 'read', 'compact');
      // Compacted up to exactly here, it can still be read here.
      await this.#range({ key: this.#keys.entry('') }, { revision, limit: 1 });
    }
  }

  async lead(name: string, options: LeadOptions): Promise<Leadership> {
    this.#assertOpen();
    try {
      return await this.#elections.lead(name, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      this.#assertOpen();
      throw isAppError(error) ? error : this.#told(error, 'read', 'be elected in');
    }
  }

  fenced(leadership: Leadership): Store {
    return fencedStore(this, leadership);
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    await this.#elections.close();
    this.#closed.abort(new Error('the store is closed'));
    this.#members.close();
  }

  #watchDeps() {
    return {
      members: this.#members,
      clock: this.#deps.clock,
      assertKept: async (from: Revision) => this.#assertKept(from),
    };
  }

  /** A revision can be read exactly as long as a watch from the next one has no gap. */
  async #assertKept(from: Revision): Promise<void> {
    const before = from - 1n;
    try {
      await this.#range({ key: this.#keys.entry('') }, { revision: before, limit: 1 });
    } catch (error) {
      if (isAppError(error, 'STORE_COMPACTED')) throw compactedError(from, before);
      // A watch may begin in the future.
      if (!isAppError(error, 'REQUEST_INVALID')) throw error;
    }
  }

  async #page(
    range: RangeRequest,
    at: { readonly revision: Revision | undefined; readonly limit: number },
  ): Promise<RangeResponse__Output | 'too-large'> {
    const { revision, limit } = at;
    try {
      return await this.#range(range, revision === undefined ? { limit } : { revision, limit });
    } catch (error) {
      if (limit > 1 && isTooLarge(error)) return 'too-large';
      throw error;
    }
  }

  async #range(
    range: RangeRequest,
    { revision, limit }: { readonly revision?: Revision; readonly limit?: number },
  ): Promise<RangeResponse__Output> {
    this.#assertOpen();
    // To etcd 0 and less mean the newest.
    if (revision !== undefined && revision < firstRevision) {
      throw compactedError(revision, firstRevision);
    }
    const request = { ...range, revision: (revision ?? 0n).toString(), limit: limit ?? 0 };
    return this.#reading('read from', async () => {
      try {
        return await this.#members.read<RangeResponse__Output>(
          (member, metadata, done) => member.kv.Range(request, metadata, done),
          patience,
          this.#closed.signal,
        );
      } catch (error) {
        if (revision === undefined) throw error;
        if (isCompacted(error)) throw compactedError(revision, revision + 1n);
        if (isFuture(error)) throw futureError(revision);
        throw error;
      }
    });
  }

  async #reading<T>(doing: string, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw isAppError(error) ? error : this.#told(error, 'read', doing);
    }
  }

  #batchOf(batch: RawBatch): WatchBatch {
    const events = batch.events.flatMap((event): StoreEvent[] => {
      if (event.kv === null) return [];
      return event.type === 'DELETE'
        ? [{ kind: 'delete', key: this.#keys.nameOf(event.kv.key) }]
        : [{ kind: 'put', entry: this.#keys.entryOf(event.kv) }];
    });
    return { revision: batch.revision, events };
  }

  #told(error: unknown, kind: 'read' | 'write', doing: string): Error {
    return etcdError(error, kind, { doing, endpoints: this.#members.endpoints });
  }

  #assertOpen(): void {
    if (this.#closed.signal.aborted) {
      throw new AppError(
        'STORE_UNREADABLE',
        `the store in etcd at ${this.#members.endpoints} is closed`,
      );
    }
  }
}

/** gRPC's own words for an answer above the limit of a message. */
function isTooLarge(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && /message larger than max/.test(cause.message);
}

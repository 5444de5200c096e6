import { existsSync } from 'node:fs';
import { AppError } from '../../shared/platform/errors.ts';
import { openSqlite, type Sqlite } from '../../shared/platform/sqlite.ts';
import { Wake } from '../../shared/platform/wake.ts';
import {
  leadershipPrefix,
  storeLimits,
  type LeadOptions,
  type Leadership,
  type Revision,
  type Store,
  type StoreEntry,
  type Txn,
  type TxnResult,
  type WatchBatch,
} from './store.ts';
import { OpenMark } from './open-mark.ts';
import { SqliteHistory } from './sqlite-history.ts';
import {
  checkKey,
  checkReadable,
  checkTxn,
  epochAfter,
  fencedStore,
  watchStart,
} from './txn-check.ts';
import { batchesOf } from './watch-batches.ts';

interface Waiting {
  readonly txn: Txn;
  readonly resolve: (result: TxnResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Changes that a watcher reads at once. */
const watchPage = 512;

/**
 * Pages of the log after which it is copied into the file, 32 MiB: what is written again and again is then copied once,
 * and commits seldom wait for it.
 */
const checkpointPages = 8_192;

/** One that is reading, or waits for what comes. */
interface Watcher {
  readonly prefix: string;
  readonly wake: Wake;
  /** The first revision that it has not looked at. */
  next: Revision;
}

/**
 * The embedded store: one file, one process. Throws STORE_UNREADABLE when another process has it open, when a newer
 * program wrote it, when it is damaged, and when its write-ahead log is gone although it was not closed.
 */
export function openSqliteStore(path: string): Store {
  const logIsThere = existsSync(`${path}-wal`);
  const opened = openSqlite(path, { exclusive: true, migrations: SqliteHistory.migrations });
  try {
    const mark = new OpenMark(path);
    if (mark.isThere() && !logIsThere) throw logGone(path);
    opened.pragma(`wal_autocheckpoint = ${checkpointPages}`);
    mark.set();
    return new SqliteStore(path, opened, mark);
  } catch (error) {
    opened.close();
    throw error;
  }
}

function logGone(path: string): AppError {
  return new AppError(
    'STORE_UNREADABLE',
    `the store ${path} was not closed, and its log ${path}-wal is gone: the last acknowledged writes may be missing`,
    {
      hint: `put the log back beside it, or restore a backup: stop the coordinator, move ${path} away and copy the backup there; models that run are left alone`,
    },
  );
}

/**
 * Invariants: a transaction resolves only after the commit that holds it is on disk; transactions of one turn of
 * the event loop share a commit, in the order in which they came; after a failed commit nothing is written any more,
 * because only a new start can tell what the disk holds.
 */
class SqliteStore implements Store {
  readonly #path: string;
  readonly #opened: Sqlite;
  readonly #mark: OpenMark;
  readonly #history: SqliteHistory;
  readonly #watchers = new Set<Watcher>();
  readonly #terms = new Map<string, AbortController>();
  #waiting: Waiting[] = [];
  #failed: unknown = null;
  #closed = false;

  constructor(path: string, opened: Sqlite, mark: OpenMark) {
    this.#path = path;
    this.#opened = opened;
    this.#mark = mark;
    this.#history = new SqliteHistory(opened);
  }

  async get(
    key: string,
    options: { readonly revision?: Revision } = {},
  ): Promise<StoreEntry | null> {
    checkKey(key);
    const { revision } = options;
    if (revision === undefined) return this.#history.current(key);
    checkReadable(revision, this.#history.kept());
    return this.#history.at(key, revision);
  }

  async list(
    prefix: string,
    options: {
      readonly revision?: Revision;
      readonly limit?: number;
      readonly after?: string;
    } = {},
  ): Promise<{ readonly entries: readonly StoreEntry[]; readonly revision: Revision }> {
    const kept = this.#history.kept();
    const revision = options.revision ?? kept.head;
    checkReadable(revision, kept);
    const limit = Math.min(options.limit ?? storeLimits.listLimitMax, storeLimits.listLimitMax);
    const page = { prefix, after: options.after ?? '', limit };
    const entries =
      revision === kept.head
        ? this.#history.listCurrent(page)
        : this.#history.listAt(page, revision);
    return { entries, revision };
  }

  async txn(txn: Txn): Promise<TxnResult> {
    checkTxn(txn);
    if (this.#failed !== null || this.#closed) throw this.#refusal();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ txn, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  async *watch(prefix: string, from: Revision, signal: AbortSignal): AsyncIterable<WatchBatch> {
    const watcher: Watcher = { prefix, wake: new Wake(), next: from };
    this.#watchers.add(watcher);
    try {
      while (!signal.aborted && !this.#closed) {
        watcher.next = watchStart(watcher.next, this.#history.kept().compacted);
        const rows = this.#history.changesFrom(watcher.next, watchPage);
        for (const batch of batchesOf(rows, prefix)) {
          watcher.next = batch.revision + 1n;
          if (batch.events.length > 0) yield batch;
        }
        if (rows.length === 0) await watcher.wake.wait(signal);
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  async compact(revision: Revision): Promise<void> {
    if (this.#failed !== null || this.#closed) throw this.#refusal();
    checkReadable(revision, this.#history.kept());
    this.#opened.transaction(() => this.#history.compact(revision)).immediate();
  }

  async lead(name: string, options: LeadOptions): Promise<Leadership> {
    options.signal?.throwIfAborted();
    const key = `${leadershipPrefix}${name}`;
    checkKey(key);
    if (this.#failed !== null || this.#closed) throw this.#refusal();
    // The file is locked to this process, so whoever led before is in here and learns of it at once.
    this.#terms.get(name)?.abort();
    this.#flush();
    const epoch = this.#opened
      .transaction(() => {
        const next = epochAfter(this.#history.current(key)?.value, options.above);
        const value = new TextEncoder().encode(`${next} ${options.holder}`);
        this.#history.write([{ op: 'put', key, value }]);
        return next;
      })
      .immediate();
    const term = new AbortController();
    this.#terms.set(name, term);
    this.#wakeAll();
    const fence = { key, target: 'mod', equals: this.#history.kept().head } as const;
    return { name, epoch, fence, lost: term.signal };
  }

  fenced(leadership: Leadership): Store {
    return fencedStore(this, leadership);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    for (const term of this.#terms.values()) term.abort();
    this.#wakeAll();
    this.#mark.clear();
    this.#opened.close();
  }

  /** One commit and one fsync for all that wait. */
  #flush(): void {
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    const done: (() => void)[] = [];
    let head: Revision;
    try {
      ({ head } = this.#history.kept());
      this.#opened.exec('BEGIN IMMEDIATE');
      for (const { txn, resolve, reject } of batch) {
        const result = this.#history.run(txn);
        done.push(result instanceof AppError ? () => reject(result) : () => resolve(result));
      }
      this.#opened.exec('COMMIT');
    } catch (cause) {
      this.#fail(batch, cause);
      return;
    }
    for (const settle of done) settle();
    this.#wakeConcerned(head, batch);
  }

  #fail(batch: readonly Waiting[], cause: unknown): void {
    this.#history.forget();
    const full = cause instanceof Error && 'code' in cause && cause.code === 'SQLITE_FULL';
    if (full && this.#rolledBack()) {
      // A full disk is told apart: nothing was written, and writing goes on once there is room.
      const error = new AppError('STORE_UNREADABLE', `cannot write to the store ${this.#path}`, {
        cause,
        hint: 'the disk is full: make room; nothing of this change was kept',
      });
      for (const { reject } of batch) reject(error);
      return;
    }
    this.#failed = cause;
    // Whoever leads can write nothing any more: it learns of it, and a process that cannot lead again ends.
    for (const term of this.#terms.values()) term.abort();
    const error = new AppError('STORE_OUTCOME_UNKNOWN', `a commit to ${this.#path} failed`, {
      cause,
      hint: 'restart the coordinator: only a new start can tell what the disk holds',
    });
    for (const { reject } of batch) reject(error);
  }

  #rolledBack(): boolean {
    try {
      if (this.#opened.inTransaction) this.#opened.exec('ROLLBACK');
      return true;
    } catch {
      return false;
    }
  }

  #refusal(): AppError {
    return this.#closed
      ? new AppError('STORE_UNREADABLE', `the store ${this.#path} is closed`)
      : new AppError('STORE_UNREADABLE', `the store ${this.#path} failed earlier`, {
          cause: this.#failed,
          hint: 'restart the coordinator',
        });
  }

  /** Those who had seen everything up to `head`, and of whom nothing was written since, need not read it. */
  #wakeConcerned(head: Revision, batch: readonly Waiting[]): void {
    const { head: now } = this.#history.kept();
    for (const watcher of this.#watchers) {
      const concerned = batch.some(({ txn }) => touches(txn, watcher.prefix));
      if (watcher.next === head + 1n && !concerned) watcher.next = now + 1n;
      else watcher.wake.wake();
    }
  }

  #wakeAll(): void {
    for (const { wake } of this.#watchers) wake.wake();
  }
}

function touches({ do: then, otherwise = [] }: Txn, prefix: string): boolean {
  return [...then, ...otherwise].some(({ key }) => key.startsWith(prefix));
}

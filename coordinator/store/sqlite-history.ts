import { unreachable } from '../../shared/domain/assert.ts';
import type { AppError } from '../../shared/platform/errors.ts';
import type { Sqlite } from '../../shared/platform/sqlite.ts';
import type { Compare, Revision, StoreEntry, StoreOp, Txn, TxnResult } from './store.ts';
import { deposedError } from './txn-check.ts';
import type { HistoryRow } from './watch-batches.ts';

interface Page {
  readonly prefix: string;
  readonly after: string;
  readonly limit: number;
}

/** A row as better-sqlite3 answers it with safe integers. */
interface RawRow {
  readonly revision: bigint;
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly createRevision: bigint;
  readonly version: bigint;
}

const columns = 'revision, key, value, create_revision AS createRevision, version';

/** All of a row that a transaction asks about: values may be large, and are not read for it. */
type Stamp = Pick<RawRow, 'revision' | 'createRevision' | 'version'>;

/** Those that one transaction has read: it writes no key twice. null: there is no such key. */
type Stamps = Map<string, Stamp | null>;

/**
 * The tables of the embedded store: `current` answers reads, `history` is the event log behind watches and reads
 * of older revisions. Runs inside the transaction of its caller.
 */
export class SqliteHistory {
  static readonly migrations = [
    `CREATE TABLE current (
       key TEXT PRIMARY KEY, value BLOB NOT NULL, revision INTEGER NOT NULL,
       create_revision INTEGER NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID;
     CREATE TABLE history (
       revision INTEGER NOT NULL, seq INTEGER NOT NULL, key TEXT NOT NULL, value BLOB,
       create_revision INTEGER NOT NULL, version INTEGER NOT NULL,
       PRIMARY KEY (revision, seq)) WITHOUT ROWID;
     CREATE INDEX history_by_key ON history (key, revision);
     CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
     INSERT INTO meta VALUES ('head', 1), ('compacted', 0);`,
  ];

  readonly #one;
  readonly #stamp;
  readonly #oneAt;
  readonly #list;
  readonly #listAt;
  readonly #from;
  readonly #put;
  readonly #remove;
  readonly #append;
  readonly #meta;
  readonly #setMeta;
  readonly #prune;
  #kept: { compacted: Revision; head: Revision } | null = null;

  constructor(opened: Sqlite) {
    const ready = (sql: string) => opened.prepare<unknown[], RawRow>(sql).safeIntegers(true);
    this.#one = ready(`SELECT ${columns} FROM current WHERE key = ?`);
    this.#stamp = opened
      .prepare<[string], Stamp>(
        'SELECT revision, create_revision AS createRevision, version FROM current WHERE key = ?',
      )
      .safeIntegers(true);
    this.#oneAt = ready(
      `SELECT ${columns} FROM history WHERE key = ? AND revision <= ? ORDER BY revision DESC LIMIT 1`,
    );
    this.#list = ready(
      `SELECT ${columns} FROM current WHERE key > ? AND key >= ? AND key < ? ORDER BY key LIMIT ?`,
    );
    this.#listAt = ready(
      `SELECT ${columns} FROM history AS h WHERE key > ? AND key >= ? AND key < ? AND value IS NOT NULL
         AND revision = (SELECT max(revision) FROM history WHERE key = h.key AND revision <= ?)
         ORDER BY key LIMIT ?`,
    );
    // Whole revisions only: a page never ends inside a transaction.
    this.#from = ready(
      `SELECT ${columns} FROM history WHERE revision >= ? AND revision <= (
         SELECT max(revision) FROM (
           SELECT revision FROM history WHERE revision >= ? ORDER BY revision LIMIT ?))
         ORDER BY revision, seq`,
    );
    this.#put = opened.prepare(
      `INSERT INTO current (key, value, revision, create_revision, version) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, revision = excluded.revision,
         version = excluded.version`,
    );
    this.#remove = opened.prepare('DELETE FROM current WHERE key = ?');
    this.#append = opened.prepare(
      `INSERT INTO history (revision, seq, key, value, create_revision, version) VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.#meta = opened
      .prepare<[string], { value: bigint }>('SELECT value FROM meta WHERE name = ?')
      .safeIntegers(true);
    this.#setMeta = opened.prepare('UPDATE meta SET value = ? WHERE name = ?');
    this.#prune = opened.prepare(
      `DELETE FROM history WHERE revision <= ? AND (value IS NULL OR revision < (
         SELECT max(revision) FROM history AS h WHERE h.key = history.key AND h.revision <= ?))`,
    );
  }

  kept(): { readonly compacted: Revision; readonly head: Revision } {
    this.#kept ??= {
      compacted: this.#meta.get('compacted')?.value ?? 0n,
      head: this.#meta.get('head')?.value ?? 1n,
    };
    return this.#kept;
  }

  /** After a roll-back what we remember may be wrong. */
  forget(): void {
    this.#kept = null;
  }

  current(key: string): StoreEntry | null {
    return entryOf(this.#one.get(key));
  }

  at(key: string, revision: Revision): StoreEntry | null {
    return entryOf(this.#oneAt.get(key, revision));
  }

  listCurrent({ prefix, after, limit }: Page): readonly StoreEntry[] {
    const rows = this.#list.all(after, prefix, endOf(prefix), limit);
    return rows.map(entryOf).filter((entry) => entry !== null);
  }

  listAt({ prefix, after, limit }: Page, revision: Revision): readonly StoreEntry[] {
    const rows = this.#listAt.all(after, prefix, endOf(prefix), revision, limit);
    return rows.map(entryOf).filter((entry) => entry !== null);
  }

  changesFrom(from: Revision, limit: number): readonly HistoryRow[] {
    return this.#from.all(from, from, limit).map((row) => ({
      revision: row.revision,
      key: row.key,
      entry: entryOf(row),
    }));
  }

  /** An AppError is the answer to one transaction; the others of the batch go on. */
  run(txn: Txn): TxnResult | AppError {
    const stamps: Stamps = new Map();
    if (txn.fence !== undefined && !this.#holds(txn.fence, stamps)) return deposedError(txn.fence);
    const holds = txn.if.every((compare) => this.#holds(compare, stamps));
    this.write(holds ? txn.do : (txn.otherwise ?? []), stamps);
    return { ok: holds, revision: this.kept().head };
  }

  /** `stamps`: of keys that this transaction has looked at already. */
  write(ops: readonly StoreOp[], stamps: Stamps = new Map()): void {
    const { compacted, head } = this.kept();
    const revision = head + 1n;
    let seq = 0;
    for (const op of ops) {
      const before = this.#stampOf(op.key, stamps);
      if (op.op === 'delete') {
        if (before === null) continue;
        this.#remove.run(op.key);
        this.#append.run(revision, seq, op.key, null, before.createRevision, 0n);
      } else {
        const createRevision = before?.createRevision ?? revision;
        const version = (before?.version ?? 0n) + 1n;
        this.#put.run(op.key, op.value, revision, createRevision, version);
        this.#append.run(revision, seq, op.key, op.value, createRevision, version);
      }
      seq += 1;
    }
    if (seq === 0) return;
    this.#setMeta.run(revision, 'head');
    this.#kept = { compacted, head: revision };
  }

  compact(revision: Revision): void {
    this.#prune.run(revision, revision);
    this.#setMeta.run(revision, 'compacted');
    this.forget();
  }

  #stampOf(key: string, stamps: Stamps): Stamp | null {
    let stamp = stamps.get(key);
    if (stamp === undefined) {
      stamp = this.#stamp.get(key) ?? null;
      stamps.set(key, stamp);
    }
    return stamp;
  }

  #holds(compare: Compare, stamps: Stamps): boolean {
    const stamp = this.#stampOf(compare.key, stamps);
    if (stamp === null) return compare.equals === 0n;
    switch (compare.target) {
      case 'mod':
        return stamp.revision === compare.equals;
      case 'create':
        return stamp.createRevision === compare.equals;
      case 'version':
        return stamp.version === compare.equals;
      default:
        return unreachable(compare.target);
    }
  }
}

function entryOf(row: RawRow | undefined): StoreEntry | null {
  if (row === undefined || row.value === null) return null;
  return {
    key: row.key,
    // As it came, without a copy, and as plain bytes.
    value: new Uint8Array(row.value.buffer, row.value.byteOffset, row.value.byteLength),
    createRevision: row.createRevision,
    modRevision: row.revision,
    version: row.version,
  };
}

/** The first key that no longer begins with `prefix`: keys are ASCII, so 0x7f is above them all. */
function endOf(prefix: string): string {
  return `${prefix}\u007f`;
}

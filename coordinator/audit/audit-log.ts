import { AppError } from '../../shared/platform/errors.ts';
import { openSqlite, type Sqlite } from '../../shared/platform/sqlite.ts';
import { chain, genesisHash, type AuditEntry, type AuditRecord } from './audit-record.ts';
import { ChainCheck, droppingMethod, type ChainEnds, type ChainVerdict } from './verify-chain.ts';

interface AuditLogOptions {
  /** The oldest go when there are more. */
  readonly rowsMax: number;
  /** Wall clock, ms: for the records that say what was dropped. */
  readonly wallMs: () => number;
}

interface Waiting {
  readonly entry: AuditEntry;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

const migrations = [
  `CREATE TABLE records (
     number INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, caller TEXT NOT NULL, method TEXT NOT NULL,
     target TEXT NOT NULL, request_id TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL,
     revision_before TEXT NOT NULL, revision_after TEXT NOT NULL, count INTEGER NOT NULL,
     previous_hash TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
   CREATE TABLE ends (end TEXT PRIMARY KEY, number INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
   INSERT INTO ends VALUES ('dropped', 0, '${genesisHash}'), ('head', 0, '${genesisHash}');`,
];

/** Entries that wait for a commit, or for a disk that takes them again. */
const waitingMax = 10_000;
const checkedAtOnce = 1_000;
/** How many rows go at once, as a part of those that are kept: dropping is a record too, and should be rare. */
const droppedPart = 10;

/** Opens the audit log: a file of its own, or `:memory:`. Throws STORE_UNREADABLE. */
export function openAuditLog(path: string, options: AuditLogOptions): AuditLog {
  return new AuditLog(openSqlite(path, { exclusive: true, migrations }), options);
}

/**
 * Who did what, each record with the hash of the one before it.
 * Invariants: numbers grow by one; what `append` has resolved for is on disk; what could not be written is kept, in a
 * limited number, and written first once the disk takes it; rows and what is said of the chain's ends change together.
 */
export class AuditLog {
  readonly #opened: Sqlite;
  readonly #options: AuditLogOptions;
  readonly #insert;
  readonly #setEnd;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #failure: unknown;
  #head: ChainEnds['head'];
  #dropped: ChainEnds['dropped'];

  constructor(opened: Sqlite, options: AuditLogOptions) {
    this.#opened = opened;
    this.#options = options;
    this.#insert = opened.prepare(
      `INSERT INTO records VALUES (@number, @atMs, @caller, @method, @target, @requestId, @outcome, @detail,
        @revisionBefore, @revisionAfter, @count, @previousHash, @hash)`,
    );
    this.#setEnd = opened.prepare('UPDATE ends SET number = ?, hash = ? WHERE end = ?');
    const { head, dropped } = readEnds(opened);
    this.#head = head;
    this.#dropped = dropped;
  }

  /** Of the newest record: written down elsewhere, it proves that nothing before it was changed. */
  get head(): ChainEnds['head'] {
    return this.#head;
  }

  /** Throws AUDIT_UNWRITABLE while the disk does not take records: what would go unrecorded is not begun. */
  assertWritable(): void {
    if (this.#failure !== undefined) this.#flush();
    if (this.#failure !== undefined) throw unwritable(this.#failure);
  }

  /** Resolves once the record is on disk: many that come together share one commit. Throws AUDIT_UNWRITABLE. */
  append(entry: AuditEntry): Promise<void> {
    return new Promise((done, failed) => {
      if (this.#waiting.length >= waitingMax) {
        failed(unwritable(this.#failure ?? new Error(`${waitingMax} records wait already`)));
        return;
      }
      this.#waiting.push({ entry, done, failed });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#flush();
      });
    });
  }

  /** The newest first; only those before `before` (0: all) and of `caller` (empty: anybody). */
  list(asked: {
    readonly limit: number;
    readonly before: number;
    readonly caller: string;
  }): readonly AuditRecord[] {
    return this.#opened
      .prepare<[number, number, string, string, number], AuditRecord>(
        `${readRecords} WHERE (? = 0 OR number < ?) AND (? = '' OR caller = ?) ORDER BY number DESC LIMIT ?`,
      )
      .all(asked.before, asked.before, asked.caller, asked.caller, asked.limit);
  }

  /** Computes every hash anew, a slice at a time so that calls are served meanwhile. */
  async verify(): Promise<ChainVerdict> {
    // Of one moment: what is appended or dropped meanwhile is not asked about.
    const ends = readEnds(this.#opened);
    const check = new ChainCheck(ends);
    for (let after = ends.dropped.number; ;) {
      const rows = recordsAfter(this.#opened, after, ends.head.number);
      const goOn = rows.every((record) => check.add(record));
      const last = rows.at(-1);
      if (!goOn || last === undefined) break;
      after = last.number;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#dropped.number !== ends.dropped.number) return this.verify();
    }
    return check.end();
  }

  close(): void {
    this.#flush();
    this.#opened.close();
  }

  #flush(): void {
    const batch = this.#waiting;
    if (batch.length === 0) {
      if (this.#failure !== undefined) this.#probe();
      return;
    }
    try {
      this.#write(batch.map((waiting) => waiting.entry));
      this.#waiting = [];
      this.#failure = undefined;
      for (const { done } of batch) done();
    } catch (error) {
      this.#failure = error;
      // They stay in line: what was done is recorded late rather than never.
      this.#waiting = batch.map(({ entry }) => ({ entry, done: ignore, failed: ignore }));
      for (const { failed } of batch) failed(unwritable(error));
    }
  }

  #probe(): void {
    try {
      this.#opened
        .transaction(() => this.#setEnd.run(this.#head.number, this.#head.hash, 'head'))
        .immediate();
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error;
    }
  }

  #write(entries: readonly AuditEntry[]): void {
    let head = this.#head;
    let dropped = this.#dropped;
    this.#opened
      .transaction(() => {
        const add = (entry: AuditEntry): void => {
          const record = chain(entry, head);
          this.#insert.run(record);
          head = { number: record.number, hash: record.hash };
        };
        for (const entry of entries) add(entry);
        const rows = head.number - dropped.number;
        if (rows > this.#options.rowsMax) {
          dropped = this.#drop(rows, dropped);
          add(droppingEntry(dropped, this.#options.wallMs()));
        }
        this.#setEnd.run(head.number, head.hash, 'head');
      })
      .immediate();
    this.#head = head;
    this.#dropped = dropped;
  }

  #drop(rows: number, before: ChainEnds['dropped']): ChainEnds['dropped'] {
    const part = Math.max(1, Math.floor(this.#options.rowsMax / droppedPart));
    // One more for the record that says so.
    const upTo = before.number + rows - this.#options.rowsMax + part;
    const last = this.#opened
      .prepare<[number], { hash: string }>('SELECT hash FROM records WHERE number = ?')
      .get(upTo);
    if (last === undefined) return before;
    this.#opened.prepare('DELETE FROM records WHERE number <= ?').run(upTo);
    this.#setEnd.run(upTo, last.hash, 'dropped');
    return { number: upTo, hash: last.hash };
  }
}

const readRecords = `SELECT number, at_ms AS atMs, caller, method, target, request_id AS requestId, outcome, detail,
  revision_before AS revisionBefore, revision_after AS revisionAfter, count, previous_hash AS previousHash, hash
  FROM records`;

/** The next records in order of numbers, a limited many. */
export function recordsAfter(opened: Sqlite, after: number, upTo: number): readonly AuditRecord[] {
  return opened
    .prepare<[number, number, number], AuditRecord>(
      `${readRecords} WHERE number > ? AND number <= ? ORDER BY number LIMIT ?`,
    )
    .all(after, upTo, checkedAtOnce);
}

export function readEnds(opened: Sqlite): ChainEnds {
  const rows = opened
    .prepare<[], { end: string; number: number; hash: string }>(
      'SELECT end, number, hash FROM ends',
    )
    .all();
  const end = (name: string): ChainEnds['head'] => {
    const row = rows.find((each) => each.end === name);
    return { number: row?.number ?? 0, hash: row?.hash ?? genesisHash };
  };
  return { dropped: end('dropped'), head: end('head') };
}

function droppingEntry(dropped: ChainEnds['dropped'], atMs: number): AuditEntry {
  return {
    atMs,
    caller: 'coordinator',
    method: droppingMethod,
    target: `records/${dropped.number}`,
    requestId: '',
    outcome: 'done',
    detail: `records up to ${dropped.number} were dropped for their age; the hash of the last was ${dropped.hash}`,
    revisionBefore: '',
    revisionAfter: '',
    count: 1,
  };
}

function unwritable(cause: unknown): AppError {
  return new AppError('AUDIT_UNWRITABLE', 'the audit log cannot be written', {
    cause,
    hint: 'make room on the disk of stateDir; nothing is changed until what was done can be recorded',
  });
}

function ignore(): void {
  // Whoever waited was told already.
}

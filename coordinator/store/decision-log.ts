import { openSqlite, type Sqlite } from '../../shared/platform/sqlite.ts';

/** What a decision was made from and what it was: enough to make it again, bit for bit. */
export interface LoggedDecision {
  readonly id: number;
  readonly atMs: number;
  /** `snapshot`: the whole world, from which later rows are replayed by their deltas. */
  readonly kind: 'snapshot' | 'decision';
  readonly model: string;
  /** The store's revision that the decision saw. */
  readonly revision: bigint;
  readonly engineVersion: string;
  readonly policy: string;
  /** JSON: the snapshot, or the deltas since the row before. */
  readonly inputs: string;
  /** JSON; empty for a snapshot. */
  readonly request: string;
  readonly outcome: string;
}

const migrations = [
  `CREATE TABLE decisions (
     id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, model TEXT NOT NULL,
     revision INTEGER NOT NULL, engine_version TEXT NOT NULL, policy TEXT NOT NULL,
     inputs TEXT NOT NULL, request TEXT NOT NULL, outcome TEXT NOT NULL);
   CREATE INDEX decisions_by_model ON decisions (model, id);`,
];

/** Opens the bounded log of decisions: a file of its own, or `:memory:`. Throws STORE_UNREADABLE. */
export function openDecisionLog(path: string, options: { readonly rowsMax: number }): DecisionLog {
  return new DecisionLog(openSqlite(path, { exclusive: true, migrations }), options.rowsMax);
}

interface RawDecision extends Omit<LoggedDecision, 'id' | 'atMs' | 'revision'> {
  readonly id: bigint;
  readonly atMs: bigint;
  readonly revision: bigint;
}

/**
 * Invariants: ids grow; at most `rowsMax` rows are kept. Rows are on disk when `append` returns, so that a decision
 * is never carried out without its record.
 */
export class DecisionLog {
  readonly #opened: Sqlite;
  readonly #rowsMax: number;
  readonly #insert;
  readonly #prune;
  readonly #newest;
  #placed = 0;
  #refused = 0;

  constructor(opened: Sqlite, rowsMax: number) {
    this.#opened = opened;
    this.#rowsMax = rowsMax;
    this.#insert = opened.prepare(
      `INSERT INTO decisions
         (at_ms, kind, model, revision, engine_version, policy, inputs, request, outcome)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#prune = opened.prepare(
      'DELETE FROM decisions WHERE id <= (SELECT max(id) FROM decisions) - ?',
    );
    this.#newest = opened
      .prepare<[string, string, number], RawDecision>(
        `SELECT id, at_ms AS atMs, kind, model, revision, engine_version AS engineVersion, policy,
           inputs, request, outcome
           FROM decisions WHERE ? = '' OR model = ? ORDER BY id DESC LIMIT ?`,
      )
      .safeIntegers(true);
  }

  get rowsMax(): number {
    return this.#rowsMax;
  }

  append(rows: readonly Omit<LoggedDecision, 'id'>[]): void {
    if (rows.length === 0) return;
    this.#opened
      .transaction(() => {
        for (const row of rows) {
          const { atMs, kind, model, revision, engineVersion, policy } = row;
          const head = [atMs, kind, model, revision, engineVersion, policy];
          this.#insert.run(...head, row.inputs, row.request, row.outcome);
        }
        this.#prune.run(this.#rowsMax);
      })
      .immediate();
    for (const row of rows) this.#count(row);
  }

  /** Decisions that were logged since this process opened the file. */
  counts(): { readonly placed: number; readonly refused: number } {
    return { placed: this.#placed, refused: this.#refused };
  }

  #count(row: Omit<LoggedDecision, 'id'>): void {
    if (row.kind !== 'decision') return;
    // Cheaper than to parse it: only a decision that placed has this pair.
    if (row.outcome.includes('"kind":"placed"')) this.#placed += 1;
    else this.#refused += 1;
  }

  /** The newest `limit`, oldest first. */
  list(options: { readonly limit: number; readonly model: string | null }): LoggedDecision[] {
    const model = options.model ?? '';
    const limit = Math.max(0, Math.min(options.limit, this.#rowsMax));
    return this.#newest
      .all(model, model, limit)
      .map((row) => ({ ...row, id: Number(row.id), atMs: Number(row.atMs) }))
      .toReversed();
  }

  close(): void {
    this.#opened.close();
  }
}

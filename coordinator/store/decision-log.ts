import { openSqlite, type Sqlite } from '../../shared/platform/sqlite.ts';

/** What a decision was made from and what it was: enough to make it again, bit for bit. */
export interface LoggedDecision {
  readonly id: number;
  readonly atMs: number;
  /** `snapshot`: the whole world, from which the rows after it are replayed by their deltas. */
  readonly kind: 'snapshot' | 'decision';
  readonly model: string;
  /** The claim that was made. Empty: refused, or a snapshot. */
  readonly claim: string;
  /** The store's revision that the decision saw. */
  readonly revision: bigint;
  readonly engineVersion: string;
  readonly policy: string;
  /** What the policy's draws began with. */
  readonly seed: number;
  /** JSON: the snapshot, or the deltas since the row before. */
  readonly inputs: string;
  /** JSON; empty for a snapshot. */
  readonly request: string;
  readonly outcome: string;
}

export type NewDecision = Omit<LoggedDecision, 'id'>;

export interface DecisionLogLimits {
  readonly rowsMax: number;
  /** Of texts; the file is somewhat larger. Absent: rows alone are counted. */
  readonly bytesMax?: number;
}

const migrations = [
  `CREATE TABLE decisions (
     id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, model TEXT NOT NULL,
     revision INTEGER NOT NULL, engine_version TEXT NOT NULL, policy TEXT NOT NULL,
     inputs TEXT NOT NULL, request TEXT NOT NULL, outcome TEXT NOT NULL);
   CREATE INDEX decisions_by_model ON decisions (model, id);`,
  `ALTER TABLE decisions ADD COLUMN claim TEXT NOT NULL DEFAULT '';
   ALTER TABLE decisions ADD COLUMN seed INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE decisions ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
   UPDATE decisions SET bytes = length(inputs) + length(request) + length(outcome);
   CREATE INDEX decisions_by_claim ON decisions (claim, id) WHERE claim <> '';
   CREATE INDEX decisions_by_time ON decisions (at_ms);
   CREATE INDEX snapshots ON decisions (id) WHERE kind = 'snapshot';`,
];

/** Opens the bounded log of decisions: a file of its own, or `:memory:`. Throws STORE_UNREADABLE. */
export function openDecisionLog(path: string, limits: DecisionLogLimits): DecisionLog {
  return new DecisionLog(openSqlite(path, { exclusive: true, migrations }), limits);
}

/** Which decisions are wanted; snapshots are never among them. */
export interface DecisionQuery {
  readonly limit: number;
  /** null: of all. */
  readonly model: string | null;
  /** Only older ones; null: from the newest on. */
  readonly before: number | null;
}

/**
 * Invariants: ids grow and are never used again while any row is left; no more than the limits is kept. What goes is
 * the oldest snapshot with all that rests on it, so that what stays can be replayed; only where one such run is larger
 * than the limits are rows dropped one by one. Rows are on disk when `append` returns: a decision is never carried out
 * without its record.
 */
export class DecisionLog {
  readonly #opened: Sqlite;
  readonly #limits: DecisionLogLimits;
  readonly #statements: ReturnType<typeof prepare>;
  #rows: number;
  #bytes: number;
  #placed = 0;
  #refused = 0;

  constructor(opened: Sqlite, limits: DecisionLogLimits) {
    this.#opened = opened;
    this.#limits = limits;
    this.#statements = prepare(opened);
    const sums = this.#statements.sums.get();
    this.#rows = sums?.rows ?? 0;
    this.#bytes = sums?.bytes ?? 0;
  }

  append(rows: readonly NewDecision[]): void {
    if (rows.length === 0) return;
    this.#opened
      .transaction(() => {
        for (const row of rows) this.#insert(row);
        this.#prune();
      })
      .immediate();
    for (const row of rows) this.#count(row);
  }

  /** Decisions that were logged since this process opened the file. */
  counts(): { readonly placed: number; readonly refused: number } {
    return { placed: this.#placed, refused: this.#refused };
  }

  /** Newest first. */
  list({ limit, model, before }: DecisionQuery): LoggedDecision[] {
    const { newest, newestOf } = this.#statements;
    const below = before ?? Number.MAX_SAFE_INTEGER;
    const rows = model === null ? newest.all(below, limit) : newestOf.all(model, below, limit);
    return rows.map(decisionOf);
  }

  /** undefined: there is no such decision, or it is no longer kept. */
  get(id: number): LoggedDecision | undefined {
    const row = this.#statements.one.get(id);
    return row && decisionOf(row);
  }

  /** The decision that made a claim. */
  ofClaim(claim: string): LoggedDecision | undefined {
    const row = this.#statements.ofClaim.get(claim);
    return row && decisionOf(row);
  }

  /** The newest snapshot that is not newer than row `id`. */
  snapshotBefore(id: number): LoggedDecision | undefined {
    const row = this.#statements.snapshotBefore.get(id);
    return row && decisionOf(row);
  }

  /** The oldest snapshot of all. */
  firstSnapshot(): LoggedDecision | undefined {
    const row = this.#statements.firstSnapshot.get();
    return row && decisionOf(row);
  }

  /** The first row of that time or later; undefined: all are older. */
  firstSince(atMs: number): number | undefined {
    return this.#statements.firstSince.get(atMs)?.id ?? undefined;
  }

  /** The newest row; 0: none. */
  lastId(): number {
    return this.#statements.last.get()?.id ?? 0;
  }

  /** At most `limit` rows after row `id`, oldest first. */
  after(id: number, limit: number): LoggedDecision[] {
    return this.#statements.after.all(id, limit).map(decisionOf);
  }

  close(): void {
    this.#opened.close();
  }

  #insert(row: NewDecision): void {
    const { atMs, kind, model, claim, revision, engineVersion, policy, seed } = row;
    const bytes = row.inputs.length + row.request.length + row.outcome.length;
    const head = [atMs, kind, model, claim, revision, engineVersion, policy, seed, bytes];
    this.#statements.insert.run(...head, row.inputs, row.request, row.outcome);
    this.#rows += 1;
    this.#bytes += bytes;
  }

  #prune(): void {
    const { secondSnapshot, runBefore, dropBefore, oldest } = this.#statements;
    while (this.#isOver()) {
      const next = secondSnapshot.get()?.id ?? (oldest.get()?.id ?? 0) + 1;
      const gone = runBefore.get(next);
      if (gone === undefined || gone.rows === 0) return;
      dropBefore.run(next);
      this.#rows -= gone.rows;
      this.#bytes -= gone.bytes ?? 0;
    }
  }

  #isOver(): boolean {
    const { rowsMax, bytesMax = Number.POSITIVE_INFINITY } = this.#limits;
    return this.#rows > rowsMax || (this.#bytes > bytesMax && this.#rows > 1);
  }

  #count(row: NewDecision): void {
    if (row.kind !== 'decision') return;
    if (row.claim === '') this.#refused += 1;
    else this.#placed += 1;
  }
}

interface RawDecision extends Omit<LoggedDecision, 'id' | 'atMs' | 'seed'> {
  readonly id: bigint;
  readonly atMs: bigint;
  readonly seed: bigint;
}

function decisionOf(row: RawDecision): LoggedDecision {
  return { ...row, id: Number(row.id), atMs: Number(row.atMs), seed: Number(row.seed) };
}

interface Sums {
  readonly rows: number;
  readonly bytes: number | null;
}

interface Id {
  readonly id: number | null;
}

function prepare(opened: Sqlite) {
  const columns = `id, at_ms AS atMs, kind, model, claim, revision, engine_version AS engineVersion,
    policy, seed, inputs, request, outcome`;
  const rows = (rest: string) =>
    opened
      .prepare<(string | number)[], RawDecision>(`SELECT ${columns} FROM decisions ${rest}`)
      .safeIntegers(true);
  const sums = 'SELECT count(*) AS rows, sum(bytes) AS bytes FROM decisions';
  return {
    insert: opened.prepare(
      `INSERT INTO decisions (at_ms, kind, model, claim, revision, engine_version, policy, seed,
         bytes, inputs, request, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    sums: opened.prepare<[], Sums>(sums),
    runBefore: opened.prepare<[number], Sums>(`${sums} WHERE id < ?`),
    dropBefore: opened.prepare<[number]>('DELETE FROM decisions WHERE id < ?'),
    oldest: opened.prepare<[], Id>('SELECT min(id) AS id FROM decisions'),
    last: opened.prepare<[], Id>('SELECT max(id) AS id FROM decisions'),
    firstSince: opened.prepare<[number], Id>(
      'SELECT min(id) AS id FROM decisions WHERE at_ms >= ?',
    ),
    secondSnapshot: opened.prepare<[], Id>(
      `SELECT id FROM decisions WHERE kind = 'snapshot'
         AND id > (SELECT min(id) FROM decisions) ORDER BY id LIMIT 1`,
    ),
    one: rows('WHERE id = ?'),
    ofClaim: rows("WHERE claim = ? AND claim <> '' ORDER BY id DESC LIMIT 1"),
    snapshotBefore: rows("WHERE kind = 'snapshot' AND id <= ? ORDER BY id DESC LIMIT 1"),
    firstSnapshot: rows("WHERE kind = 'snapshot' ORDER BY id LIMIT 1"),
    after: rows('WHERE id > ? ORDER BY id LIMIT ?'),
    newest: rows("WHERE kind = 'decision' AND id < ? ORDER BY id DESC LIMIT ?"),
    newestOf: rows("WHERE model = ? AND kind = 'decision' AND id < ? ORDER BY id DESC LIMIT ?"),
  };
}

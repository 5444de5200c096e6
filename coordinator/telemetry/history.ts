import type { NodeName } from '../../shared/domain/ids.ts';
import { openSqlite, type Sqlite } from '../../shared/platform/sqlite.ts';
import { telemetryLimits } from './limits.ts';
import { pointAt, type CoarseRow, type Point, type Span } from './node-series.ts';
import { tallyPartCount } from './tally.ts';

export interface HistoryOptions {
  /** What is older goes. */
  readonly keptMs: number;
  /** The file grows to this and no further: the oldest spans make room. */
  readonly bytesMax: number;
}

export interface HistoryCounts {
  readonly writtenTotal: number;
  /** Rows that were not written: the disk failed, or more waited than may. */
  readonly droppedTotal: number;
  readonly waiting: number;
}

interface StoredRow {
  readonly period: number;
  readonly metrics: string;
  readonly rows: string;
  readonly columns: Buffer;
}

/** A row a node and span, so two spans of the largest cluster. */
const waitingMax = 20_000;
/** What one transaction holds: some milliseconds. */
const sliceRows = 250;
const prunedRows = 2_000;
const pageBytes = 4_096;
/** Above this share of its size the file makes room. */
const fullShare = 0.9;

const migrations = [
  `CREATE TABLE series (
     id INTEGER PRIMARY KEY, node TEXT NOT NULL, metrics TEXT NOT NULL, rows TEXT NOT NULL,
     UNIQUE (node, metrics, rows));
   CREATE TABLE coarse (
     series INTEGER NOT NULL, period INTEGER NOT NULL, columns BLOB NOT NULL,
     PRIMARY KEY (series, period)) WITHOUT ROWID;
   CREATE INDEX coarse_by_period ON coarse (period);`,
];

/** Opens the history: a file of its own, or `:memory:`. Throws STORE_UNREADABLE. */
export function openHistory(path: string, options: HistoryOptions): History {
  const opened = openSqlite(path, { exclusive: true, migrations });
  // Unlike what the coordinator promises, telemetry may lose its last moments to a power cut.
  opened.pragma('synchronous = NORMAL');
  opened.pragma(`max_page_count = ${Math.max(64, Math.ceil(options.bytesMax / pageBytes))}`);
  return new History(opened, options);
}

/**
 * What cards did in quarters of an hour, for weeks.
 * Invariants: `add` never touches the disk; `writeSlice` does a bounded amount; a disk that fails or is full costs
 * rows, which are counted, and never throws; the file never exceeds its bytes.
 */
export class History {
  readonly #opened: Sqlite;
  readonly #options: HistoryOptions;
  readonly #ids = new Map<string, number>();
  readonly #insertSeries;
  readonly #findSeries;
  readonly #insert;
  readonly #read;
  readonly #prune;
  #waiting: { readonly node: NodeName; readonly row: CoarseRow }[] = [];
  #written = 0;
  #dropped = 0;

  constructor(opened: Sqlite, options: HistoryOptions) {
    this.#opened = opened;
    this.#options = options;
    this.#insertSeries = opened.prepare(
      'INSERT OR IGNORE INTO series (node, metrics, rows) VALUES (?, ?, ?)',
    );
    this.#findSeries = opened.prepare<[string, string, string], { id: number }>(
      'SELECT id FROM series WHERE node = ? AND metrics = ? AND rows = ?',
    );
    this.#insert = opened.prepare('INSERT OR REPLACE INTO coarse VALUES (?, ?, ?)');
    this.#read = opened.prepare<[string, number, number, number], StoredRow>(
      `SELECT period, metrics, rows, columns FROM coarse JOIN series ON series.id = coarse.series
       WHERE node = ? AND period >= ? AND period <= ? ORDER BY period LIMIT ?`,
    );
    this.#prune = opened.prepare(
      `DELETE FROM coarse WHERE (series, period) IN
       (SELECT series, period FROM coarse WHERE period < ? ORDER BY period LIMIT ${prunedRows})`,
    );
  }

  /** Kept in memory until a slice takes it. */
  add(node: NodeName, row: CoarseRow): void {
    if (this.#waiting.length >= waitingMax) this.#dropped += 1;
    else this.#waiting.push({ node, row });
  }

  /** Writes some of what waits and removes some of what is over. Answers why it could not, null when it could. */
  writeSlice(nowMs: number): Error | null {
    const batch = this.#waiting.splice(0, sliceRows);
    try {
      this.#opened
        .transaction(() => {
          this.#pruneOld(nowMs);
          for (const { node, row } of batch) this.#write(node, row);
        })
        .immediate();
      this.#written += batch.length;
      return null;
    } catch (error) {
      this.#dropped += batch.length;
      // Ids that were given within the transaction are gone with it.
      this.#ids.clear();
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** The spans of one series that began in `span`, oldest first, `limit` at most. Empty when the disk fails. */
  read(
    of: { readonly node: string; readonly metric: string; readonly row: string },
    span: Span,
    limit: number,
  ): readonly Point[] {
    const { coarsePeriodMs } = telemetryLimits;
    const from = Math.ceil(span.fromMs / coarsePeriodMs);
    const to = Math.floor(span.toMs / coarsePeriodMs);
    return this.#stored(of.node, { from, to, limit }).flatMap((stored) => {
      const point = readPoint(stored, of);
      return point === null ? [] : [point];
    });
  }

  counts(): HistoryCounts {
    return {
      writtenTotal: this.#written,
      droppedTotal: this.#dropped,
      waiting: this.#waiting.length,
    };
  }

  close(): void {
    this.#opened.close();
  }

  #stored(
    node: string,
    { from, to, limit }: { readonly from: number; readonly to: number; readonly limit: number },
  ): readonly StoredRow[] {
    try {
      return this.#read.all(node, from, to, limit);
    } catch {
      // What cannot be read is shown as not known; the next write says what is wrong with the disk.
      return [];
    }
  }

  #write(node: NodeName, row: CoarseRow): void {
    const { columns } = row;
    const bytes = Buffer.from(columns.buffer, columns.byteOffset, columns.byteLength);
    this.#insert.run(this.#seriesId(node, row), row.period, bytes);
  }

  #seriesId(node: NodeName, { metrics, rows }: CoarseRow): number {
    const key = [node, JSON.stringify(metrics), JSON.stringify(rows)] as const;
    const text = key.join(' ');
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    this.#insertSeries.run(...key);
    const id = this.#findSeries.get(...key)?.id ?? 0;
    if (this.#ids.size >= waitingMax) this.#ids.clear();
    this.#ids.set(text, id);
    return id;
  }

  #pruneOld(nowMs: number): void {
    const { keptMs, bytesMax } = this.#options;
    const { coarsePeriodMs } = telemetryLimits;
    this.#prune.run(Math.floor((nowMs - keptMs) / coarsePeriodMs));
    const used = this.#number('page_count') - this.#number('freelist_count');
    if (used * pageBytes > fullShare * bytesMax) {
      this.#prune.run(Math.floor(nowMs / coarsePeriodMs));
    }
  }

  #number(pragma: 'page_count' | 'freelist_count'): number {
    return Number(this.#opened.pragma(pragma, { simple: true }));
  }
}

function readPoint(
  { period, metrics, rows, columns }: StoredRow,
  { metric, row }: { readonly metric: string; readonly row: string },
): Point | null {
  const { coarsePeriodMs } = telemetryLimits;
  // What we wrote ourselves, as JSON of lists of text.
  const metricAt = (JSON.parse(metrics) as readonly string[]).indexOf(metric);
  const rowNames = JSON.parse(rows) as readonly string[];
  const rowAt = rowNames.indexOf(row);
  if (metricAt < 0 || rowAt < 0) return null;
  // A copy of its own: a Buffer need not begin at an even address.
  const packed = new Uint16Array(new Uint8Array(columns).buffer);
  const at = (metricAt * rowNames.length + rowAt) * tallyPartCount;
  return pointAt(packed, at, { atMs: period * coarsePeriodMs, spanMs: coarsePeriodMs });
}

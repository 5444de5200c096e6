import { ColumnRing } from './column-ring.ts';
import { telemetryLimits, watchedMetrics, type RingDepth } from './limits.ts';
import { noValue, packValue, unpackValue } from './packed-value.ts';
import { Tally, tallyPartCount, tallyParts } from './tally.ts';

/** What each position of a node's columns means. */
export interface SeriesTable {
  readonly metrics: readonly string[];
  readonly rows: readonly string[];
}

/** What a node's cards did in one span of `coarsePeriodMs`: three packed values a watched column. */
export interface CoarseRow {
  /** Of the span's beginning: milliseconds since the epoch, divided by the span. */
  readonly period: number;
  readonly metrics: readonly string[];
  readonly rows: readonly string[];
  readonly columns: Uint16Array;
}

/** One or more ticks of a column as one: `spanMs` from `atMs`. */
export interface Point {
  readonly atMs: number;
  readonly spanMs: number;
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
}

const secondMs = 1_000;
const minuteMs = 60_000;

/**
 * The samples of one node, packed: the newest value of every metric, and the past of the watched ones.
 * Invariants: memory is fixed until `resize`; a tick that is older than the rings reach changes nothing but what it is
 * newer than; minutes and coarse spans are closed in order, once.
 */
export class NodeSeries {
  readonly table: SeriesTable;
  /** By metric and row, as in a batch. NaN: not known. */
  readonly latest: Float32Array;
  latestAtMs = 0;
  depth: RingDepth;
  /** Positions in the table of the watched metrics that this node has. */
  readonly #watched: readonly number[];
  #seconds: ColumnRing;
  #minutes: ColumnRing;
  readonly #minute: Tally;
  readonly #coarse: Tally;
  #openMinute = 0;
  #openPeriod = 0;

  constructor(table: SeriesTable, depth: RingDepth) {
    this.table = table;
    this.depth = depth;
    this.#watched = watchedIn(table);
    const width = this.#watched.length * table.rows.length;
    this.latest = new Float32Array(table.metrics.length * table.rows.length).fill(Number.NaN);
    this.#seconds = new ColumnRing(depth.seconds, width);
    this.#minutes = new ColumnRing(depth.minutes, width * tallyPartCount);
    this.#minute = new Tally(width);
    this.#coarse = new Tally(width);
  }

  /** Memory of a node with this table. */
  static bytes(table: SeriesTable, depth: RingDepth): number {
    const width = watchedIn(table).length * table.rows.length;
    return (
      table.metrics.length * table.rows.length * Float32Array.BYTES_PER_ELEMENT +
      ColumnRing.bytes(depth.seconds, width) +
      ColumnRing.bytes(depth.minutes, width * tallyPartCount) +
      2 * Tally.bytes(width)
    );
  }

  /** `values` has at least as many as the table has positions. Answers a span that this tick has closed. */
  add(atMs: number, values: Float32Array): CoarseRow | null {
    const closed = this.close(atMs);
    const fresh = atMs >= this.latestAtMs;
    if (fresh) {
      this.latestAtMs = atMs;
      for (let at = 0; at < this.latest.length; at += 1) this.latest[at] = values[at] ?? Number.NaN;
    }
    const second = Math.floor(atMs / secondMs);
    const reached = Math.floor(this.latestAtMs / secondMs) - second < this.depth.seconds;
    const inMinute = Math.floor(atMs / minuteMs) === this.#openMinute;
    if (!reached && !inMinute) return closed;
    const offset = reached ? this.#seconds.claim(second) : -1;
    const rows = this.table.rows.length;
    let column = 0;
    for (const metric of this.#watched) {
      for (let row = 0; row < rows; row += 1, column += 1) {
        const value = values[metric * rows + row] ?? Number.NaN;
        if (Number.isNaN(value)) continue;
        if (reached) this.#seconds.values[offset + column] = packValue(value);
        if (inMinute) this.#minute.add(column, value);
      }
    }
    return closed;
  }

  /** Closes the minute and the coarse span that are over at `nowMs`; answers the span, if it has seen anything. */
  close(nowMs: number): CoarseRow | null {
    const minute = Math.floor(nowMs / minuteMs);
    if (minute <= this.#openMinute) return null;
    if (!this.#minute.isEmpty) {
      this.#minute.pack(this.#minutes.values, this.#minutes.claim(this.#openMinute));
      this.#coarse.merge(this.#minute);
      this.#minute.clear();
    }
    this.#openMinute = minute;
    const period = Math.floor(nowMs / telemetryLimits.coarsePeriodMs);
    if (period === this.#openPeriod) return null;
    const closed = this.#coarse.isEmpty ? null : this.#coarseRow();
    this.#coarse.clear();
    this.#openPeriod = period;
    return closed;
  }

  /** Keeps what fits of the newest ticks. */
  resize(depth: RingDepth): void {
    this.#seconds = this.#seconds.resized(depth.seconds, Math.floor(this.latestAtMs / secondMs));
    this.#minutes = this.#minutes.resized(depth.minutes, this.#openMinute);
    this.depth = depth;
  }

  /** The newest value of a series; null: not known. */
  value(metric: string, row: string): number | null {
    const metricAt = this.table.metrics.indexOf(metric);
    const rowAt = this.table.rows.indexOf(row);
    const value = this.latest[metricAt * this.table.rows.length + rowAt] ?? Number.NaN;
    return metricAt < 0 || rowAt < 0 || Number.isNaN(value) ? null : value;
  }

  /** The kept seconds of a watched series that began in `fromMs`..`toMs`, oldest first. */
  *seconds(metric: string, row: string, span: Span): Iterable<Point> {
    const column = this.#columnOf(metric, row);
    const newest = Math.floor(this.latestAtMs / secondMs);
    if (column < 0) return;
    for (const key of keysIn(span, { size: secondMs, newest, depth: this.depth.seconds })) {
      const offset = this.#seconds.find(key);
      const value =
        offset < 0 ? Number.NaN : unpackValue(this.#seconds.values[offset + column] ?? noValue);
      if (Number.isNaN(value)) continue;
      yield { atMs: key * secondMs, spanMs: secondMs, mean: value, least: value, greatest: value };
    }
  }

  /** The closed minutes of a watched series, oldest first. */
  *minutes(metric: string, row: string, span: Span): Iterable<Point> {
    const column = this.#columnOf(metric, row);
    if (column < 0) return;
    const reach = { size: minuteMs, newest: this.#openMinute, depth: this.depth.minutes };
    for (const key of keysIn(span, reach)) {
      const offset = this.#minutes.find(key);
      if (offset < 0) continue;
      const at = offset + column * tallyPartCount;
      const point = pointAt(this.#minutes.values, at, { atMs: key * minuteMs, spanMs: minuteMs });
      if (point !== null) yield point;
    }
  }

  #columnOf(metric: string, row: string): number {
    const rowAt = this.table.rows.indexOf(row);
    const metricAt = this.#watched.indexOf(this.table.metrics.indexOf(metric));
    return rowAt < 0 || metricAt < 0 ? -1 : metricAt * this.table.rows.length + rowAt;
  }

  #coarseRow(): CoarseRow {
    const { metrics, rows } = this.table;
    const watched = this.#watched.map((at) => metrics[at] ?? '');
    const columns = new Uint16Array(watched.length * rows.length * tallyPartCount).fill(noValue);
    this.#coarse.pack(columns, 0);
    return { period: this.#openPeriod, metrics: watched, rows, columns };
  }
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Null: there is no value. */
export function pointAt(
  packed: Uint16Array,
  at: number,
  when: { readonly atMs: number; readonly spanMs: number },
): Point | null {
  const mean = unpackValue(packed[at + tallyParts.mean] ?? noValue);
  if (Number.isNaN(mean)) return null;
  const least = unpackValue(packed[at + tallyParts.least] ?? noValue);
  const greatest = unpackValue(packed[at + tallyParts.greatest] ?? noValue);
  return { ...when, mean, least, greatest };
}

function* keysIn(
  { fromMs, toMs }: Span,
  ring: { readonly size: number; readonly newest: number; readonly depth: number },
): Iterable<number> {
  const first = Math.max(Math.ceil(fromMs / ring.size), ring.newest - ring.depth + 1, 1);
  const last = Math.min(Math.floor(toMs / ring.size), ring.newest);
  for (let key = first; key <= last; key += 1) yield key;
}

function watchedIn(table: SeriesTable): readonly number[] {
  return watchedMetrics.map((metric) => table.metrics.indexOf(metric)).filter((at) => at >= 0);
}

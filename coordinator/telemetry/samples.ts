import type { NodeName } from '../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../shared/domain/result.ts';

export const telemetryLimits = {
  metricsMax: 64,
  rowsMax: 64,
  textLengthMax: 128,
  /** Ticks that are kept of a node; older ones are overwritten. */
  ticksKept: 60,
} as const;

/** What each position of a node's columns means. */
export interface SeriesTable {
  readonly metrics: readonly string[];
  readonly rows: readonly string[];
}

/** One tick: metric after metric, one value a row. NaN: no value. */
export interface SampleBatch {
  readonly atMs: number;
  readonly values: readonly number[];
}

export interface TelemetryCounts {
  readonly nodes: number;
  readonly batchesTotal: number;
  readonly rejectedTotal: number;
}

/** The columns of one node. `values` holds `ticksKept` ticks, the oldest overwritten first. */
interface NodeColumns {
  readonly table: SeriesTable;
  readonly values: Float32Array;
  readonly atMs: Float64Array;
  written: number;
}

/**
 * The last minute of every node's samples, packed.
 * Invariants: a node's memory is fixed once its series are known; a batch that does not fit them changes nothing.
 */
export class Samples {
  readonly #nodes = new Map<NodeName, NodeColumns>();
  #batches = 0;
  #rejected = 0;

  /** Says what the node's batches hold from now on; what was kept under another table is dropped. */
  describe(node: NodeName, table: SeriesTable): Result<void> {
    const problem = tableProblem(table);
    if (problem !== null) {
      this.#rejected += 1;
      return err({ code: 'REQUEST_INVALID', path: 'series', message: problem });
    }
    const present = this.#nodes.get(node);
    if (present !== undefined && sameTable(present.table, table)) return ok(undefined);
    const width = table.metrics.length * table.rows.length;
    this.#nodes.set(node, {
      table: { metrics: [...table.metrics], rows: [...table.rows] },
      values: new Float32Array(width * telemetryLimits.ticksKept),
      atMs: new Float64Array(telemetryLimits.ticksKept),
      written: 0,
    });
    return ok(undefined);
  }

  add(node: NodeName, batch: SampleBatch): Result<void> {
    const columns = this.#nodes.get(node);
    const width =
      columns === undefined ? -1 : columns.table.metrics.length * columns.table.rows.length;
    if (columns === undefined || batch.values.length !== width) {
      this.#rejected += 1;
      const message =
        columns === undefined
          ? 'a batch came before its series'
          : `${batch.values.length} values, the series have ${width}`;
      return err({ code: 'REQUEST_INVALID', path: 'batch', message });
    }
    const slot = columns.written % telemetryLimits.ticksKept;
    columns.values.set(batch.values, slot * width);
    columns.atMs[slot] = batch.atMs;
    columns.written += 1;
    this.#batches += 1;
    return ok(undefined);
  }

  /** The newest value of one series; null: not known. */
  latest(node: NodeName, metric: string, row: string): { atMs: number; value: number } | null {
    return this.history(node, metric, row).at(-1) ?? null;
  }

  /** Oldest first; ticks without a value are left out. */
  history(node: NodeName, metric: string, row: string): { atMs: number; value: number }[] {
    const columns = this.#nodes.get(node);
    const at = columns === undefined ? -1 : position(columns.table, metric, row);
    if (columns === undefined || at < 0) return [];
    const width = columns.table.metrics.length * columns.table.rows.length;
    const from = Math.max(0, columns.written - telemetryLimits.ticksKept);
    return Array.from({ length: columns.written - from }, (_, offset) => {
      const slot = (from + offset) % telemetryLimits.ticksKept;
      return {
        atMs: columns.atMs[slot] ?? 0,
        value: columns.values[slot * width + at] ?? Number.NaN,
      };
    }).filter((sample) => !Number.isNaN(sample.value));
  }

  counts(): TelemetryCounts {
    return {
      nodes: this.#nodes.size,
      batchesTotal: this.#batches,
      rejectedTotal: this.#rejected,
    };
  }
}

function position(table: SeriesTable, metric: string, row: string): number {
  const metricAt = table.metrics.indexOf(metric);
  const rowAt = table.rows.indexOf(row);
  return metricAt < 0 || rowAt < 0 ? -1 : metricAt * table.rows.length + rowAt;
}

function tableProblem(table: SeriesTable): string | null {
  const { metricsMax, rowsMax, textLengthMax } = telemetryLimits;
  if (table.metrics.length > metricsMax)
    return `${table.metrics.length} metrics, at most ${metricsMax}`;
  if (table.rows.length > rowsMax) return `${table.rows.length} rows, at most ${rowsMax}`;
  const long = [...table.metrics, ...table.rows].find((text) => text.length > textLengthMax);
  return long === undefined ? null : `a name is longer than ${textLengthMax} characters`;
}

function sameTable(left: SeriesTable, right: SeriesTable): boolean {
  return (
    left.metrics.length === right.metrics.length &&
    left.rows.length === right.rows.length &&
    left.metrics.every((metric, at) => metric === right.metrics[at]) &&
    left.rows.every((row, at) => row === right.rows[at])
  );
}

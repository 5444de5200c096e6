import type { NodeName } from '../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../shared/domain/result.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import {
  deepestRings,
  ringDepths,
  shallowestRings,
  telemetryLimits,
  type RingDepth,
} from './limits.ts';
import { NodeSeries, type CoarseRow, type SeriesTable } from './node-series.ts';

/** One tick: metric after metric, one value a row; `values` may be longer than `count`. NaN: no value. */
export interface SampleBatch {
  readonly atMs: number;
  readonly values: Float32Array;
  readonly count: number;
}

export interface TelemetryCounts {
  readonly nodes: number;
  /** Memory of what is kept. */
  readonly bytes: number;
  /** How far back seconds reach now. */
  readonly ringSeconds: number;
  readonly batchesTotal: number;
  readonly rejectedTotal: number;
}

export interface SamplesOptions {
  readonly clock: Pick<Clock, 'wallMs'>;
  /** Sees each span of `coarsePeriodMs` once, when it is over. */
  readonly onCoarse?: (node: NodeName, row: CoarseRow) => void;
  /** All rings together; absent: `telemetryLimits`. */
  readonly ringBytesMax?: number;
  readonly nodesMax?: number;
}

/**
 * The recent samples of every node, packed, within a budget of memory.
 * Invariants: what all rings would take at the depth in force is within the budget, or they are as shallow as they get;
 * a node whose rings have another depth gets this one with its next batch, so that no moment pays for all.
 */
export class Samples {
  readonly #options: Required<SamplesOptions>;
  readonly #nodes = new Map<NodeName, NodeSeries>();
  /** What each depth would take for the nodes there are. */
  readonly #bytes = ringDepths.map(() => 0);
  #depth: RingDepth = deepestRings;
  #batches = 0;
  #rejected = 0;

  constructor(options: SamplesOptions) {
    const { ringBytesMax, nodesMax } = telemetryLimits;
    this.#options = { ringBytesMax, nodesMax, onCoarse: () => undefined, ...options };
  }

  /** Says what the node's batches hold from now on; what was kept under another table is dropped. */
  describe(node: NodeName, table: SeriesTable): Result<void> {
    const present = this.#nodes.get(node);
    if (present !== undefined && sameTable(present.table, table)) return ok(undefined);
    if (present === undefined && this.#nodes.size >= this.#options.nodesMax) {
      this.#rejected += 1;
      const message = `samples of ${this.#nodes.size} nodes are kept, and no more`;
      return err({ code: 'LIMIT_REACHED', message });
    }
    this.forget(node);
    const kept = { metrics: [...table.metrics], rows: [...table.rows] };
    this.#account(kept, 1);
    this.#nodes.set(node, new NodeSeries(kept, this.#depth));
    return ok(undefined);
  }

  /** False: the batch does not fit what was described, and changes nothing but a count. */
  add(node: NodeName, { atMs, values, count }: SampleBatch): boolean {
    let series = this.#nodes.get(node);
    if (series === undefined || count !== series.latest.length || Number.isNaN(atMs)) {
      this.#rejected += 1;
      return false;
    }
    if (series.depth !== this.#depth) series.resize(this.#depth);
    const nowMs = this.#options.clock.wallMs();
    const believed = Math.abs(atMs - nowMs) <= telemetryLimits.clockSkewMsMax ? atMs : nowMs;
    if (series.latestAtMs - believed > 2 * telemetryLimits.clockSkewMsMax) {
      // Our clock was set back: what is kept lies in the future, and would hide what comes.
      series = new NodeSeries(series.table, this.#depth);
      this.#nodes.set(node, series);
    }
    const closed = series.add(believed, values);
    if (closed !== null) this.#options.onCoarse(node, closed);
    this.#batches += 1;
    return true;
  }

  series(node: NodeName): NodeSeries | undefined {
    return this.#nodes.get(node);
  }

  /** A node's spans that are over although nothing came; nodes of which nothing is left in the rings are forgotten. */
  sweep(node: NodeName): void {
    const series = this.#nodes.get(node);
    if (series === undefined) return;
    const nowMs = this.#options.clock.wallMs();
    const closed = series.close(nowMs);
    if (closed !== null) this.#options.onCoarse(node, closed);
    if (nowMs - series.latestAtMs > deepestRings.minutes * 60_000) this.forget(node);
  }

  forget(node: NodeName): void {
    const series = this.#nodes.get(node);
    if (series === undefined) return;
    this.#nodes.delete(node);
    this.#account(series.table, -1);
  }

  nodes(): IterableIterator<NodeName> {
    return this.#nodes.keys();
  }

  counts(): TelemetryCounts {
    return {
      nodes: this.#nodes.size,
      bytes: this.#bytes[ringDepths.indexOf(this.#depth)] ?? 0,
      ringSeconds: this.#depth.seconds,
      batchesTotal: this.#batches,
      rejectedTotal: this.#rejected,
    };
  }

  #account(table: SeriesTable, sign: 1 | -1): void {
    for (const [at, depth] of ringDepths.entries()) {
      this.#bytes[at] = (this.#bytes[at] ?? 0) + sign * NodeSeries.bytes(table, depth);
    }
    const now = ringDepths.indexOf(this.#depth);
    const fits = ringDepths.find((_, at) => {
      const share = at < now ? deepenShare : 1;
      return (this.#bytes[at] ?? 0) <= share * this.#options.ringBytesMax;
    });
    this.#depth = fits ?? shallowestRings;
  }
}

/** Rings grow only where this share of the budget is enough, so that a node that comes and goes moves nothing. */
const deepenShare = 0.8;

function sameTable(left: SeriesTable, right: SeriesTable): boolean {
  return (
    left.metrics.length === right.metrics.length &&
    left.rows.length === right.rows.length &&
    left.metrics.every((metric, at) => metric === right.metrics[at]) &&
    left.rows.every((row, at) => row === right.rows[at])
  );
}

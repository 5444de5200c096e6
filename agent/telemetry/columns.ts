import type { GpuRow } from '../drivers/nvidia-smi/nvidia-smi.ts';
import { gpuMetrics } from './catalogue.ts';

/** What each position of a batch means; sent once, and again when the cards change. */
export interface SeriesTable {
  readonly node: string;
  readonly metrics: string[];
  readonly rows: string[];
}

/** On the link a metric goes without its prefix: `gpu_utilization_ratio`. */
const columnNames: readonly string[] = gpuMetrics.map((metric) =>
  metric.name.replace(/^tangram_/, ''),
);

export function seriesTable(node: string, cards: readonly GpuRow[]): SeriesTable {
  return { node, metrics: [...columnNames], rows: cards.map((row) => row.uuid) };
}

/** One card's values in the order of the catalogue; NaN: not told. */
export function rowValues(row: GpuRow): Float32Array {
  return Float32Array.from(gpuMetrics, (metric) => metric.read(row) ?? Number.NaN);
}

/** Metric after metric, each with one value a card, in the order of `seriesTable(node, cards)`. */
export function batchValues(cards: readonly GpuRow[]): number[] {
  const values: number[] = [];
  for (const metric of gpuMetrics) {
    for (const row of cards) values.push(metric.read(row) ?? Number.NaN);
  }
  return values;
}

import type { Demand, DemandShape } from '../engine.ts';
import type { Need } from '../need.ts';
import { needOf } from '../need.ts';
import { compareText } from '../node-record.ts';

/** A kind of request as policies weigh it: what it asks of the node's memory does not tell shapes apart. */
export interface Shape {
  /** null: CPU alone. */
  readonly need: Need | null;
  readonly cpuMillis: number;
  /** How often; a whole number of at least 1. */
  readonly weight: number;
}

/** Weights sum to no more than this, so that sums of weight times milli-GPU stay exact. */
const weightTotalMax = 2 ** 24;

/** A demand with equal shapes merged, the most frequent first; among equals in an order that only they decide. */
export function mergeShapes(demand: Demand): readonly Shape[] {
  const merged = new Map<string, { shape: DemandShape; weight: number }>();
  let total = 0;
  for (const shape of demand.shapes) {
    const key = `${shape.cpuMillis}|${shape.gpu === null ? '' : needOf(shape.gpu).key}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { shape, weight: shape.weight });
    else known.weight += shape.weight;
    total += shape.weight;
  }
  return [...merged.values()]
    .map(({ shape, weight }) => ({
      need: shape.gpu === null ? null : needOf(shape.gpu),
      cpuMillis: shape.cpuMillis,
      weight: total <= weightTotalMax ? weight : scaledWeight(weight, total),
    }))
    .sort(byWeight);
}

/**
 * The shortest prefix of the most frequent shapes that makes up at least 95 % of the requests: FGD's typical pods
 * (USENIX ATC'23, §4). What is left out is too rare to keep room for.
 */
export function typicalShapes(demand: Demand): readonly Shape[] {
  const shapes = mergeShapes(demand);
  const total = shapes.reduce((sum, { weight }) => sum + weight, 0);
  let covered = 0;
  const end = shapes.findIndex(({ weight }) => (covered += weight) * 100 >= total * 95);
  return shapes.slice(0, end + 1);
}

/** Double division of whole numbers below 2^53 is correctly rounded on every machine. */
function scaledWeight(weight: number, total: number): number {
  return Math.max(1, Math.floor((weight / total) * weightTotalMax));
}

function byWeight(left: Shape, right: Shape): number {
  return (
    right.weight - left.weight ||
    right.cpuMillis - left.cpuMillis ||
    (right.need?.memoryMib ?? 0) - (left.need?.memoryMib ?? 0) ||
    (right.need?.count ?? 0) - (left.need?.count ?? 0) ||
    compareText(right.need?.key ?? '', left.need?.key ?? '')
  );
}

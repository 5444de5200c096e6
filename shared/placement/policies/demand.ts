import type { Demand, DemandShape } from '../engine.ts';
import type { Need } from '../need.ts';
import { needOf } from '../need.ts';
import { compareText } from '../node-record.ts';

/** A kind of request as policies weigh it: what it asks of the node's memory does not tell shapes apart. */
export interface Shape {
  /** One of those that were merged into it. */
  readonly source: DemandShape;
  /** null: CPU alone. */
  readonly need: Need | null;
  readonly cpuMillis: number;
  /** How often; a whole number of at least 1. */
  readonly weight: number;
  /** In sixteenths; the highest of those that were merged. */
  readonly scarcity: number;
}

/** A shape that asks for cards. */
export interface CardShape extends Shape {
  readonly need: Need;
}

export function asksForCards(shape: Shape): shape is CardShape {
  return shape.need !== null;
}

/** What a shape with room everywhere has as its scarcity. */
export const scarcityOne = 16;

/** Weights sum to no more than this, so that sums of weight times milli-GPU stay exact. */
const weightTotalMax = 2 ** 24;

/** A demand with equal shapes merged, the most frequent first; among equals in an order that only they decide. */
export function mergeShapes(demand: Demand): readonly Shape[] {
  const merged = new Map<string, Shape>();
  let total = 0;
  for (const source of demand.shapes) {
    const need = source.gpu === null ? null : needOf(source.gpu);
    const key = `${source.cpuMillis}|${need?.key ?? ''}`;
    const known = merged.get(key);
    const weight = (known?.weight ?? 0) + source.weight;
    const scarcity = Math.max(known?.scarcity ?? scarcityOne, source.scarcity ?? scarcityOne);
    merged.set(key, { source, need, cpuMillis: source.cpuMillis, weight, scarcity });
    total += source.weight;
  }
  const shapes = [...merged.values()].sort(byWeight);
  if (total <= weightTotalMax) return shapes;
  return shapes.map((shape) => ({ ...shape, weight: scaledWeight(shape.weight, total) }));
}

/**
 * The shortest prefix of the most frequent shapes that makes up at least 95 % of the requests: FGD's typical pods
 * (USENIX ATC'23, §4). What is left out is too rare to keep room for.
 */
export function typicalShapes(demand: Demand): readonly Shape[] {
  const shapes = mergeShapes(demand);
  const total = shapes.reduce((sum, { weight }) => sum + weight, 0);
  let covered = 0;
  const last = shapes.findIndex(({ weight }) => (covered += weight) * 100 >= total * 95);
  return shapes.slice(0, last + 1);
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

import type { CardShape } from './demand.ts';
import { atCards, atCopies, atFill, atUnfit } from './node-room.ts';

/**
 * Milli-GPU that copies of a shape would use on a node, one after the other, until cards or CPU run out; 0 when not
 * even one can start. `at` is where the shape's sums begin.
 */
export function fillOf(
  shape: CardShape,
  sums: Int32Array,
  at: number,
  cpuFreeMillis: number,
): number {
  const { need, cpuMillis } = shape;
  if (cpuMillis > cpuFreeMillis || (sums[at + atCards] ?? 0) < need.count) return 0;
  const copies = sums[at + atCopies] ?? 0;
  const byCpu = cpuMillis === 0 ? copies : Math.floor(cpuFreeMillis / cpuMillis);
  const cardsUsed = need.count * Math.min(Math.floor(copies / need.count), byCpu);
  const fill = sums[at + atFill] ?? 0;
  return cardsUsed === copies ? fill : Math.floor((fill * cardsUsed) / copies);
}

/** What is left of a node. */
export interface NodeLeft {
  readonly freeMilli: number;
  readonly cpuFreeMillis: number;
}

/** How much of `usableOf` counts what copies fill, against what is free on cards that serve the shape, in quarters. */
export const usableOne = 4;

/**
 * What a shape could make of a node's free capacity, in quarters of a milli-GPU: three quarters count what is free on
 * cards that serve it at all, one quarter what copies of it would fill. The second sees that eight idle cards with CPU
 * for one request are not eight usable cards.
 */
export function usableOf(shape: CardShape, sums: Int32Array, at: number, left: NodeLeft): number {
  const fill = fillOf(shape, sums, at, left.cpuFreeMillis);
  return fill === 0 ? 0 : 3 * (left.freeMilli - (sums[at + atUnfit] ?? 0)) + fill;
}

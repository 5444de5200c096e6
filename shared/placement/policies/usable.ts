import type { CardShape } from './demand.ts';
import { atCards, atCopies, atFill, atUnfit, perShape } from './node-room.ts';

/** What is left of a node. */
export interface NodeLeft {
  readonly freeMilli: number;
  readonly cpuFreeMillis: number;
}

/** What shapes ask of a node, in columns: ratings read them by the million. */
export interface ShapeColumns {
  readonly cards: Int32Array;
  readonly cpuMillis: Int32Array;
}

export function columnsOf(shapes: readonly CardShape[]): ShapeColumns {
  return {
    cards: Int32Array.from(shapes, ({ need }) => need.count),
    cpuMillis: Int32Array.from(shapes, ({ cpuMillis }) => cpuMillis),
  };
}

/**
 * Milli-GPU that copies of shape number `shape` would use on a node, one after the other, until cards or CPU run out;
 * 0 when not even one can start.
 */
export function fillOf(
  columns: ShapeColumns,
  shape: number,
  sums: Int32Array,
  cpuFreeMillis: number,
): number {
  const cpu = columns.cpuMillis[shape] ?? 0;
  const cards = columns.cards[shape] ?? 1;
  const at = shape * perShape;
  if (cpu > cpuFreeMillis || (sums[at + atCards] ?? 0) < cards) return 0;
  const copies = sums[at + atCopies] ?? 0;
  const fill = sums[at + atFill] ?? 0;
  if (cards === 1 && copies * cpu <= cpuFreeMillis) return fill;
  const byCpu = cpu === 0 ? copies : Math.floor(cpuFreeMillis / cpu);
  const cardsUsed = cards * Math.min(Math.floor(copies / cards), byCpu);
  return cardsUsed === copies ? fill : Math.floor((fill * cardsUsed) / copies);
}

/** How many of these units `usableOf` has in a milli-GPU. */
export const usableOne = 4;

/**
 * What a shape could make of a node's free capacity, in quarters of a milli-GPU: three quarters count what is free on
 * cards that serve it at all, one quarter what copies of it would fill. The second sees that eight idle cards with CPU
 * for one request are not eight usable cards.
 */
export function usableOf(
  columns: ShapeColumns,
  shape: number,
  sums: Int32Array,
  left: NodeLeft,
): number {
  const fill = fillOf(columns, shape, sums, left.cpuFreeMillis);
  if (fill === 0) return 0;
  return 3 * (left.freeMilli - (sums[shape * perShape + atUnfit] ?? 0)) + fill;
}

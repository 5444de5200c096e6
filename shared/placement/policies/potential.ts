import { assert } from '../../domain/assert.ts';
import type { CardShape } from './demand.ts';
import type { FleetCards } from './policy.ts';
import { copyMilli } from './shape-size.ts';
import type { NodeLeft, ShapeColumns } from './usable.ts';
import { columnsOf, usableOf, usableOne } from './usable.ts';

/** What a free milli-GPU costs that no CPU is left for, in units of `valueScale`: 0.3. */
const strandedPrice = 78_643;

/** Weights sum to at most this. */
const weightOne = 2 ** 16;
const tailSteps = 2 ** 13;
const tailOne = 2 ** 20;

/** Shapes that a potential can look at; usable quarters of 64 cards times this stay below 2^31. */
const shapesMax = 2 ** 12;

/** Values are milli-GPU times this. With 32 cards on a node they stay below 2^53. */
export const valueScale = usableOne * weightOne;

/** `tails[z]` is `(z / tailSteps)⁴` in units of `tailOne`, rounded down; no product is above 2^52. */
const tails = Int32Array.from({ length: tailSteps + 1 }, (_, z) =>
  Math.floor((z * z * z * z) / 2 ** 32),
);

/**
 * How each shape weighs: how often it is asked for, times the square of how scarce room for it is, times the root of
 * its size. By size itself small shares are packed worse; without it the largest requests are lost when a cluster with
 * much CPU work is nearly full. Whole numbers that sum to at most 2^16.
 */
export function weighShapes(
  shapes: readonly CardShape[],
  fleet: readonly FleetCards[],
): Int32Array {
  const total = shapes.reduce((sum, { weight }) => sum + weight, 0);
  // With 16 cards a shape and 128 shapes their sum stays below 2^53.
  const raw = shapes.map((shape) => {
    const often = Math.max(1, Math.floor((shape.weight * weightOne) / total));
    return often * shape.scarcity * shape.scarcity * wholeRoot(1_000 * copyMilli(shape, fleet));
  });
  const sum = raw.reduce((all, each) => all + each, 0);
  // A quotient of whole numbers below 2^53 is rounded correctly on every machine, and the factor is a power of two.
  return Int32Array.from(raw, (each) => Math.floor((each / sum) * weightOne));
}

/** The largest whole number whose square is not above `value`: exact, whatever the machine's root makes of it. */
function wholeRoot(value: number): number {
  let root = Math.floor(Math.sqrt(value));
  while (root * root > value) root -= 1;
  while ((root + 1) * (root + 1) <= value) root += 1;
  return root;
}

/**
 * What the requests to come can be expected to make of a node's free capacity, in milli-GPU times `valueScale`.
 *
 * Shapes of several cards, and those that need MIG, count by expectation. The others count by the best of four of
 * them drawn by weight, because a node serves whoever suits it best: sorted by `usableOf` downwards, with `P` the part
 * of their weight not yet passed, `Σ usable · (P⁴ before − P⁴ after)`. Free milli-GPU for which the node has too
 * little CPU left are a loss.
 */
export class Potential {
  /** What a milli-GPU is worth that every shape could use, in units of `valueScale / usableOne`. */
  readonly weightTotal: number;
  private readonly columns: ShapeColumns;
  private readonly weights: Int32Array;
  /** 1 for shapes of which the best is expected. */
  private readonly single: Uint8Array;
  private readonly singlesWeight: number;
  private readonly cpuPerThousandMilli: number;
  /** The singles as `usable · 2^12 + index`, to be sorted. */
  private readonly keys: Int32Array;

  /** `cpuPerThousandMilli`: thousandths of a CPU that each free card should find on its node. */
  constructor(
    shapes: readonly CardShape[],
    fleet: readonly FleetCards[],
    cpuPerThousandMilli: number,
  ) {
    assert(shapes.length <= shapesMax, `a potential looks at no more than ${shapesMax} shapes`);
    this.columns = columnsOf(shapes);
    this.weights = weighShapes(shapes, fleet);
    this.weightTotal = this.weights.reduce((sum, weight) => sum + weight, 0);
    this.single = Uint8Array.from(shapes, ({ need }) =>
      need.count === 1 && need.isolation !== 'mig' ? 1 : 0,
    );
    this.singlesWeight = this.weights.reduce(
      (sum, weight, at) => sum + weight * (this.single[at] ?? 0),
      0,
    );
    this.cpuPerThousandMilli = cpuPerThousandMilli;
    this.keys = new Int32Array(this.single.filter((one) => one === 1).length);
  }

  /** `sums` as `NodeRoom` adds them up for the same shapes. */
  valueOf(sums: Int32Array, left: NodeLeft): number {
    const { columns, weights, single, keys } = this;
    let expected = 0;
    let singles = 0;
    for (let shape = 0; shape < weights.length; shape += 1) {
      const usable = usableOf(columns, shape, sums, left);
      if (single[shape] === 0) expected += (weights[shape] ?? 0) * usable;
      else keys[singles++] = usable * shapesMax + shape;
    }
    return expected + this.bestOfSingles() - this.stranded(left);
  }

  /** The order among equals does not matter: their terms add up to the same. */
  private bestOfSingles(): number {
    const { keys, weights, singlesWeight } = this;
    // Beside large and scarce shapes, all the singles together may weigh less than one of 2^16 parts.
    if (singlesWeight === 0) return 0;
    keys.sort();
    let left = singlesWeight;
    let tail = tailOne;
    let sum = 0;
    for (let at = keys.length - 1; at >= 0 && tail > 0; at -= 1) {
      const key = keys[at] ?? 0;
      left -= weights[key % shapesMax] ?? 0;
      const next = tails[Math.floor((left * tailSteps) / singlesWeight)] ?? 0;
      sum += (tail - next) * Math.floor(key / shapesMax);
      tail = next;
    }
    return Math.floor((sum * singlesWeight) / tailOne);
  }

  private stranded({ freeMilli, cpuFreeMillis }: NodeLeft): number {
    const { cpuPerThousandMilli } = this;
    const missing = freeMilli * cpuPerThousandMilli - cpuFreeMillis * 1_000;
    return missing <= 0 ? 0 : Math.floor((missing * strandedPrice) / cpuPerThousandMilli);
  }
}

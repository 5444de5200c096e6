import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DemandShape } from '../../../../../shared/placement/engine.ts';
import { tangram } from '../../../../../shared/placement/policies/tangram.ts';
import { ask, node, option, outlook, shape, type NodeParts } from './sights.ts';

interface Plain {
  readonly free: readonly number[];
  readonly cpu: number;
}

/**
 * The potential as it is written down, computed without caches, columns or sums: waste of a node in 1/262144 milli.
 * Shapes are (milli, CPU, weight, scarcity); above 1000 milli several whole cards.
 */
function plainWaste(shapes: readonly DemandShape[], { free, cpu }: Plain): number {
  const all = free.reduce((sum, milli) => sum + milli, 0);
  const rows = shapes.map((each) => {
    const count = each.gpu?.count ?? 1;
    const milli = each.gpu?.memoryMib ?? 0;
    const fitting = free.filter((left) => left >= milli);
    const starts = cpu >= each.cpuMillis && fitting.length >= count;
    const copies = Math.min(
      Math.floor(fitting.reduce((sum, left) => sum + Math.floor(left / milli), 0) / count),
      Math.floor(cpu / each.cpuMillis),
    );
    const unfit = all - fitting.reduce((sum, left) => sum + left, 0);
    const waste = starts ? 3 * unfit + (all - copies * count * milli) : 4 * all;
    return {
      count,
      waste,
      weight: each.weight,
      scarcity: each.scarcity ?? 16,
      cpu: each.cpuMillis,
      asks: count * milli,
    };
  });
  const requests = rows.reduce((sum, { weight }) => sum + weight, 0);
  const raw = rows.map(
    ({ weight, scarcity, asks }) =>
      Math.max(1, Math.floor((weight * 65_536) / requests)) *
      scarcity ** 2 *
      Math.floor(Math.sqrt(1_000 * asks)),
  );
  const rawSum = raw.reduce((sum, each) => sum + each, 0);
  const weights = raw.map((each) => Math.floor((each / rawSum) * 65_536));
  const many = rows.reduce(
    (sum, { count, waste }, at) => (count > 1 ? sum + (weights[at] ?? 0) * waste : sum),
    0,
  );
  const singles = rows
    .flatMap(({ count, waste }, at) => (count === 1 ? [{ waste, weight: weights[at] ?? 0 }] : []))
    .sort((a, b) => a.waste - b.waste);
  const singleWeight = singles.reduce((sum, { weight }) => sum + weight, 0);
  const part = (left: number) =>
    singleWeight === 0
      ? 0
      : Number(BigInt(Math.floor((left * 8_192) / singleWeight)) ** 4n / 2n ** 32n);
  let [left, best] = [singleWeight, 0];
  for (const { waste, weight } of singles) {
    best += waste * (part(left) - part(left - weight));
    left -= weight;
  }
  const cpuPerThousand = Math.floor(
    (1_500 * rows.reduce((sum, row) => sum + row.weight * row.cpu, 0)) /
      rows.reduce((sum, row) => sum + row.weight * row.asks, 0),
  );
  const missing = Math.max(0, all * cpuPerThousand - cpu * 1_000);
  return many + (best * singleWeight) / 1_048_576 + (missing * 78_643) / cpuPerThousand;
}

const milli = fc.integer({ min: 1, max: 100 }).map((tens) => tens * 10);
const anyShapes = fc
  .uniqueArray(
    fc.record({
      milli: fc.oneof(milli, fc.constantFrom(2_000, 4_000, 8_000)),
      cpu: fc.integer({ min: 1, max: 64 }).map((cpus) => cpus * 500),
      weight: fc.integer({ min: 1, max: 500 }),
      scarcity: fc.integer({ min: 16, max: 512 }),
    }),
    { minLength: 1, maxLength: 12, selector: (each) => `${each.milli}|${each.cpu}` },
  )
  .map((rows) =>
    rows.map((row): DemandShape => ({
      ...shape(row.milli, row.cpu, row.weight),
      scarcity: row.scarcity,
    })),
  );
const anyNode = fc.record({
  free: fc.array(fc.oneof(milli, fc.constantFrom(0, 1_000)), { minLength: 1, maxLength: 8 }),
  cpu: fc.integer({ min: 0, max: 96 }).map((cpus) => cpus * 1_000),
});

test('rates by the change of waste, as the formula says it, in steps of 20 milli', () => {
  fc.assert(
    fc.property(anyShapes, anyNode, milli, (shapes, on, asked) => {
      const at = on.free.findIndex((left) => left >= asked);
      fc.pre(at >= 0 && on.cpu >= 500);
      const sight = node(on);
      const after = on.free.map((left, index) => (index === at ? left - asked : left));
      const change =
        plainWaste(shapes, { free: after, cpu: on.cpu - 500 }) - plainWaste(shapes, on);
      const rated = tangram(outlook(shapes)).rate(
        sight,
        option(sight, [at], asked),
        ask(asked, 500),
      );
      const wasted = rated - asked;
      // Rounded to the nearest twenty; a few units of 2^-18 milli are lost to rounding on the way.
      expect(wasted % 20).toBeCloseTo(0);
      expect(Math.abs(wasted - change / 262_144)).toBeLessThanOrEqual(10.001);
    }),
  );
});

test('the order of shapes and of cards decides nothing, nor what was rated before', () => {
  fc.assert(
    fc.property(anyShapes, anyNode, anyNode, (shapes, on, other) => {
      const reversed = { ...on, free: on.free.toReversed() };
      const at = on.free.findIndex((left) => left >= 10);
      fc.pre(at >= 0);
      const rate = (
        of: readonly DemandShape[],
        parts: NodeParts,
        index: number,
        first: readonly NodeParts[],
      ) => {
        const policy = tangram(outlook(of));
        for (const each of first) policy.prefer(node(each), option(node(each), [], 0), ask(0, 500));
        const sight = node(parts);
        return policy.prefer(sight, option(sight, [index], 10), ask(10, 0));
      };
      expect(rate(shapes.toReversed(), reversed, on.free.length - 1 - at, [other])).toBe(
        rate(shapes, on, at, []),
      );
    }),
  );
});

describe('prefers', () => {
  const policy = tangram(
    outlook([shape(500, 4_000, 10), shape(1_000, 8_000, 10), shape(2_000, 16_000, 5)]),
  );

  test('the half card that is left to an idle card', () => {
    const on = node({ free: [500, 1_000, 1_000] });
    const costs = [0, 1].map((at) => policy.prefer(on, option(on, [at], 500), ask(500, 4_000)));
    expect(costs[0]).toBeLessThan(costs[1] ?? 0);
  });

  test('a node where CPU is left for the cards that stay free', () => {
    const [little, plenty] = [
      node({ cpu: 20_000, free: [1_000, 1_000] }),
      node({ cpu: 64_000, free: [1_000, 1_000] }),
    ];
    const cost = (on: typeof little) => policy.rate(on, option(on, [], 0), ask(0, 8_000));
    expect(cost(plenty)).toBeLessThan(cost(little));
  });

  test('the room that is not scarce', () => {
    const scarce = tangram(
      outlook([shape(500, 4_000, 10), { ...shape(2_000, 4_000, 1), scarcity: 500 }]),
    );
    const [pair, single] = [node({ free: [1_000, 1_000] }), node({ free: [1_000, 500] })];
    const cost = (on: typeof pair) => scarce.rate(on, option(on, [0], 500), ask(500, 4_000));
    expect(cost(single)).toBeLessThan(cost(pair));
  });
});

describe('counts how scarce room is', () => {
  const shapes = [shape(500, 1_000, 90), shape(2_000, 1_000, 10), shape(0, 500, 7)];

  test('as all that is free against what copies would fill, in sixteenths', () => {
    const nodes = [
      node({ free: [1_000, 1_000] }),
      node({ free: [500, 500] }),
      node({ cpu: 500, free: [1_000] }),
    ];
    // 4000 are free. Halves fill 2000 + 1000; pairs 2000.
    const found = tangram(outlook(shapes)).reweigh?.(nodes);
    expect(found?.shapes.map(({ weight, scarcity }) => ({ weight, scarcity }))).toEqual([
      { weight: 90, scarcity: 21 },
      { weight: 10, scarcity: 32 },
      { weight: 7, scarcity: 16 },
    ]);
  });

  test('never above 32, nor below 1', () => {
    const nodes = Array.from({ length: 100 }, () => node({ free: [900] }));
    const found = tangram(outlook(shapes)).reweigh?.(nodes);
    // Half of 900 is left over by halves; pairs find nothing, though 90000 are free.
    expect(found?.shapes.map(({ scarcity }) => scarcity)).toEqual([28, 512, 16]);
  });

  test('and is silent when it is about as it was', () => {
    const nodes = Array.from({ length: 10 }, () => node({ free: [900, 1_000, 1_000] }));
    const first = tangram(outlook(shapes));
    const demand = first.reweigh?.(nodes);
    expect(demand).not.toBeNull();
    const next = tangram(outlook(demand?.shapes ?? []), first);
    expect(next.reweigh?.(nodes)).toBeNull();
  });

  test('not where no demand is known', () => {
    expect(tangram(outlook([])).reweigh?.([node({ free: [900] })])).toBeNull();
  });
});

test('what the policy before had worked out changes no rating', () => {
  const shapes = [shape(500, 4_000, 10), shape(1_000, 8_000, 10)];
  const scarce = shapes.map((each) => ({ ...each, scarcity: 64 + (each.gpu?.memoryMib ?? 0) }));
  const on = node({ free: [500, 1_000] });
  const before = tangram(outlook(shapes));
  const choice = option(on, [1], 500);
  before.rate(on, choice, ask(500, 4_000));
  const [taken, anew] = [tangram(outlook(scarce), before), tangram(outlook(scarce))];
  expect(taken.prefer(on, choice, ask(500, 4_000))).toBe(anew.prefer(on, choice, ask(500, 4_000)));
});

test('without a demand, keeps idle cards whole and pairs together', () => {
  const policy = tangram(outlook([]));
  const [used, idle] = [node({ free: [500, 1_000, 1_000] }), node({ free: [1_000, 1_000] })];
  const onUsed = policy.rate(used, option(used, [0], 250), ask(250, 0));
  expect(onUsed).toBeLessThan(policy.rate(idle, option(idle, [0], 250), ask(250, 0)));
});

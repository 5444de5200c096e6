import { describe, expect, test } from 'vitest';
import type { PolicyName } from '../../../../../shared/placement/policies/policy-name.ts';
import { policyMakers } from '../../../../../shared/placement/policies/makers.ts';
import { ask, node, option, outlook, shape, workOf, type NodeParts } from './sights.ts';

interface Case {
  readonly name: string;
  readonly policy: PolicyName;
  readonly on: NodeParts;
  /** Which cards, and how much of each. */
  readonly take?: readonly number[];
  readonly milli: number;
  readonly cpu: number;
  /** Higher is better, as published: a rating is its negative. */
  readonly score: number;
}

/** By hand, from the definitions in the paper's simulator. */
const cases: readonly Case[] = [
  // 100·(1 − (60000/128000 + 1500/8000)/2) = 67.19
  {
    name: 'a share',
    policy: 'bestfit',
    on: { free: [1_000, 1_000] },
    take: [0],
    milli: 500,
    cpu: 4_000,
    score: 67,
  },
  // 100·(1 − (0/128000 + 0/8000)/2)
  {
    name: 'the last of a node',
    policy: 'bestfit',
    on: { cpu: 4_000, free: [500] },
    take: [0],
    milli: 500,
    cpu: 4_000,
    score: 100,
  },
  // 100·(1 − (32000/128000 + 2000/8000)/2) = 75
  {
    name: 'CPU alone',
    policy: 'bestfit',
    on: { free: [1_000, 1_000] },
    milli: 0,
    cpu: 32_000,
    score: 75,
  },
  // 100·(1 − (64000/128000·32000/128000 + 2000/8000·1000/8000)/2) = 92.1875
  {
    name: 'a whole card',
    policy: 'dotprod',
    on: { free: [1_000, 1_000] },
    take: [0],
    milli: 1_000,
    cpu: 32_000,
    score: 92,
  },
  // 100·(1 − (64000/128000·128/128000)/2) = 99.97
  { name: 'a little CPU', policy: 'dotprod', on: { free: [1_000] }, milli: 0, cpu: 128, score: 99 },
  { name: 'CPU alone', policy: 'packing', on: { free: [300] }, milli: 0, cpu: 1, score: 0 },
  // max(33 − 4, 4)
  {
    name: 'an idle node',
    policy: 'packing',
    on: { free: [1_000, 1_000, 1_000, 1_000] },
    take: [0],
    milli: 500,
    cpu: 1,
    score: 29,
  },
  // max(50 − 2, 33)
  {
    name: 'two idle cards of a used node',
    policy: 'packing',
    on: { free: [300, 1_000, 1_000] },
    take: [1, 2],
    milli: 1_000,
    cpu: 1,
    score: 48,
  },
  // max(100 − ⌊⌊675/10⌋/10⌋, 50)
  {
    name: 'a card in use',
    policy: 'packing',
    on: { free: [675, 1_000] },
    take: [0],
    milli: 500,
    cpu: 1,
    score: 94,
  },
  { name: 'CPU alone', policy: 'clustering', on: { free: [300] }, milli: 0, cpu: 1, score: 0 },
  // ⌊25·(8000 − 1300)/8000⌋ = 20
  {
    name: 'a share beside shares',
    policy: 'clustering',
    on: { free: [300, 1_000], work: workOf(500) },
    take: [0],
    milli: 200,
    cpu: 1,
    score: 95,
  },
  {
    name: 'a share beside shares and CPU',
    policy: 'clustering',
    on: { free: [300, 1_000], work: workOf(500) | 1 },
    take: [0],
    milli: 200,
    cpu: 1,
    score: 95,
  },
  {
    name: 'a share beside shares and two cards',
    policy: 'clustering',
    on: { free: [300, 1_000], work: workOf(500) | workOf(2_000) },
    take: [0],
    milli: 200,
    cpu: 1,
    score: 70,
  },
  // ⌊25·(8000 − 2000)/8000⌋ = 18
  {
    name: 'a share on an empty node',
    policy: 'clustering',
    on: { free: [1_000, 1_000] },
    take: [0],
    milli: 200,
    cpu: 1,
    score: 43,
  },
  {
    name: 'two cards beside shares',
    policy: 'clustering',
    on: { free: [300, 1_000, 1_000], work: workOf(500) },
    take: [1, 2],
    milli: 1_000,
    cpu: 1,
    score: 17,
  },
  // 1·(64000 − 4000) + 100·(2000 − 500)
  {
    name: 'a share',
    policy: 'worstfit',
    on: { free: [1_000, 1_000] },
    take: [0],
    milli: 500,
    cpu: 4_000,
    score: 210_000,
  },
  {
    name: 'a share',
    policy: 'firstfit',
    on: { free: [1_000, 1_000] },
    take: [0],
    milli: 500,
    cpu: 4_000,
    score: 0,
  },
  {
    name: 'a share',
    policy: 'random',
    on: { free: [1_000, 1_000] },
    take: [0],
    milli: 500,
    cpu: 4_000,
    score: 0,
  },
];

test.for(cases)('$policy scores $name $score', ({ policy, on, take = [], milli, cpu, score }) => {
  const sight = node(on);
  const rated = policyMakers[policy](outlook([])).rate(
    sight,
    option(sight, take, milli),
    ask(milli * take.length, cpu),
  );
  expect(rated).toBe(0 - score);
});

describe('which card of a node', () => {
  const on = node({ free: [1_000, 400, 700] });
  const order = (policy: PolicyName) => {
    const made = policyMakers[policy](outlook([shape(300, 1_000), shape(1_000, 1_000)]));
    return [0, 1, 2]
      .map((at) => ({ at, cost: made.prefer(on, option(on, [at], 300), ask(300, 1_000)) }))
      .sort((a, b) => a.cost - b.cost)
      .map(({ at }) => at);
  };

  test.for(['bestfit', 'dotprod', 'packing', 'clustering'] as const)(
    '%s takes the smallest that suffices',
    (policy) => expect(order(policy)).toEqual([1, 2, 0]),
  );
  test('worstfit takes the largest', () => expect(order('worstfit')).toEqual([0, 2, 1]));
  test('firstfit and random see no difference', () => {
    expect(order('firstfit')).toEqual([0, 1, 2]);
    expect(order('random')).toEqual([0, 1, 2]);
  });
});

test('only random draws among equals', () => {
  const drawn = Object.entries(policyMakers).filter(
    ([, make]) => make(outlook([])).ties === 'drawn',
  );
  expect(drawn.map(([name]) => name)).toEqual(['random']);
});

test.for(Object.keys(policyMakers) as PolicyName[])(
  '%s puts a place with a price after the same without',
  (policy) => {
    const on = node({ free: [1_000] });
    const made = policyMakers[policy](outlook([shape(500, 1_000)]));
    const [free, dear] = [0, 1_000].map((slice) => option(on, [0], 500, { slice, node: 0 }));
    const costs = [free, dear].map((each) =>
      made.prefer(on, each ?? option(on, [], 0), ask(500, 1_000)),
    );
    expect(costs[0]).toBeLessThan(costs[1] ?? 0);
  },
);

describe('the stretching of best-fit scores to 0..100 chooses no other node', () => {
  const scores = [[3, 90, 41, 90], [7], [5, 5], [0, 100, 99]];
  test.for(scores)('of %j', (...row) => {
    const list = row.flat().filter((each): each is number => typeof each === 'number');
    const [least, most] = [Math.min(...list), Math.max(...list)];
    const stretched = list.map((each) =>
      most === least ? 0 : Math.trunc(((each - least) * 100) / (most - least)),
    );
    const winners = (of: readonly number[]) => of.map((each) => each === Math.max(...of));
    expect(winners(stretched)).toEqual(winners(list));
  });
});

import { expect, test } from 'vitest';
import { fgd } from '../../../../../shared/placement/policies/fgd.ts';
import { fgdScore, scoreScale } from '../../../../../shared/placement/policies/fgd-score.ts';
import { ask, node, option, outlook, shape } from './sights.ts';

/** Half ask for 500 milli and 1 CPU, a quarter for a whole card and 4 CPU, a quarter for CPU alone. */
const policy = fgd(outlook([shape(500, 1_000, 2), shape(1_000, 4_000, 1), shape(0, 1_000, 1)]));

const cases = [
  {
    // Before: ½·0 + ¼·0 + ¼·2000 = 500. After 1500 free: ½·0 + ¼·500 + ¼·1500 = 500.
    name: 'half of an idle card',
    on: { free: [1_000, 1_000] },
    take: [0],
    milli: 500,
    cpu: 1_000,
    shrunk: 0,
  },
  {
    // Before: ½·0 + ¼·500 + ¼·1500 = 500. After 1000 free: ¼·1000 = 250.
    name: 'the other half of a card',
    on: { free: [500, 1_000] },
    take: [0],
    milli: 500,
    cpu: 1_000,
    shrunk: 250,
  },
  {
    // Before 500. After [1000−300, 1000]: ¼·700 + ¼·1700 = 600.
    name: 'an odd part of an idle card',
    on: { free: [1_000, 1_000] },
    take: [0],
    milli: 300,
    cpu: 1_000,
    shrunk: -100,
  },
  {
    // Before 500. After, 3 CPU are left: no whole card can start, ¼·2000 + ¼·2000 = 1000.
    name: 'CPU that whole cards need',
    on: { cpu: 64_000, free: [1_000, 1_000] },
    take: [],
    milli: 0,
    cpu: 61_000,
    shrunk: -500,
  },
  {
    // Before: ¼·2000 = 500. After: nothing is free.
    name: 'two whole cards',
    on: { free: [1_000, 1_000] },
    take: [0, 1],
    milli: 1_000,
    cpu: 1_000,
    shrunk: 500,
  },
];

test.for(cases)(
  '$name lets the fragments shrink by $shrunk',
  ({ on, take, milli, cpu, shrunk }) => {
    const sight = node(on);
    const request = ask(milli * Math.max(1, take.length), cpu);
    const rated = policy.rate(sight, option(sight, take, milli), request);
    expect(rated).toBe(0 - fgdScore(scoreScale(4), 4 * shrunk));
  },
);

test('shapes beyond the most frequent 95 % count for nothing', () => {
  const many = [shape(500, 1_000, 95), shape(100, 1_000, 5)];
  const sight = node({ free: [400] });
  const rated = fgd(outlook(many)).rate(sight, option(sight, [0], 100), ask(100, 1_000));
  // Of what is left all 300 are fragments to the one shape that counts, as the 400 were.
  expect(rated).toBe(0 - fgdScore(scoreScale(1), 100));
});

test('repeated shapes are one', () => {
  const halves = [
    shape(500, 1_000, 1),
    shape(1_000, 4_000, 1),
    shape(500, 1_000, 1),
    shape(0, 1_000, 1),
  ];
  const sight = node({ free: [500, 1_000] });
  expect(fgd(outlook(halves)).rate(sight, option(sight, [0], 500), ask(500, 1_000))).toBe(
    policy.rate(sight, option(sight, [0], 500), ask(500, 1_000)),
  );
});

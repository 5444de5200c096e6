import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Point, Span } from '../../../../coordinator/telemetry/node-series.ts';
import { readRange } from '../../../../coordinator/telemetry/range.ts';
import { Samples } from '../../../../coordinator/telemetry/samples.ts';
import { parseNodeName } from '../../../../shared/domain/ids.ts';

const parsed = parseNodeName('node-a');
if (!parsed.ok) throw new Error('node-a');
const node = parsed.value;
const metric = 'gpu_power_watts';
const row = 'GPU-0';
const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;
const beginMs = 1_800_000_000_000;

/** A node that drew `watts(second)` for so many seconds, and an older past on disk. */
function pastOf(seconds: number, watts: (second: number) => number, coarse: readonly Point[] = []) {
  const now = { ms: beginMs };
  const samples = new Samples({ clock: { wallMs: () => now.ms } });
  samples.describe(node, { metrics: [metric], rows: [row] });
  for (let second = 0; second < seconds; second += 1) {
    now.ms = beginMs + second * 1_000;
    samples.add(node, { atMs: now.ms, values: Float32Array.from([watts(second)]), count: 1 });
  }
  const history = {
    read: (_: unknown, { fromMs, toMs }: Span) =>
      coarse.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs),
  };
  return { samples, history };
}

const key = { node, metric, row };
const coarseAt = (atMs: number, mean: number): Point => ({
  atMs,
  spanMs: quarterMs,
  mean,
  least: mean - 1,
  greatest: mean + 1,
});

test('small steps come from seconds', () => {
  const past = pastOf(20, (second) => second);
  const asked = { fromMs: beginMs, toMs: beginMs + 19_000, stepMs: 10_000 };
  expect(readRange(past, key, asked)).toEqual([
    { atMs: beginMs, spanMs: 10_000, mean: 4.5, least: 0, greatest: 9 },
    { atMs: beginMs + 10_000, spanMs: 10_000, mean: 14.5, least: 10, greatest: 19 },
  ]);
});

test('large steps come from minutes, and from seconds where the minute is not over', () => {
  const past = pastOf(90, (second) => (second < 60 ? 100 : 50));
  const asked = { fromMs: beginMs, toMs: beginMs + 90_000, stepMs: minuteMs };
  expect(readRange(past, key, asked).map(({ atMs, mean }) => [atMs - beginMs, mean])).toEqual([
    [0, 100],
    [minuteMs, 50],
  ]);
});

test('what is no longer in memory comes from disk, and no moment counts twice', () => {
  const disk = [coarseAt(beginMs - 2 * quarterMs, 10), coarseAt(beginMs - quarterMs, 20)];
  const past = pastOf(10, () => 30, [...disk, coarseAt(beginMs, 99)]);
  const asked = { fromMs: beginMs - 2 * quarterMs, toMs: beginMs + 60_000, stepMs: quarterMs };
  expect(readRange(past, key, asked).map(({ atMs, mean }) => [atMs - beginMs, mean])).toEqual([
    [-2 * quarterMs, 10],
    [-quarterMs, 20],
    [0, 30],
  ]);
});

test('a mean is by time: a quarter of an hour weighs more than a second', () => {
  const past = pastOf(1, () => 900, [coarseAt(beginMs - quarterMs, 0)]);
  const stepMs = 7_000_000;
  const [step] = readRange(past, key, { fromMs: beginMs - quarterMs, toMs: beginMs, stepMs });
  expect(step?.mean).toBeCloseTo(900 / 901, 2);
});

test('a series that is not known has no points', () => {
  const past = pastOf(5, () => 1);
  const asked = { fromMs: 0, toMs: beginMs + 5_000, stepMs: 1_000 };
  expect(readRange(past, { ...key, row: 'GPU-9' }, asked)).toEqual([]);
  expect(readRange(past, { ...key, metric: 'other' }, asked)).toEqual([]);
});

test('steps are in order, apart, within what was asked, and bounded by what was seen', () => {
  const step = fc.constantFrom(1_000, 7_000, minuteMs, 90_000);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), step, fc.nat(200), (seconds, stepMs, from) => {
      const past = pastOf(seconds, (second) => second % 50);
      const fromMs = beginMs + from * 1_000;
      const points = readRange(past, key, { fromMs, toMs: beginMs + 200_000, stepMs });
      let lastMs = -Infinity;
      for (const { atMs, least, mean, greatest } of points) {
        expect(atMs - lastMs).toBeGreaterThanOrEqual(stepMs);
        expect(atMs + stepMs).toBeGreaterThan(fromMs);
        expect(least).toBeGreaterThanOrEqual(0);
        expect(greatest).toBeLessThanOrEqual(49);
        expect(mean).toBeGreaterThanOrEqual(least - 0.1);
        expect(mean).toBeLessThanOrEqual(greatest + 0.1);
        lastMs = atMs;
      }
    }),
    { numRuns: 50 },
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  deepestRings,
  ringDepths,
  shallowestRings,
  telemetryLimits,
} from '../../../../coordinator/telemetry/limits.ts';
import { NodeSeries, type CoarseRow } from '../../../../coordinator/telemetry/node-series.ts';
import { Samples, type SamplesOptions } from '../../../../coordinator/telemetry/samples.ts';
import { parseNodeName, type NodeName } from '../../../../shared/domain/ids.ts';

function nodeOf(name: string): NodeName {
  const parsed = parseNodeName(name);
  if (!parsed.ok) throw new Error(name);
  return parsed.value;
}

const node = nodeOf('node-a');
const power = 'gpu_power_watts';
const clock = 'gpu_sm_clock_hertz';
const table = { metrics: [clock, power], rows: ['GPU-0', 'GPU-1'] };
/** On a minute and on a coarse span. */
const beginMs = 1_800_000_000_000;
const minuteMs = 60_000;

function setUp(options: Partial<SamplesOptions> = {}) {
  const now = { ms: beginMs };
  const coarse: CoarseRow[] = [];
  const samples = new Samples({
    clock: { wallMs: () => now.ms },
    onCoarse: (_, row) => coarse.push(row),
    ...options,
  });
  /** A tick of this moment, whose power on the first card is `watts`. */
  const add = (watts: number, atMs = now.ms): boolean => {
    const values = Float32Array.from([1e9, 2e9, watts, Number.NaN]);
    return samples.add(node, { atMs, values, count: 4 });
  };
  return { now, coarse, samples, add };
}

const always = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

test('the newest value of every metric is kept exactly; NaN is no value, which is not 0', () => {
  const { samples, add } = setUp();
  samples.describe(node, table);
  expect(add(123.456)).toBe(true);
  const series = samples.series(node);
  expect(series?.value(power, 'GPU-0')).toBe(Math.fround(123.456));
  expect(series?.value(power, 'GPU-1')).toBeNull();
  expect(series?.value(clock, 'GPU-1')).toBe(2e9);
  expect(series?.value('other', 'GPU-0')).toBeNull();
  expect(series?.value(power, 'GPU-9')).toBeNull();
});

test('seconds of watched metrics are kept, oldest first, as far back as the ring reaches', () => {
  const { now, samples, add } = setUp();
  samples.describe(node, table);
  for (let second = 0; second < deepestRings.seconds + 5; second += 1) {
    now.ms = beginMs + second * 1_000;
    add(second % 200);
  }
  const seconds = [...(samples.series(node)?.seconds(power, 'GPU-0', always) ?? [])];
  expect(seconds).toHaveLength(deepestRings.seconds);
  expect(seconds[0]).toEqual({
    atMs: beginMs + 5_000,
    spanMs: 1_000,
    mean: 5,
    least: 5,
    greatest: 5,
  });
  expect(seconds.at(-1)?.atMs).toBe(now.ms);
  expect([...(samples.series(node)?.seconds(clock, 'GPU-0', always) ?? [])]).toEqual([]);
  const span = { fromMs: beginMs + 7_000, toMs: beginMs + 8_999 };
  const some = [...(samples.series(node)?.seconds(power, 'GPU-0', span) ?? [])];
  expect(some.map((point) => point.mean)).toEqual([7, 8]);
});

test('a minute that is over is kept as its mean, least and greatest', () => {
  const { now, samples, add } = setUp();
  samples.describe(node, table);
  for (const [second, watts] of [
    [0, 100],
    [20, 200],
    [59, 60],
  ] as const) {
    now.ms = beginMs + second * 1_000;
    add(watts);
  }
  const series = samples.series(node);
  expect([...(series?.minutes(power, 'GPU-0', always) ?? [])]).toEqual([]);
  now.ms = beginMs + minuteMs;
  add(7);
  expect([...(series?.minutes(power, 'GPU-0', always) ?? [])]).toEqual([
    { atMs: beginMs, spanMs: minuteMs, mean: 120, least: 60, greatest: 200 },
  ]);
  expect([...(series?.minutes(power, 'GPU-1', always) ?? [])]).toEqual([]);
});

test('a quarter of an hour is told once, when it is over, also when nothing comes any more', () => {
  const { now, coarse, samples, add } = setUp();
  samples.describe(node, table);
  add(100);
  now.ms += 10 * minuteMs;
  add(200);
  expect(coarse).toEqual([]);
  now.ms += 10 * minuteMs;
  samples.sweep(node);
  samples.sweep(node);
  expect(coarse).toHaveLength(1);
  expect(coarse[0]).toMatchObject({
    period: beginMs / telemetryLimits.coarsePeriodMs,
    metrics: [power],
    rows: table.rows,
  });
});

test('an agent whose clock is far off counts as of arrival; a little late keeps its second', () => {
  const { now, samples, add } = setUp();
  samples.describe(node, table);
  now.ms = beginMs + 10_000;
  add(1);
  add(2, beginMs + 3_600_000);
  add(3, beginMs + 4_000);
  const seconds = [...(samples.series(node)?.seconds(power, 'GPU-0', always) ?? [])];
  expect(seconds.map(({ atMs, mean }) => [atMs - beginMs, mean])).toEqual([
    [4_000, 3],
    [10_000, 2],
  ]);
  expect(samples.series(node)?.value(power, 'GPU-0')).toBe(2);
});

test('when our own clock is set back, what lies in the future is forgotten', () => {
  const { now, samples, add } = setUp();
  samples.describe(node, table);
  add(1);
  now.ms -= 3_600_000;
  add(2);
  const seconds = [...(samples.series(node)?.seconds(power, 'GPU-0', always) ?? [])];
  expect(seconds.map(({ mean }) => mean)).toEqual([2]);
});

test('the same series again keep what is there; other series begin anew', () => {
  const { samples, add } = setUp();
  samples.describe(node, table);
  add(5);
  samples.describe(node, { ...table });
  expect(samples.series(node)?.value(power, 'GPU-0')).toBe(5);
  samples.describe(node, { metrics: [power], rows: ['GPU-0'] });
  expect(samples.series(node)?.value(power, 'GPU-0')).toBeNull();
});

test('what does not fit is dropped and counted', () => {
  const { samples, add } = setUp({ nodesMax: 1 });
  expect(add(1)).toBe(false);
  samples.describe(node, table);
  const refused = samples.describe(nodeOf('node-b'), table);
  expect(refused.ok ? '' : refused.problem.code).toBe('LIMIT_REACHED');
  expect(samples.add(node, { atMs: beginMs, values: new Float32Array(9), count: 3 })).toBe(false);
  expect(samples.add(node, { atMs: Number.NaN, values: new Float32Array(9), count: 4 })).toBe(
    false,
  );
  expect(samples.counts()).toMatchObject({ nodes: 1, batchesTotal: 0, rejectedTotal: 4 });
});

test('a fleet that outgrows the budget keeps less of everything, and what fits is not lost', () => {
  const one = NodeSeries.bytes(table, deepestRings);
  const { now, samples, add } = setUp({ ringBytesMax: 2 * one });
  samples.describe(node, table);
  for (let second = 0; second < 10; second += 1) {
    now.ms = beginMs + second * 1_000;
    add(second);
  }
  for (const name of ['b', 'c']) samples.describe(nodeOf(`node-${name}`), table);
  expect(samples.counts().ringSeconds).toBe(ringDepths[1]?.seconds);
  expect(samples.counts().bytes).toBeLessThanOrEqual(2 * one);
  now.ms += 1_000;
  add(10);
  const series = samples.series(node);
  expect(series?.depth).toBe(ringDepths[1]);
  const seconds = [...(series?.seconds(power, 'GPU-0', always) ?? [])];
  expect(seconds.map(({ mean }) => mean)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const name of ['b', 'c']) samples.forget(nodeOf(`node-${name}`));
  expect(samples.counts().ringSeconds).toBe(deepestRings.seconds);
});

test('there is a depth of which no fleet gets less', () => {
  const { samples } = setUp({ ringBytesMax: 1 });
  samples.describe(node, table);
  expect(samples.counts().ringSeconds).toBe(shallowestRings.seconds);
});

test('a node that is silent for as long as rings reach is forgotten', () => {
  const { now, samples, add } = setUp();
  samples.describe(node, table);
  add(1);
  now.ms += deepestRings.minutes * minuteMs;
  samples.sweep(node);
  expect(samples.counts().nodes).toBe(1);
  now.ms += 1;
  samples.sweep(node);
  expect(samples.counts()).toMatchObject({ nodes: 0, bytes: 0 });
});

test('minutes agree with a plain average of what came, whatever comes when', () => {
  const tick = fc.tuple(fc.integer({ min: 0, max: 179 }), fc.integer({ min: 0, max: 200 }));
  fc.assert(
    fc.property(fc.array(tick, { minLength: 1, maxLength: 60 }), (ticks) => {
      const { now, samples, add } = setUp();
      samples.describe(node, table);
      const inOrder = ticks.toSorted(([left], [right]) => left - right);
      for (const [second, watts] of inOrder) {
        now.ms = beginMs + second * 1_000;
        add(watts);
      }
      now.ms = beginMs + 4 * minuteMs;
      samples.sweep(node);
      const kept = [...(samples.series(node)?.minutes(power, 'GPU-0', always) ?? [])];
      const minutes = [0, 1, 2].flatMap((minute) => {
        const values = inOrder.flatMap(([second, watts]) =>
          Math.floor(second / 60) === minute ? [watts] : [],
        );
        return values.length === 0 ? [] : [{ minute, values }];
      });
      expect(kept.map(({ atMs }) => (atMs - beginMs) / minuteMs)).toEqual(
        minutes.map(({ minute }) => minute),
      );
      for (const [at, { values }] of minutes.entries()) {
        const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
        expect(kept[at]?.least).toBe(Math.min(...values));
        expect(kept[at]?.greatest).toBe(Math.max(...values));
        expect(Math.abs((kept[at]?.mean ?? 0) - mean)).toBeLessThanOrEqual(mean * 2 ** -9);
      }
    }),
  );
});

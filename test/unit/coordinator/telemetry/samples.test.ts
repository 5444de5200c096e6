import { expect, test } from 'vitest';
import { Samples, telemetryLimits } from '../../../../coordinator/telemetry/samples.ts';
import { parseNodeName } from '../../../../shared/domain/ids.ts';

const parsed = parseNodeName('node-a');
if (!parsed.ok) throw new Error('node-a');
const node = parsed.value;
const table = { metrics: ['power', 'temperature'], rows: ['GPU-0', 'GPU-1'] };

test('a batch is metric after metric, one value a row', () => {
  const samples = new Samples();
  samples.describe(node, table);
  expect(samples.add(node, { atMs: 1_000, values: [10, 11, 20, 21] }).ok).toBe(true);
  expect(samples.latest(node, 'power', 'GPU-1')).toEqual({ atMs: 1_000, value: 11 });
  expect(samples.latest(node, 'temperature', 'GPU-0')).toEqual({ atMs: 1_000, value: 20 });
  expect(samples.latest(node, 'clock', 'GPU-0')).toBeNull();
});

test('NaN is no value, which is not 0', () => {
  const samples = new Samples();
  samples.describe(node, table);
  samples.add(node, { atMs: 1_000, values: [0, Number.NaN, 0, 0] });
  expect(samples.latest(node, 'power', 'GPU-0')).toEqual({ atMs: 1_000, value: 0 });
  expect(samples.latest(node, 'power', 'GPU-1')).toBeNull();
});

test('the last ticks are kept, oldest first', () => {
  const samples = new Samples();
  samples.describe(node, table);
  const kept = telemetryLimits.ticksKept;
  for (let at = 0; at < kept + 5; at += 1) samples.add(node, { atMs: at, values: [at, 0, 0, 0] });
  const history = samples.history(node, 'power', 'GPU-0');
  expect(history.length).toBe(kept);
  expect(history[0]).toEqual({ atMs: 5, value: 5 });
  expect(history.at(-1)).toEqual({ atMs: kept + 4, value: kept + 4 });
});

test('the same series again keep what is there; other series begin anew', () => {
  const samples = new Samples();
  samples.describe(node, table);
  samples.add(node, { atMs: 1, values: [1, 2, 3, 4] });
  samples.describe(node, { ...table });
  expect(samples.latest(node, 'power', 'GPU-0')).toEqual({ atMs: 1, value: 1 });
  samples.describe(node, { metrics: ['power'], rows: ['GPU-0'] });
  expect(samples.latest(node, 'power', 'GPU-0')).toBeNull();
});

test('what does not fit is refused and counted', () => {
  const samples = new Samples();
  const many = Array.from({ length: telemetryLimits.metricsMax + 1 }, (_, at) => `m${at}`);
  expect(samples.add(node, { atMs: 1, values: [] }).ok).toBe(false);
  expect(samples.describe(node, { metrics: many, rows: [] }).ok).toBe(false);
  expect(samples.describe(node, { metrics: ['m'.repeat(200)], rows: [] }).ok).toBe(false);
  samples.describe(node, table);
  expect(samples.add(node, { atMs: 1, values: [1, 2, 3] }).ok).toBe(false);
  expect(samples.counts()).toEqual({ nodes: 1, batchesTotal: 0, rejectedTotal: 4 });
});

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openHistory } from '../../../../coordinator/telemetry/history.ts';
import { telemetryLimits } from '../../../../coordinator/telemetry/limits.ts';
import type { CoarseRow } from '../../../../coordinator/telemetry/node-series.ts';
import { packValue } from '../../../../coordinator/telemetry/packed-value.ts';
import { parseNodeName, type NodeName } from '../../../../shared/domain/ids.ts';

const { coarsePeriodMs } = telemetryLimits;
const now = { period: 2_000_000 };
const nowMs = now.period * coarsePeriodMs;
const always = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
const series = { node: 'node-a', metric: 'gpu_power_watts', row: 'GPU-1' };

function nodeOf(name: string): NodeName {
  const parsed = parseNodeName(name);
  if (!parsed.ok) throw new Error(name);
  return parsed.value;
}

function rowOf(period: number, watts: number, cards = ['GPU-0', 'GPU-1']): CoarseRow {
  const columns = Uint16Array.from(
    cards.flatMap((_, at) => [watts + at, watts + at - 1, watts + at + 1].map(packValue)),
  );
  return { period, metrics: ['gpu_power_watts'], rows: cards, columns };
}

function fileIn(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tangram-history-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'telemetry.db');
}

const kept = { keptMs: 10 * coarsePeriodMs, bytesMax: 64 * 1024 * 1024 };

test('what was written is read again, by another process, too', () => {
  const path = fileIn();
  const history = openHistory(path, kept);
  history.add(nodeOf('node-a'), rowOf(now.period - 1, 100));
  history.add(nodeOf('node-b'), rowOf(now.period - 1, 50));
  expect(history.read(series, always, 10)).toEqual([]);
  expect(history.writeSlice(nowMs)).toBeNull();
  expect(history.counts()).toEqual({ writtenTotal: 2, droppedTotal: 0, waiting: 0 });
  history.close();
  const again = openHistory(path, kept);
  expect(again.read(series, always, 10)).toEqual([
    { atMs: nowMs - coarsePeriodMs, spanMs: coarsePeriodMs, mean: 101, least: 100, greatest: 102 },
  ]);
  expect(again.read({ ...series, row: 'GPU-9' }, always, 10)).toEqual([]);
  expect(again.read({ ...series, metric: 'other' }, always, 10)).toEqual([]);
  again.close();
});

test('cards that change are series of their own, read together', () => {
  const history = openHistory(':memory:', kept);
  history.add(nodeOf('node-a'), rowOf(now.period - 2, 100));
  history.add(nodeOf('node-a'), rowOf(now.period - 1, 200, ['GPU-1', 'GPU-0']));
  history.writeSlice(nowMs);
  expect(history.read(series, always, 10).map((point) => point.mean)).toEqual([101, 200]);
  expect(history.read(series, always, 1)).toHaveLength(1);
  history.close();
});

test('what is older than it is kept goes', () => {
  const history = openHistory(':memory:', kept);
  for (const age of [12, 11, 10, 9]) history.add(nodeOf('node-a'), rowOf(now.period - age, age));
  history.writeSlice(nowMs);
  history.writeSlice(nowMs);
  const left = history
    .read(series, always, 10)
    .map((point) => now.period - point.atMs / coarsePeriodMs);
  expect(left).toEqual([10, 9]);
  history.close();
});

test('the file stays within its bytes, at the cost of the oldest', () => {
  const path = fileIn();
  const bytesMax = 1024 * 1024;
  const history = openHistory(path, { keptMs: 1e15, bytesMax });
  const cards = Array.from({ length: 16 }, (_, at) => `GPU-${at}`);
  for (let period = 0; period < 20_000; period += 250) {
    for (let at = 0; at < 250; at += 1) {
      history.add(nodeOf('node-a'), rowOf(1_000_000 + period + at, 100, cards));
    }
    history.writeSlice((1_000_000 + period + 250) * coarsePeriodMs);
  }
  const { writtenTotal, droppedTotal } = history.counts();
  expect([writtenTotal, droppedTotal]).toEqual([20_000, 0]);
  const points = history.read(series, always, 100_000);
  expect(points.length).toBeGreaterThan(1_000);
  expect(points.at(-1)?.atMs).toBe(1_019_999 * coarsePeriodMs);
  history.close();
  expect(statSync(path).size).toBeLessThanOrEqual(bytesMax);
});

test('a disk that takes nothing costs rows, which are counted, and nothing else', () => {
  const history = openHistory(':memory:', kept);
  history.add(nodeOf('node-a'), rowOf(now.period, 100));
  history.close();
  expect(history.writeSlice(nowMs)).toBeInstanceOf(Error);
  expect(history.counts()).toEqual({ writtenTotal: 0, droppedTotal: 1, waiting: 0 });
  expect(history.read(series, always, 10)).toEqual([]);
});

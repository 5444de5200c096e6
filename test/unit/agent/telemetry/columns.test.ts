import { expect, test } from 'vitest';
import { gpuMetrics, nodeMetrics } from '../../../../agent/telemetry/catalogue.ts';
import { batchValues, rowValues, seriesTable } from '../../../../agent/telemetry/columns.ts';
import { gpuA, gpuB, gpuRow } from '../../../fakes/agent/fake-core.ts';

test('a batch is metric after metric, one value a card, NaN for what was not told', () => {
  const cards = [
    gpuRow(),
    gpuRow({ uuid: gpuB, index: 1, utilizationPercent: null, temperatureCelsius: 51 }),
  ];
  const table = seriesTable('n1', cards);
  const values = batchValues(cards);
  const column = (name: string): number[] => {
    const at = table.metrics.indexOf(name);
    return values.slice(at * table.rows.length, (at + 1) * table.rows.length);
  };
  expect(table.rows).toEqual([gpuA, gpuB]);
  expect(values.length).toBe(table.metrics.length * table.rows.length);
  expect(column('gpu_utilization_ratio')).toEqual([0.5, Number.NaN]);
  expect(column('gpu_temperature_celsius')).toEqual([40, 51]);
  expect(column('gpu_memory_used_bytes')).toEqual([1_073_741_824, 1_073_741_824]);
});

test('a card’s row has one value for each metric of the catalogue', () => {
  expect(rowValues(gpuRow()).length).toBe(gpuMetrics.length);
});

test('every name in the catalogue is unique and carries its unit', () => {
  const rows = [...gpuMetrics, ...Object.values(nodeMetrics)];
  expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
  const wrong = rows.filter(({ name, unit, type }) => {
    const bare = name.replace(/_total$/, '');
    return (
      (unit !== 'none' && !bare.endsWith(`_${unit}`)) ||
      (type === 'counter') !== name.endsWith('_total') ||
      !name.startsWith('tangram_')
    );
  });
  expect(wrong.map((row) => row.name)).toEqual([]);
});

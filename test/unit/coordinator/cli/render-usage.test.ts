import { expect, test } from 'vitest';
import { renderTop, renderUsage } from '../../../../coordinator/cli/render-usage.ts';

test('top shows a line a card, and nothing for what is not known', () => {
  const nodes = [
    {
      node: 'node-a',
      atMs: '1000',
      metrics: ['gpu_power_watts', 'gpu_utilization_ratio', 'gpu_memory_used_bytes'],
      rows: ['GPU-0', 'GPU-1'],
      values: [251.4, 60, 0.5, Number.NaN, 6 * 1024 ** 3, 0],
    },
  ];
  expect(
    renderTop(nodes, 4_000)
      .split('\n')
      .map((line) => line.trimEnd()),
  ).toEqual([
    'NODE    GPU    UTILIZATION  MEMORY  POWER  TEMPERATURE  SEEN',
    'node-a  GPU-0  50%          6.0GiB  251W   -            3s',
    'node-a  GPU-1  -            0MiB    60W    -            3s',
    '',
  ]);
});

test('usage shows what was seen of each card, and its course on one scale', () => {
  const point = (mean: number) => ({ atMs: '0', mean, least: mean / 2, greatest: mean });
  const answer = {
    series: [
      { node: 'a', gpuUuid: 'GPU-0', points: [point(0), point(0.5), point(1)] },
      { node: 'a', gpuUuid: 'GPU-1', points: [] },
    ],
    stepMs: '60000',
    truncated: true,
  };
  expect(
    renderUsage(answer, 'utilization')
      .split('\n')
      .map((line) => line.trimEnd()),
  ).toEqual([
    'NODE  GPU    MEAN  LEAST  GREATEST  OVER TIME',
    'a     GPU-0  50%   0%     100%      ▁▅█',
    'a     GPU-1  -     -      -         nothing is known',
    'more cards are not shown',
    '',
  ]);
});

import { expect, test } from 'vitest';
import {
  meanCurves,
  renderArrivals,
  renderChurn,
} from '../../../../coordinator/cli/render-simulation.ts';
import type { SimulationRun } from '../../../../coordinator/simulate/simulation-run.ts';

const run = (changes: Partial<SimulationRun>): SimulationRun => ({
  policy: 'tangram',
  seed: 1,
  allocatedPercent: { 100: 96, 110: 96.5, 130: null },
  fragmentPercent: { 50: 8, 100: 4 },
  decisions: 1_000,
  placed: 900,
  failed: 100,
  p50Us: 5.04,
  p99Us: 200,
  p999Us: 1_000.44,
  rssMib: 120,
  ...changes,
});

test('one line a policy, means over seeds', () => {
  const other = run({ seed: 2, allocatedPercent: { 100: 97, 110: null, 130: null }, rssMib: 150 });
  expect(renderArrivals([run({}), other], null)).toBe(
    'POLICY   SEEDS  ALLOC@100  @110   @130  FRAG@50  @100  DECISIONS  FAILED  P50-US  P99-US  P99.9-US  RSS-MIB\n' +
      'tangram  2      96.50      96.50  -     8.00     4.00  1000       100     5.0     200.0   1000.4    150\n',
  );
});

test('beside published results and a bound', () => {
  const fgd = run({ policy: 'fgd', allocatedPercent: { 100: 95.1, 110: 95.2, 130: 95.3 } });
  const yardsticks = {
    dataset: 'default',
    published: new Map([['fgd', 95.2] as const]),
    best: 95.2,
    bound: 97.2,
  };
  const lines = renderArrivals([run({}), fgd], yardsticks).split('\n');
  const cells = lines.map((line) => line.split(/ {2,}/).slice(-6));
  expect(cells.slice(0, 3)).toEqual([
    ['PUBLISHED', 'DIFF', 'BEST', 'DIFF', 'BOUND', 'GAP-CLOSED'],
    ['-', '-', '95.20', '+0.80', '97.20', '40%'],
    ['95.20', '-0.10', '95.20', '-0.10', '97.20', '-5%'],
  ]);
  expect(lines[3]).toMatch(/^default: percent of GPU capacity/);
});

test('with churn, policies are compared on the same seeds', () => {
  const accepted = (policy: 'fgd' | 'tangram', seed: number, acceptedGpuPercent: number) =>
    run({ policy, seed, acceptedGpuPercent });
  const runs = [
    accepted('fgd', 1, 95),
    accepted('fgd', 2, 90),
    accepted('tangram', 1, 97),
    accepted('tangram', 2, 89),
  ];
  const rows = renderChurn(runs)
    .trim()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  expect(rows.map((row) => [row[0], row[2], row.at(-1)])).toEqual([
    ['POLICY', 'ACCEPTED%', 'VS-FGD'],
    ['fgd', '92.50', '-'],
    ['tangram', '93.00', '+0.50 (1/2)'],
  ]);
});

test('curves are means over the seeds that reached a bin', () => {
  const finished = [
    {
      run: run({}),
      curve: [
        [1, 1],
        [2, 2],
      ] as const,
    },
    { run: run({ seed: 2 }), curve: [[1, 0]] as const },
    { run: run({ policy: 'fgd' }), curve: [[1, 0.5]] as const },
  ];
  expect(meanCurves(finished)).toEqual([
    {
      name: 'tangram',
      points: [
        [1, 0.5],
        [2, 2],
      ],
    },
    { name: 'fgd', points: [[1, 0.5]] },
  ]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readYardsticks, type Yardsticks } from '../../../coordinator/simulate/yardsticks.ts';
import { policyNames, type PolicyName } from '../../../shared/placement/policies/policy-name.ts';
import type { BenchRow } from '../bench-row.ts';
import { allLists, mean, openbFolder, rounded, type PackingOptions } from './packing-options.ts';
import { simulateRuns } from './simulate-runs.ts';

const firstSeed = 42;

/** What one list came to. */
interface ListResult {
  readonly list: string;
  /** Mean allocated percent when as much as the capacity has arrived. */
  readonly reached: ReadonlyMap<PolicyName, number>;
  readonly yardsticks: Yardsticks;
}

/** Every policy on every list without departures, beside the published means and the bounds. */
export async function packingArrivalRows(options: PackingOptions): Promise<readonly BenchRow[]> {
  const folder = openbFolder('arrivals');
  if (folder === null) return [];
  const calls = options.lists.flatMap((list) =>
    Array.from({ length: options.seeds }, (_, at) => ({
      list,
      seed: firstSeed + at,
      policies: policyNames,
      churn: null,
    })),
  );
  const runs = (await simulateRuns(folder, calls)).flat();
  const files = ['published-results.csv', 'offline-bounds.csv'].map((name) => {
    const path = join(folder, name);
    return { path, bytes: readFileSync(path) };
  });
  const results = options.lists.map((list): ListResult => {
    const seedsRun = calls.filter((call) => call.list === list).length;
    const from = calls.findIndex((call) => call.list === list) * policyNames.length;
    const own = runs.slice(from, from + seedsRun * policyNames.length);
    const reached = policyNames.map((policy) => {
      const values = own.filter((run) => run.policy === policy);
      return [
        policy,
        mean(values.map((run) => run.allocatedPercent['100'] ?? Number.NaN)),
      ] as const;
    });
    return { list, reached: new Map(reached), yardsticks: readYardsticks(files, list) };
  });
  return [...results.flatMap(listRows), ...summaryRows(results)];
}

const fidelity: Readonly<Partial<Record<PolicyName, number>>> = {
  fgd: 0.3,
  bestfit: 1.1,
  packing: 1.1,
  clustering: 1.1,
  dotprod: 1.1,
  random: 1.1,
};

function listRows({ list, reached, yardsticks }: ListResult): BenchRow[] {
  return policyNames.map((policy) => {
    const value = reached.get(policy) ?? Number.NaN;
    const published = yardsticks.published.get(policy);
    const within = fidelity[policy];
    const row = { metric: `${list}: ${policy}`, value: rounded(value), unit: '% at 100 %' };
    if (published !== undefined && within !== undefined) {
      const ok = Math.abs(value - published) <= within;
      return { ...row, yardstick: `published ${rounded(published)}`, target: `±${within}`, ok };
    }
    const fgd = yardsticks.published.get('fgd') ?? Number.NaN;
    const yardstick = `fgd ${rounded(fgd)}, bound ${yardsticks.bound ?? '-'}`;
    if (policy !== 'tangram') return { ...row, yardstick, target: '-', ok: true };
    return { ...row, yardstick, target: `>= ${rounded(fgd - 0.1)}`, ok: value >= fgd - 0.1 };
  });
}

function summaryRows(results: readonly ListResult[]): BenchRow[] {
  const gains = results.map(({ reached, yardsticks }) => {
    const [own, fgd] = [reached.get('tangram'), yardsticks.published.get('fgd')];
    return (own ?? Number.NaN) - (fgd ?? Number.NaN);
  });
  const closed = results.map(({ yardsticks }, at) => {
    const fgd = yardsticks.published.get('fgd') ?? Number.NaN;
    return (100 * (gains[at] ?? Number.NaN)) / ((yardsticks.bound ?? Number.NaN) - fgd);
  });
  const [gain, share, least] = [mean(gains), mean(closed), Math.min(...gains)];
  const over = results.length === allLists.length ? 'all lists' : `${results.length} lists`;
  const spec = results.find(({ list }) => list === 'gpuspec33')?.reached.get('tangram');
  const published = 'published fgd';
  return [
    {
      metric: `tangram over ${over}, mean gain`,
      value: rounded(gain),
      unit: 'points',
      yardstick: published,
      target: '>= 0.9',
      ok: gain >= 0.9,
    },
    {
      metric: `tangram over ${over}, least gain`,
      value: rounded(least),
      unit: 'points',
      yardstick: published,
      target: '>= -0.1',
      ok: least >= -0.1,
    },
    {
      metric: `tangram over ${over}, gap to the bound closed`,
      value: rounded(share),
      unit: '%',
      yardstick: published,
      target: '>= 33',
      ok: share >= 33,
    },
    ...(spec === undefined
      ? []
      : [
          {
            metric: 'tangram on gpuspec33',
            value: rounded(spec),
            unit: '% at 100 %',
            yardstick: published,
            target: '>= 93',
            ok: spec >= 93,
          },
        ]),
  ];
}

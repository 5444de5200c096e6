import type { SimulationRun } from '../../../coordinator/simulate/simulation-run.ts';
import type { BenchRow } from '../bench-row.ts';
import { mean, openbFolder, rounded, type PackingOptions } from './packing-options.ts';
import { simulateRuns } from './simulate-runs.ts';

const load = 0.95;
const firstSeed = 11;
const moreSeeds = 3;
const rivals = [
  { policy: 'fgd', worstPoints: -0.1 },
  { policy: 'bestfit', worstPoints: -0.2 },
] as const;

/** `tangram` against our own runs of FGD and best fit while requests leave again: the same stream for all, paired. */
export async function packingChurnRows(options: PackingOptions): Promise<readonly BenchRow[]> {
  const folder = openbFolder('churn');
  if (folder === null) return [];
  const policies = ['tangram', ...rivals.map(({ policy }) => policy)];
  const seeds = options.quick ? options.seeds : options.seeds + moreSeeds;
  const calls = options.lists.flatMap((list) =>
    Array.from({ length: seeds }, (_, at) => ({
      list,
      seed: firstSeed + at,
      policies,
      churn: load,
    })),
  );
  const answers = await simulateRuns(folder, calls);
  return options.lists.flatMap((list) => {
    const own = answers.filter((_, at) => calls[at]?.list === list);
    return rivals.map((rival) => compareRow(list, own, rival));
  });
}

function compareRow(
  list: string,
  answers: readonly (readonly SimulationRun[])[],
  { policy, worstPoints }: (typeof rivals)[number],
): BenchRow {
  const tangram = answers.map((runs) => acceptedBy(runs, 'tangram'));
  const rival = answers.map((runs) => acceptedBy(runs, policy));
  const gains = tangram.map((value, at) => value - (rival[at] ?? Number.NaN));
  const won = gains.filter((gain) => gain > 0).length;
  return {
    metric: `${list}: tangram against ${policy}, churn at ${load}, ${won} of ${gains.length} seeds won`,
    value: rounded(mean(gains)),
    unit: 'points',
    yardstick: `${rounded(mean(tangram))} against ${rounded(mean(rival))} %`,
    target: `>= ${worstPoints}`,
    ok: mean(gains) >= worstPoints,
  };
}

function acceptedBy(runs: readonly SimulationRun[], policy: string): number {
  return runs.find((run) => run.policy === policy)?.acceptedGpuPercent ?? Number.NaN;
}

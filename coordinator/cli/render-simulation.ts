import { renderTable } from '../../shared/platform/table.ts';
import type { PolicyName } from '../../shared/placement/policies/policy-name.ts';
import { BinnedMeans } from '../simulate/binned-means.ts';
import type { PlotLine } from '../simulate/plot.ts';
import type { FinishedRun, SimulationRun } from '../simulate/simulation-run.ts';
import type { Yardsticks } from '../simulate/yardsticks.ts';

/** One line a policy, means over its seeds. */
export function renderArrivals(
  runs: readonly SimulationRun[],
  yardsticks: Yardsticks | null,
): string {
  const columns = [
    'POLICY',
    'SEEDS',
    'ALLOC@100',
    '@110',
    '@130',
    'FRAG@50',
    '@100',
    ...effortColumns,
    ...(yardsticks === null ? [] : ['PUBLISHED', 'DIFF', 'BEST', 'DIFF', 'BOUND', 'GAP-CLOSED']),
  ];
  const rows = byPolicy(runs).map(([policy, own]) => [
    policy,
    String(own.length),
    ...(['100', '110', '130'] as const).map((at) =>
      percent(mean(own.map((run) => run.allocatedPercent[at]))),
    ),
    ...(['50', '100'] as const).map((at) =>
      percent(mean(own.map((run) => run.fragmentPercent[at]))),
    ),
    ...effort(own),
    ...(yardsticks === null ? [] : compare(policy, own, yardsticks)),
  ]);
  return renderTable(columns, rows) + explain(yardsticks);
}

/** One line a policy; the last column compares with the first policy on the same seeds. */
export function renderChurn(runs: readonly SimulationRun[]): string {
  const [first, ...others] = byPolicy(runs);
  if (first === undefined) return '';
  const against = others.length === 0 ? [] : [`VS-${first[0].toUpperCase()}`];
  const rows = [first, ...others].map(([policy, own]) => [
    policy,
    String(own.length),
    percent(mean(own.map((run) => run.acceptedGpuPercent ?? null))),
    ...effort(own),
    ...(others.length === 0 ? [] : [policy === first[0] ? '' : paired(own, first[1])]),
  ]);
  return renderTable(['POLICY', 'SEEDS', 'ACCEPTED%', ...effortColumns, ...against], rows);
}

/** Means over the seeds of each policy, bin by bin. */
export function meanCurves(finished: readonly FinishedRun[]): readonly PlotLine[] {
  const lines = new Map<PolicyName, BinnedMeans>();
  for (const { run, curve } of finished) {
    const means = lines.get(run.policy) ?? new BinnedMeans();
    lines.set(run.policy, means);
    for (const [arrived, allocated] of curve) means.add(arrived, allocated);
  }
  return [...lines].map(([name, means]) => ({ name, points: means.all() }));
}

const effortColumns = ['DECISIONS', 'FAILED', 'P50-US', 'P99-US', 'P99.9-US', 'RSS-MIB'];

function effort(runs: readonly SimulationRun[]): string[] {
  return [
    fixed(mean(runs.map((run) => run.decisions)), 0),
    fixed(mean(runs.map((run) => run.failed)), 0),
    fixed(mean(runs.map((run) => run.p50Us)), 1),
    fixed(mean(runs.map((run) => run.p99Us)), 1),
    fixed(mean(runs.map((run) => run.p999Us)), 1),
    fixed(Math.max(...runs.map((run) => run.rssMib)), 0),
  ];
}

function compare(
  policy: PolicyName,
  runs: readonly SimulationRun[],
  { published, best, bound }: Yardsticks,
): string[] {
  const reached = mean(runs.map((run) => run.allocatedPercent['100']));
  const own = published.get(policy) ?? null;
  const gap = best === null || bound === null || reached === null ? null : bound - best;
  const closed = gap === null || best === null || reached === null ? null : (reached - best) / gap;
  return [
    percent(own),
    signed(difference(reached, own)),
    percent(best),
    signed(difference(reached, best)),
    percent(bound),
    closed === null ? '' : `${fixed(closed * 100, 0)}%`,
  ];
}

function explain(yardsticks: Yardsticks | null): string {
  if (yardsticks === null) return '';
  return `${yardsticks.dataset}: percent of GPU capacity; PUBLISHED is the same policy, BEST the best published, both at 100 % arrived; GAP-CLOSED is from BEST to BOUND\n`;
}

/** `+0.21 (7/8)`: the mean difference on equal seeds, and on how many of them it is better. */
function paired(own: readonly SimulationRun[], other: readonly SimulationRun[]): string {
  const differences = own.flatMap((run) => {
    const twin = other.find(({ seed }) => seed === run.seed);
    const accepted = difference(run.acceptedGpuPercent ?? null, twin?.acceptedGpuPercent ?? null);
    return accepted === null ? [] : [accepted];
  });
  const won = differences.filter((each) => each > 0).length;
  return `${signed(mean(differences))} (${won}/${differences.length})`;
}

function byPolicy(
  runs: readonly SimulationRun[],
): readonly (readonly [PolicyName, readonly SimulationRun[]])[] {
  const names = [...new Set(runs.map((run) => run.policy))];
  return names.map((name) => [name, runs.filter((run) => run.policy === name)] as const);
}

/** Of what is known; null: nothing is. */
function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function difference(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : left - right;
}

function percent(value: number | null): string {
  return fixed(value, 2);
}

function signed(value: number | null): string {
  return value === null ? '' : `${value < 0 ? '' : '+'}${value.toFixed(2)}`;
}

function fixed(value: number | null, digits: number): string {
  return value === null ? '' : value.toFixed(digits);
}

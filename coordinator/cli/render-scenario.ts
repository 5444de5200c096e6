import { renderDuration } from '../../shared/domain/units.ts';
import { renderTable } from '../../shared/platform/table.ts';
import type { ModelOutcome, ScenarioRun } from '../scenario/scenario-run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Plot } from '../simulate/plot.ts';
import { counted } from './words.ts';

const lintShown = 5;

/** One line a run, and below it the models of the first one. */
export function renderScenario(scenario: Scenario, runs: readonly ScenarioRun[]): string {
  const [first] = runs;
  if (first === undefined) return '';
  const cards = scenario.nodes.reduce((count, { inventory }) => count + inventory.gpus.length, 0);
  const size = `${counted(scenario.nodes.length, 'node')}, ${counted(cards, 'card')}`;
  const length = renderDuration(scenario.durationMs);
  return [
    `${scenario.name}: ${size}, ${counted(scenario.models.size, 'model')}, ${length}\n\n`,
    renderRuns(runs),
    `\nmodels under ${first.policy}, seed ${first.seed} (hours are summed over replicas)\n`,
    renderModels(first.models),
    ...remarks(first),
    ...runs.flatMap(renderLint),
  ].join('');
}

/** Allocated share over time, one line a run. */
export function scenarioPlot(name: string, runs: readonly ScenarioRun[]): Plot {
  const severalSeeds = new Set(runs.map(({ seed }) => seed)).size > 1;
  const seconds = runs[0]?.durationSeconds ?? 0;
  return {
    title: `${name}: allocated share over time`,
    lines: runs.map(({ policy, seed, curve }) => ({
      name: severalSeeds ? `${policy} ${seed}` : policy,
      points: curve,
    })),
    across: { label: 'time', low: 0, high: seconds, ticks: timeTicks(seconds) },
  };
}

const tickSteps = [
  1, 5, 15, 60, 300, 900, 3_600, 7_200, 21_600, 43_200, 86_400, 604_800, 2_592_000,
];
const ticksMax = 12;

function timeTicks(seconds: number): readonly (readonly [number, string])[] {
  const step = tickSteps.find((each) => seconds / each <= ticksMax) ?? seconds;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, at) => [
    at * step,
    renderDuration(at * step * 1_000),
  ]);
}

function renderRuns(runs: readonly ScenarioRun[]): string {
  return renderTable(
    [
      'POLICY',
      'SEED',
      'ALLOC-MEAN%',
      'MAX%',
      'PLACED-H',
      'SERVING-H',
      'PENDING-H',
      'WAITED',
      'GAVE-UP',
      'INTERRUPTED',
      'DECISIONS',
      'LINT',
    ],
    runs.map((run) => [
      run.policy,
      String(run.seed),
      run.allocatedPercent.mean.toFixed(2),
      run.allocatedPercent.max.toFixed(2),
      hours(sum(run, ({ placedSeconds }) => placedSeconds)),
      hours(sum(run, ({ servingSeconds }) => servingSeconds)),
      hours(sum(run, ({ pendingSeconds }) => pendingSeconds)),
      String(sum(run, ({ waited }) => waited)),
      String(sum(run, ({ gaveUp }) => gaveUp)),
      String(run.interruptions['node-lost'] + run.interruptions['card-failed']),
      String(run.decisions),
      String(run.lintProblems.length),
    ]),
  );
}

function renderModels(models: readonly ModelOutcome[]): string {
  return renderTable(
    [
      'MODEL',
      'ASKED',
      'PLACED-H',
      'SERVING-H',
      'PENDING-H',
      'WAITED',
      'LONGEST',
      'GAVE-UP',
      'WAITING',
      'NODE-LOST',
      'CARD-FAILED',
    ],
    models.map((model) => [
      model.model,
      String(model.asked),
      hours(model.placedSeconds),
      hours(model.servingSeconds),
      hours(model.pendingSeconds),
      String(model.waited),
      model.longestWaitSeconds === 0 ? '' : renderDuration(model.longestWaitSeconds * 1_000),
      String(model.gaveUp),
      String(model.waitingAtEnd),
      String(model.interruptions['node-lost']),
      String(model.interruptions['card-failed']),
    ]),
  );
}

function remarks({ models, heldBack }: ScenarioRun): readonly string[] {
  const refusals = models
    .filter(({ firstRefusal }) => firstRefusal !== '')
    .map(({ model, firstRefusal }) => `${model} first waited because: ${firstRefusal}\n`);
  const held =
    heldBack.length === 0
      ? []
      : [
          `not replaced for a while, because too many nodes were silent at once: ${heldBack.join(', ')}\n`,
        ];
  return refusals.length + held.length === 0 ? [] : ['\n', ...refusals, ...held];
}

function renderLint({ policy, seed, lintProblems }: ScenarioRun): readonly string[] {
  if (lintProblems.length === 0) return [];
  const shown = lintProblems.slice(0, lintShown).map((problem) => `  ${problem}\n`);
  return [
    `\n${policy}, seed ${seed}: the engine broke its promises; this is a bug of Tangram, report it with the scenario\n`,
    ...shown,
  ];
}

function sum({ models }: ScenarioRun, of: (model: ModelOutcome) => number): number {
  return models.reduce((total, model) => total + of(model), 0);
}

function hours(seconds: number): string {
  return (seconds / 3_600).toFixed(1);
}

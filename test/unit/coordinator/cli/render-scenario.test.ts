import { expect, test } from 'vitest';
import { renderScenario, scenarioPlot } from '../../../../coordinator/cli/render-scenario.ts';
import type { ScenarioRun } from '../../../../coordinator/scenario/scenario-run.ts';
import { renderPlot } from '../../../../coordinator/simulate/plot.ts';
import { parseNodeName } from '../../../../shared/domain/ids.ts';
import { model, scenarioOf, written } from '../scenario/scenarios.ts';
import { sure } from '../../shared/placement/builders.ts';

const scenario = scenarioOf(
  written(
    '  duration: 2h\n  nodes: [{ name: n, count: 2, cards: 2xT4 }]\n',
    model('m', 'gpu: { memory: 1GiB }'),
  ),
);

function run(of: Partial<ScenarioRun> = {}): ScenarioRun {
  return {
    policy: 'tangram',
    seed: 1,
    durationSeconds: 7_200,
    allocatedPercent: { mean: 12.5, max: 50 },
    decisions: 3,
    refusals: 1,
    interruptions: { 'node-lost': 2, 'card-failed': 1 },
    heldBack: [],
    lintProblems: [],
    models: [
      {
        model: 'm',
        asked: 2,
        waited: 1,
        gaveUp: 0,
        waitingAtEnd: 1,
        wantedSeconds: 14_400,
        placedSeconds: 9_000,
        servingSeconds: 8_640,
        pendingSeconds: 5_400,
        longestWaitSeconds: 5_400,
        interruptions: { 'node-lost': 2, 'card-failed': 1 },
        firstRefusal: 'no card is free',
      },
    ],
    curve: [
      [3_600, 0],
      [7_200, 25],
    ],
    ...of,
  };
}

test('a run, its models and why the first one waited', () => {
  expect(renderScenario(scenario, [run()])).toBe(
    [
      's: 2 nodes, 4 cards, 1 model, 2h',
      '',
      'POLICY   SEED  ALLOC-MEAN%  MAX%   PLACED-H  SERVING-H  PENDING-H  WAITED  GAVE-UP  INTERRUPTED  DECISIONS  LINT',
      'tangram  1     12.50        50.00  2.5       2.4        1.5        1       0        3            3          0',
      '',
      'models under tangram, seed 1 (hours are summed over replicas)',
      'MODEL  ASKED  PLACED-H  SERVING-H  PENDING-H  WAITED  LONGEST  GAVE-UP  WAITING  NODE-LOST  CARD-FAILED',
      'm      2      2.5       2.4        1.5        1       1.5h     0        1        2          1',
      '',
      'm first waited because: no card is free',
      '',
    ].join('\n'),
  );
});

test('nodes that were held back and promises that were broken are told', () => {
  const text = renderScenario(scenario, [
    run({ heldBack: [sure(parseNodeName('n-1'))], lintProblems: ['at 5ms n-2: too much memory'] }),
  ]);
  expect(text).toContain('because too many nodes were silent at once: n-1\n');
  expect(text).toContain('this is a bug of Tangram');
  expect(text).toContain('  at 5ms n-2: too much memory\n');
});

test('the plot runs from the beginning to the end, with times under it', () => {
  const plot = scenarioPlot('s', [run(), run({ policy: 'bestfit' })]);
  expect(plot.across).toEqual({
    label: 'time',
    low: 0,
    high: 7_200,
    ticks: Array.from({ length: 9 }, (_, at) => [at * 900, expect.any(String)]),
  });
  const svg = renderPlot(plot);
  expect(svg).toContain('>1h</text>');
  expect(svg).toContain('>time</text>');
  // Two lines of two points, the last at the right end of the frame; no diagonal of "all that arrived".
  expect(svg.match(/<path class="line" [^>]*d="M372 416L680 /g)).toHaveLength(2);
  expect(svg).not.toContain('class="all"');
});

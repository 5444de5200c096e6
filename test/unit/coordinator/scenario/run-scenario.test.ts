import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runScenario } from '../../../../coordinator/scenario/run-scenario.ts';
import type { ScenarioRun } from '../../../../coordinator/scenario/scenario-run.ts';
import { Pace } from '../../../../coordinator/simulate/pace.ts';
import type { PolicyName } from '../../../../shared/placement/policies/policy-name.ts';
import { systemClock } from '../../../../shared/platform/clock.ts';
import { model, scenarioOf, written } from './scenarios.ts';

async function play(text: string, policy: PolicyName = 'tangram', seed = 1): Promise<ScenarioRun> {
  const pace = new Pace(systemClock, () => undefined, new AbortController().signal);
  return runScenario(scenarioOf(text), { policy, seed, pace });
}

const hour = '  duration: 1h\n';
const whole = 'gpu: { memory: 10GiB, isolation: whole }';
const nodes = (count: number): string => `  nodes: [{ name: n, count: ${count}, cards: T4 }]\n`;
const at = (...events: readonly string[]): string =>
  `  events:\n${events.map((event) => `    - { ${event} }\n`).join('')}`;

const quiet = { 'node-lost': 0, 'card-failed': 0 };
/** One replica of the model `m` for an hour that nothing happens to: it serves after 30 s. */
const undisturbed = {
  model: 'm',
  asked: 1,
  waited: 0,
  gaveUp: 0,
  waitingAtEnd: 0,
  wantedSeconds: 3_600,
  placedSeconds: 3_600,
  servingSeconds: 3_570,
  pendingSeconds: 0,
  longestWaitSeconds: 0,
  interruptions: quiet,
  firstRefusal: '',
};

const cases: readonly {
  readonly name: string;
  readonly text: string;
  readonly want: object;
}[] = [
  {
    name: 'a replica serves once it has started',
    text: written(hour + nodes(1), model('m', whole)),
    want: undisturbed,
  },
  {
    name: 'who has no place waits for the one that departs',
    text: written(
      hour + nodes(1) + at('at: 0s, deploy: a', 'at: 15m, remove: a', 'at: 0s, deploy: m'),
      model('a', `${whole}, priority: 200`),
      model('m', whole),
    ),
    want: {
      ...undisturbed,
      waited: 1,
      placedSeconds: 2_700,
      servingSeconds: 2_670,
      pendingSeconds: 900,
      longestWaitSeconds: 900,
      firstRefusal: expect.stringContaining('passed over'),
    },
  },
  {
    name: 'a node that is silent for longer than lostAfter is replaced',
    text: written(hour + nodes(2) + at('at: 10m, lose: n-1, for: 30m'), model('m', whole)),
    // Down from 600 s: lost at 660 s, and its replacement serves 30 s later.
    want: {
      ...undisturbed,
      servingSeconds: 3_480,
      interruptions: { ...quiet, 'node-lost': 1 },
    },
  },
  {
    name: 'a node that comes back in time goes on serving',
    text: written(hour + nodes(2) + at('at: 10m, lose: n-1, for: 50s'), model('m', whole)),
    want: {
      ...undisturbed,
      servingSeconds: 3_520,
      interruptions: { ...quiet, 'node-lost': 1 },
    },
  },
  {
    name: 'what is on a failed card starts elsewhere at once',
    text: written(hour + nodes(2) + at('at: 10m, fail: n-1/GPU0, for: 10m'), model('m', whole)),
    want: {
      ...undisturbed,
      servingSeconds: 3_540,
      interruptions: { ...quiet, 'card-failed': 1 },
    },
  },
  {
    name: 'a drained node is left without a gap',
    text: written(hour + nodes(2) + at('at: 10m, drain: n-1'), model('m', whole)),
    want: undisturbed,
  },
  {
    name: 'a drained node is kept while there is no other place',
    text: written(
      hour + nodes(1) + at('at: 10m, drain: n-1', 'at: 20m, fail: n-1/GPU0, for: 10m'),
      model('m', whole),
    ),
    // Its card fails, and nothing new goes to a drained node.
    want: {
      ...undisturbed,
      waited: 1,
      waitingAtEnd: 1,
      placedSeconds: 1_200,
      servingSeconds: 1_170,
      pendingSeconds: 2_400,
      longestWaitSeconds: 2_400,
      interruptions: { ...quiet, 'card-failed': 1 },
      firstRefusal: expect.stringContaining('passed over'),
    },
  },
  {
    name: 'of fewer replicas those that wait go first',
    text: written(
      hour + nodes(1) + at('at: 0s, deploy: m, replicas: 3', 'at: 30m, scale: m, replicas: 1'),
      model('m', whole),
    ),
    want: {
      ...undisturbed,
      asked: 3,
      waited: 2,
      wantedSeconds: 7_200,
      pendingSeconds: 3_600,
      longestWaitSeconds: 1_800,
      firstRefusal: expect.stringContaining('passed over'),
    },
  },
];

test.for(cases)('$name', async ({ text, want }) => {
  const run = await play(text);
  expect(run.models.find((each) => each.model === 'm')).toEqual(want);
  expect(run.lintProblems).toEqual([]);
});

test('when many nodes fall silent at once nothing is replaced, until one comes back', async () => {
  const run = await play(
    written(
      hour +
        nodes(6) +
        at('at: 10m, lose: n-1, for: 20m', 'at: 10m, lose: n-2', 'at: 10m, lose: n-3'),
      model('m', `${whole}, replicas: 3`),
    ),
  );
  expect(run.heldBack).toEqual(['n-1', 'n-2', 'n-3']);
  expect(run.interruptions).toEqual({ 'node-lost': 3, 'card-failed': 0 });
  // 570 s each before. n-1 serves again from 1800 s; still more than 30 % of the nodes are silent.
  expect(run.models[0]?.servingSeconds).toBe(3 * 570 + 1_800);
});

test('jobs arrive at their rate, live their lives and give up when they said so', async () => {
  const text = written(
    '  duration: 1000h\n' +
      nodes(1) +
      at('at: 0s, jobs: m, ratePerHour: 2, life: 15m, for: 1000h, patience: 10m'),
    model('m', whole),
  );
  const run = await play(text);
  const [jobs] = run.models;
  expect(jobs?.asked).toBeGreaterThan(1_850);
  expect(jobs?.asked).toBeLessThan(2_150);
  // An M/M/1 queue with patience: between the loss of no patience (1/3) and none at all.
  const lost = (jobs?.gaveUp ?? 0) / (jobs?.asked ?? 1);
  expect(lost).toBeGreaterThan(0.1);
  expect(lost).toBeLessThan(1 / 3);
  expect(jobs?.longestWaitSeconds).toBe(600);
  expect(run.allocatedPercent.mean).toBeCloseTo((jobs?.placedSeconds ?? 0) / 36_000, 1);
  expect(await play(text)).toEqual(run);
  expect((await play(text, 'tangram', 2)).models).not.toEqual(run.models);
  const other = await play(text, 'worstfit');
  expect(other.models[0]?.asked).toBe(jobs?.asked);
});

test('whatever happens, no promise is broken and the hours add up', async () => {
  const kinds = ['lose: n-1', 'fail: n-2/GPU1', 'drain: n-3', 'lose: n-2', 'drain: n-1'] as const;
  const fault = fc.tuple(
    fc.constantFrom(...kinds),
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 0, max: 200 }),
  );
  const scale = fc.tuple(
    fc.constantFrom('big', 'cut', 'share'),
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 0, max: 12 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 8 }),
      fc.array(scale, { maxLength: 8 }),
      fc.integer({ min: 0, max: 3 }),
      async (faults, scales, seed) => {
        const text = written(
          '  duration: 300m\n  lostAfter: 5m\n  nodes: [{ name: n, count: 3, cards: "2xA100-40GB,T4" }]\n' +
            at(
              'at: 0s, jobs: job, ratePerHour: 30, life: 20m, for: 300m, patience: 5m',
              ...faults.map(([what, from, long]) => `at: ${from}m, ${what}, for: ${long}m`),
              ...scales.map(([name, from, to]) => `at: ${from}m, scale: ${name}, replicas: ${to}`),
            ),
          model('big', 'gpu: { memory: 30GiB, isolation: whole, count: 2 }, priority: 300'),
          model('cut', 'gpu: { memory: 8GiB, isolation: mig }, placement: { spread: node }'),
          model('share', 'gpu: { memory: 3GiB, isolation: any }, placement: { maxPerNode: 4 }'),
          model('job', 'gpu: { memory: 5GiB, compute: 20 }'),
        );
        const run = await play(text, 'tangram', seed);
        expect(run.lintProblems).toEqual([]);
        for (const each of run.models) {
          expect(each.placedSeconds + each.pendingSeconds).toBeCloseTo(each.wantedSeconds, 6);
          expect(each.servingSeconds).toBeLessThanOrEqual(each.placedSeconds);
          expect(each.servingSeconds).toBeGreaterThanOrEqual(0);
        }
        expect(run.allocatedPercent.max).toBeLessThanOrEqual(100);
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);

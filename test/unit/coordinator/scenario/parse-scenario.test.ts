import { expect, test } from 'vitest';
import { renderProblem } from '../../../../shared/domain/result.ts';
import { parseScenario } from '../../../../coordinator/scenario/parse-scenario.ts';
import { model, scenarioOf, written } from './scenarios.ts';

const node = '  nodes: [{ name: n, cards: 2xA100-40GB }]\n';
const day = '  duration: 24h\n';
const ocr = model('ocr', 'gpu: { memory: 4GiB }');

const problems = (text: string): readonly string[] => {
  const parsed = parseScenario([{ name: 's.yaml', text }]);
  return parsed.ok ? [] : parsed.problem.map(renderProblem);
};

test('a scenario is read with its nodes, models and events in order of time', () => {
  const { nodes, models, events, ...rest } = scenarioOf(
    written(
      `${day}  startup: 10s\n  nodes:\n    - { name: a, count: 2, cards: "2xA100-40GB,L40S", zone: z1, labels: { rack: r } }\n` +
        '    - { name: b, cards: T4, cpu: 4, memory: 8GiB, authority: place, mps: false }\n' +
        '  events:\n    - { after: peak, delay: 30m, scale: ocr, replicas: 1 }\n    - { name: peak, at: 1h, deploy: ocr, replicas: 5 }\n' +
        '    - { at: 2h, fail: a-2/GPU1, for: 1h }\n    - { at: 90m, lose: b }\n' +
        '    - { at: 0s, jobs: ocr, ratePerHour: 2.5, life: 10m, for: 5h, patience: 1m }\n',
      ocr,
      model('chat', 'replicas: 3, gpu: none'),
    ),
  );
  expect(rest).toEqual({
    name: 's',
    durationMs: 86_400_000,
    lostAfterMs: 60_000,
    startupMs: 10_000,
  });
  expect([...models.keys()]).toEqual(['ocr', 'chat']);
  expect(
    nodes.map(({ inventory: { node: name, gpus, labels, cpuMillis, memoryMib } }) => [
      name,
      gpus.map((gpu) => [gpu.uuid, gpu.productName, gpu.authority, gpu.migEnabled, gpu.mpsOffered]),
      labels,
      cpuMillis,
      memoryMib,
    ]),
  ).toEqual([
    ...['a-1', 'a-2'].map((name) => [
      name,
      [
        [`GPU-${name}-00`, 'NVIDIA A100-SXM4-40GB', 'cut', false, true],
        [`GPU-${name}-01`, 'NVIDIA A100-SXM4-40GB', 'cut', false, true],
        [`GPU-${name}-02`, 'NVIDIA L40S', 'cut', null, true],
      ],
      { rack: 'r', zone: 'z1' },
      48_000,
      3 * 128 * 1024,
    ]),
    ['b', [['GPU-b-00', 'Tesla T4', 'place', null, false]], {}, 4_000, 8_192],
  ]);
  expect(events).toEqual([
    // Nobody says that chat arrives: it is there from the beginning.
    { kind: 'scale', model: 'chat', replicas: 3, atMs: 0 },
    {
      kind: 'jobs',
      model: 'ocr',
      ratePerHour: 2.5,
      lifeMs: 600_000,
      forMs: 18_000_000,
      patienceMs: 60_000,
      atMs: 0,
    },
    { kind: 'scale', model: 'ocr', replicas: 5, atMs: 3_600_000 },
    { kind: 'scale', model: 'ocr', replicas: 1, atMs: 5_400_000 },
    { kind: 'lose', node: 'b', forMs: null, atMs: 5_400_000 },
    { kind: 'fail', node: 'a-2', gpu: 'GPU-a-2-01', forMs: 3_600_000, atMs: 7_200_000 },
  ]);
});

const event = (text: string): string => written(`${day}${node}  events:\n    - ${text}\n`, ocr);

const cases: readonly {
  readonly name: string;
  readonly text: string;
  readonly want: readonly string[];
}[] = [
  {
    name: 'a cycle is told once, with its path',
    text: written(
      `${day}${node}  events:\n    - { name: a, after: c, scale: ocr, replicas: 1 }\n    - { name: b, after: a, remove: ocr }\n    - { name: c, after: b, remove: ocr }\n`,
      ocr,
    ),
    want: [
      's.yaml:8:18 spec.events[0].after: these events wait for each other: a → c → b → a; give one of them a time with at',
    ],
  },
  {
    name: 'an unknown event',
    text: event('{ after: launch, remove: ocr }'),
    want: [
      's.yaml:8:9 spec.events[0].after: there is no event "launch"; give the event that it follows a name',
    ],
  },
  {
    name: 'two events of one name',
    text: written(
      `${day}${node}  events:\n    - { name: a, at: 1h, remove: ocr }\n    - { name: a, at: 2h, remove: ocr }\n`,
      ocr,
    ),
    want: ['s.yaml:9:9 spec.events[1].name: there are two events "a"; give each a name of its own'],
  },
  {
    name: 'a time after the end',
    text: event('{ at: 25h, remove: ocr }'),
    want: [
      's.yaml:8:9 spec.events[0].at: 25h is after the end, which is at 24h; make the scenario longer, or the event earlier',
    ],
  },
  {
    name: 'a bad time',
    text: event('{ at: tomorrow, remove: ocr }'),
    want: [
      's.yaml:8:9 spec.events[0].at: "tomorrow" is not a duration; write a number and ms, s, m, h or d, such as 5m',
    ],
  },
  {
    name: 'no time, and both kinds of time',
    text: written(
      `${day}${node}  events:\n    - { remove: ocr }\n    - { name: x, at: 1h, after: x, remove: ocr }\n`,
      ocr,
    ),
    want: [
      's.yaml:8:7 spec.events[0]: it does not say when; write at, such as at: 1h, or after with the name of an event',
      's.yaml:9:18 spec.events[1].at: it has both at and after; leave one out',
      's.yaml:9:26 spec.events[1].after: these events wait for each other: x → x; give one of them a time with at',
    ],
  },
  {
    name: 'an unknown model, with what was probably meant',
    text: event('{ at: 1h, deploy: orc }'),
    want: ['s.yaml:8:17 spec.events[0].deploy: there is no model "orc"; did you mean ocr?'],
  },
  {
    name: 'an unknown node and an unknown card of a known one',
    text: written(
      `${day}${node}  events:\n    - { at: 1h, lose: n-1 }\n    - { at: 1h, fail: n/GPU7 }\n    - { at: 1h, fail: n }\n`,
      ocr,
    ),
    want: [
      's.yaml:8:17 spec.events[0].lose: there is no node "n-1"; with count, nodes are called name-1, name-2, …',
      's.yaml:9:17 spec.events[1].fail: n has no card 7; it has GPU0 to GPU1',
      's.yaml:10:17 spec.events[2].fail: "n" is no card; name a node and a card of it, such as a100-1/GPU0',
    ],
  },
  {
    name: 'an unknown product',
    text: written(`${day}  nodes: [{ name: n, cards: 8xH1000 }]\n`),
    want: [
      's.yaml:6:22 spec.nodes[0].cards: "8xH1000" names no card we know; write a list such as 2xA100-40GB,L40S; known: T4, L4, L40S, A30, A100-40GB, A100-80GB, H100-80GB, H100-NVL, GH200-96GB, H200, B200, RTX-PRO-6000',
    ],
  },
  {
    name: 'a misspelt key of an event',
    text: event('{ at: 1h, scal: ocr, replicas: 1 }'),
    want: ['s.yaml:8:17 spec.events[0].scal: this key is not known; did you mean scale?'],
  },
  {
    name: 'no action, two actions, a detail too few and one too many',
    text: written(
      `${day}${node}  events:\n    - { at: 1h }\n    - { at: 1h, scale: ocr, remove: ocr, replicas: 1 }\n    - { at: 1h, scale: ocr }\n    - { at: 1h, drain: n, replicas: 1 }\n`,
      ocr,
    ),
    want: [
      's.yaml:8:7 spec.events[0]: it does not say what happens; write one of deploy, scale, remove, jobs, lose, drain, fail',
      's.yaml:9:29 spec.events[1].remove: one event cannot be both scale and remove; write two events',
      's.yaml:10:17 spec.events[2].scale: replicas is missing; scale needs replicas',
      's.yaml:11:27 spec.events[3].replicas: drain has no replicas; it has for',
    ],
  },
  {
    name: 'more jobs than anybody waits for, and a life of nothing',
    text: written(
      `  duration: 8000h\n${node}  events:\n    - { at: 0s, jobs: ocr, ratePerHour: 100000, life: 1m, for: 100h }\n    - { at: 0s, jobs: ocr, ratePerHour: 1, life: 0s, for: 1h }\n`,
      ocr,
    ),
    want: [
      's.yaml:8:28 spec.events[0].ratePerHour: about 10000000 jobs would arrive; at most 1000000: lower the rate or the time',
      's.yaml:9:44 spec.events[1].life: nobody lives for 0s; at least 1ms',
    ],
  },
  {
    name: 'two nodes of one name, a bad name, and too many',
    text: written(
      `${day}  nodes:\n    - { name: a-1, cards: T4 }\n    - { name: a, count: 2, cards: T4 }\n    - { name: B, cards: T4 }\n    - { name: c, count: 10000, cards: T4 }\n`,
    ),
    want: [
      's.yaml:8:9 spec.nodes[1].name: there are two nodes a-1; give each group of nodes a name of its own',
      's.yaml:9:9 spec.nodes[2].name: "B" is no node name; use lower-case letters, digits and dashes, at most 63 characters',
      's.yaml:10:18 spec.nodes[3].count: 10000 is out of range; at least 1, and 10000 nodes in all',
    ],
  },
  {
    name: 'no scenario, and what is wrong with a model',
    text: model('ocr', 'gpu: { memory: 4GiB, isolaton: mig }'),
    want: [
      's.yaml:5:42 spec.gpu.isolaton: this key is not known; did you mean isolation?',
      's.yaml: there is no scenario in it; write a document with apiVersion: tangram/v1 and kind: Scenario',
    ],
  },
  {
    name: 'a second scenario',
    text: `${written(`${day}${node}`)}---\n${written(`${day}${node}`)}`,
    want: ['s.yaml:9:1 kind: this is a second scenario; simulate one at a time'],
  },
  {
    name: 'nothing but a kind',
    text: 'apiVersion: tangram/v1\nkind: Scenario\nmetadata: { name: s }\nspec: {}\n',
    want: [
      's.yaml:4:1 spec.duration: is missing: give a duration with a unit, such as 5m',
      's.yaml:4:1 spec.nodes: is missing: give a list of nodes',
    ],
  },
];

test.for(cases)('refuses $name', ({ text, want }) => {
  expect(problems(text)).toEqual(want);
});

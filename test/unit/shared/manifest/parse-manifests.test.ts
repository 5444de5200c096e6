import { describe, expect, test } from 'vitest';
import { renderProblem } from '../../../../shared/domain/result.ts';
import { parseManifests } from '../../../../shared/manifest/parse-manifests.ts';

const whole = `apiVersion: tangram/v1
kind: Model
metadata: { name: sentiment, labels: { team: nlp } }
spec:
  replicas: 2
  image: sentiment:1.4.0
  process: { command: [node, server.mjs] }
  engine: custom
  gpu: { memory: 9GiB, compute: 20, isolation: mig, count: 1, models: [A100-40GB, H100-80GB] }
  cpu: 0.5
  memory: 8GiB
  env: { MODEL_VERSION: production }
  args: ["--verbose"]
  port: 9000
  health: { path: /ready, startupDeadline: 90s }
  mounts: [{ source: /data/models, target: /models }, { source: /data/cache, target: /cache, readOnly: false }]
  writableRoot: true
  priority: 7
  placement: { spread: node, maxPerNode: 1, antiAffinity: [ocr], constraints: { zone: eu-1 } }
  disruption: budget:90s
  update: { strategy: rolling, maxSurge: 1, maxUnavailable: 0 }
  onDisconnect: keep
`;

const least = (name: string): string =>
  `apiVersion: tangram/v1\nkind: Model\nmetadata:\n  name: ${name}\nspec:\n  image: x:1\n  gpu: none\n`;

function problemsOf(text: string): readonly string[] {
  const parsed = parseManifests([{ name: 'm.yaml', text }]);
  return parsed.ok ? [] : parsed.problem.map(renderProblem);
}

/** `least` with its `spec` lines replaced; the first of them stands in line 6. */
function withSpec(...lines: readonly string[]): string {
  return `apiVersion: tangram/v1\nkind: Model\nmetadata:\n  name: a\nspec:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

describe('a good manifest', () => {
  test('says everything that it can say', () => {
    const parsed = parseManifests([{ name: 'm.yaml', text: whole }]);
    expect(parsed).toEqual({
      ok: true,
      value: [
        {
          source: 'm.yaml',
          place: { line: 3, column: 13 },
          spec: {
            name: 'sentiment',
            labels: { team: 'nlp' },
            replicas: 2,
            workload: {
              image: 'sentiment:1.4.0',
              command: ['node', 'server.mjs'],
              args: ['--verbose'],
              env: { MODEL_VERSION: 'production' },
              port: 9000,
              health: { path: '/ready', startupDeadlineMs: 90_000 },
              cpuMillis: 500,
              memoryMib: 8192,
              mounts: [
                { source: '/data/models', target: '/models', readOnly: true },
                { source: '/data/cache', target: '/cache', readOnly: false },
              ],
              writableRoot: true,
            },
            gpu: {
              memoryMib: 9216,
              computePercent: 20,
              isolation: 'mig',
              count: 1,
              processes: 1,
              models: ['A100-40GB', 'H100-80GB'],
            },
            priority: 7,
            placement: {
              spread: 'node',
              maxPerNode: 1,
              antiAffinity: ['ocr'],
              constraints: { zone: 'eu-1' },
            },
            disruption: { kind: 'budget', seconds: 90 },
          },
        },
      ],
    });
  });

  test('takes the documented defaults for what it leaves out', () => {
    const parsed = parseManifests([
      { name: 'm.yaml', text: withSpec('image: x:1', 'gpu: { memory: 1.5GiB }') },
    ]);
    expect(parsed.ok && parsed.value[0]?.spec).toEqual({
      name: 'a',
      labels: {},
      replicas: 1,
      workload: {
        image: 'x:1',
        command: null,
        args: [],
        env: {},
        port: 8000,
        health: { path: '/healthz', startupDeadlineMs: 300_000 },
        cpuMillis: 0,
        memoryMib: 0,
        mounts: [],
        writableRoot: false,
      },
      gpu: {
        memoryMib: 1536,
        computePercent: 0,
        isolation: 'mps',
        count: 1,
        processes: 1,
        models: [],
      },
      priority: 100,
      placement: { spread: 'none', maxPerNode: 0, antiAffinity: [], constraints: {} },
      disruption: { kind: 'never' },
    });
  });

  test('holds several documents, and several files are one set', () => {
    const parsed = parseManifests([
      { name: 'one.yaml', text: `---\n${least('a')}---\n${least('b')}---\n` },
      { name: 'two.yaml', text: least('c') },
    ]);
    expect(parsed.ok && parsed.value.map((model) => `${model.source} ${model.spec.name}`)).toEqual([
      'one.yaml a',
      'one.yaml b',
      'two.yaml c',
    ]);
  });
});

const refusals: readonly { name: string; text: string; want: readonly string[] }[] = [
  {
    name: 'an alias without an anchor',
    text: 'kind: *nobody\n',
    want: [
      'm.yaml: this is not YAML: Unresolved alias (the anchor must be set before the alias): nobody',
    ],
  },
  {
    name: 'text that is not YAML',
    text: 'apiVersion: tangram/v1\nkind: [Model\n',
    want: [expect.stringMatching(/^m\.yaml:\d+:\d+: this is not YAML: /)],
  },
  {
    name: 'a scalar instead of a map',
    text: 'hello\n',
    want: [
      'm.yaml:1:1: is the string "hello": give a map with apiVersion, kind, metadata and spec',
    ],
  },
  {
    name: 'an empty file',
    text: '# nothing\n',
    want: [
      'm.yaml: there is no model in it; write a document with apiVersion: tangram/v1 and kind: Model',
    ],
  },
  {
    name: 'another apiVersion and kind',
    text: least('a').replace('tangram/v1', 'apps/v1').replace('Model', 'Deployment'),
    want: [
      'm.yaml:1:1 apiVersion: "apps/v1" is not known here: write tangram/v1',
      'm.yaml:2:1 kind: "Deployment" is not known here: write Model',
    ],
  },
  {
    name: 'a misspelt key, with what was meant',
    text: withSpec('image: x:1', 'gpu: none', 'replcias: 3'),
    want: ['m.yaml:8:3 spec.replcias: this key is not known; did you mean replicas?'],
  },
  {
    name: 'a key that resembles nothing, with what is known there',
    text: withSpec('image: x:1', 'gpu: { memory: 1GiB, flavour: 3 }'),
    want: [
      'm.yaml:7:24 spec.gpu.flavour: this key is not known; known here: memory, compute, isolation, count, processes, models, anyOf',
    ],
  },
  {
    name: 'every key that is not built yet, by its name',
    text: withSpec(
      'image: x:1',
      'artifact: { uri: "s3://x" }',
      'engine: vllm',
      'gpu: { memory: 1GiB, anyOf: [], compute: 24sm }',
      'update: { strategy: recreate, maxSurge: 2, maxUnavailable: 1 }',
      'onDisconnect: stop',
    ),
    want: [
      'm.yaml:8:3 spec.engine: "vllm" is not built yet: leave it out or write custom',
      'm.yaml:7:3 spec.artifact: is not built yet: bake the files into the image',
      'm.yaml:9:35 spec.gpu.compute: "24sm": a number of SMs is not built yet: write a percentage of the card\'s SMs',
      'm.yaml:9:24 spec.gpu.anyOf: is not built yet: name one need, or apply a second model',
      'm.yaml:10:13 spec.update.strategy: "recreate" is not built yet: leave it out or write rolling',
      'm.yaml:10:33 spec.update.maxSurge: 2 is not built yet: leave it out or write 1',
      'm.yaml:10:46 spec.update.maxUnavailable: 1 is not built yet: leave it out or write 0',
      'm.yaml:11:3 spec.onDisconnect: "stop" is not built yet: leave it out or write keep',
    ],
  },
  {
    name: 'a spread that there is not, and names that no model can have',
    text: withSpec('image: x:1', 'gpu: none', 'placement: { spread: rack, antiAffinity: [Ocr] }'),
    want: [
      'm.yaml:8:16 spec.placement.spread: "rack" is no spread: write none, node, zone',
      'm.yaml:8:45 spec.placement.antiAffinity[0]: "Ocr" is no model name; use lower-case letters, digits and dashes, at most 63 characters',
    ],
  },
  {
    name: 'a model that may not share a node with itself',
    text: withSpec('image: x:1', 'gpu: none', 'placement: { antiAffinity: [b, a] }'),
    want: [
      'm.yaml:8:16 spec.placement.antiAffinity: it names the model itself; to keep its own replicas apart, write maxPerNode: 1 and leave it out here',
    ],
  },
  ...[
    [
      'sometimes',
      '"sometimes" is no disruption policy: write never, idle, or a budget such as budget:60s',
    ],
    [
      'budget',
      '"budget" is no disruption policy: write never, idle, or a budget such as budget:60s',
    ],
    [
      'idle:60s',
      '"idle:60s" is no disruption policy: write never, idle, or a budget such as budget:60s',
    ],
    ['budget:60', '"60" is not a duration; write a number and ms, s, m, h or d, such as 5m'],
    [
      'budget:1500ms',
      '"1500ms" is no whole number of seconds: write never, idle, or a budget such as budget:60s',
    ],
    [
      'budget:0s',
      'a budget of 0 s is out of range; from 1 to 86400 seconds, such as budget:60s; or never, or idle',
    ],
    [
      'budget:25h',
      'a budget of 90000 s is out of range; from 1 to 86400 seconds, such as budget:60s; or never, or idle',
    ],
    ['{ budget: 60s }', 'is a map: give never, idle, or a budget such as budget:60s'],
  ].map(([written = '', problem = '']) => ({
    name: `disruption: ${written}`,
    text: withSpec('image: x:1', 'gpu: none', `disruption: ${written}`),
    want: [`m.yaml:8:3 spec.disruption: ${problem}`],
  })),
  {
    name: 'sizes and durations without their units',
    text: withSpec(
      'image: x:1',
      'gpu: { memory: 9GB }',
      'memory: 8',
      'health: { startupDeadline: 5min }',
    ),
    want: [
      'm.yaml:7:10 spec.gpu.memory: "9GB" is not a memory quantity; write a number and a binary unit, such as 9GiB or 512MiB',
      'm.yaml:8:3 spec.memory: is the number 8: give a size with a unit, such as 9GiB or 512MiB',
      'm.yaml:9:13 spec.health.startupDeadline: "5min" is not a duration; write a number and ms, s, m, h or d, such as 5m',
    ],
  },
  {
    name: 'unquoted numbers where text is meant',
    text: withSpec('image: x:1', 'gpu: none', 'env: { WORKERS: 4 }', 'args: [--port, 80]'),
    want: [
      'm.yaml:8:10 spec.env.WORKERS: is the number 4: give text, in quotes when it looks like a number or a word like true',
      'm.yaml:9:18 spec.args[1]: is the number 80: give text, in quotes when it looks like a number or a word like true',
    ],
  },
  {
    name: 'a model that says nothing of GPUs',
    text: withSpec('image: x:1'),
    want: [
      'm.yaml:5:1 spec.gpu: is missing: give a map such as {memory: 9GiB}, or none for a model on CPU',
    ],
  },
  {
    name: 'a gpu key without a value',
    text: withSpec('image: x:1', 'gpu:'),
    want: [
      'm.yaml:7:3 spec.gpu: is missing: give a map such as {memory: 9GiB}, or none for a model on CPU',
    ],
  },
  {
    name: 'neither image nor process',
    text: withSpec('gpu: none'),
    want: [
      'm.yaml:5:1 spec: neither image nor process is given; name an image, a process.command or both',
    ],
  },
  {
    name: 'an environment that would choose the card',
    text: withSpec('image: x:1', 'gpu: none', 'env:', '  CUDA_VISIBLE_DEVICES: "0"'),
    want: [
      'm.yaml:9:5 spec.env.CUDA_VISIBLE_DEVICES: this variable decides which card a replica sees, and Tangram sets it; remove it',
    ],
  },
  {
    name: 'a name that is none',
    text: least('Sentiment_1'),
    want: [
      'm.yaml:4:3 metadata.name: "Sentiment_1" is no model name; use lower-case letters, digits and dashes, at most 63 characters',
    ],
  },
  {
    name: 'numbers out of range, all at once',
    text: withSpec(
      'image: x:1',
      'replicas: -1',
      'port: 70000',
      'gpu: { memory: 1GiB, compute: 101 }',
    ),
    want: [
      'm.yaml:7:3 spec.replicas: -1 is out of range; a whole number from 0 to 1000',
      'm.yaml:8:3 spec.port: 70000 is out of range; a whole number from 1 to 65535',
      'm.yaml:9:24 spec.gpu.compute: 101 is out of range; a whole number from 0 to 100',
    ],
  },
  {
    name: 'a name declared twice',
    text: `${least('a')}---\n${least('a')}`,
    want: [
      'm.yaml:12:3 metadata.name: "a" is declared twice, first at m.yaml:4:3; give each model a name of its own',
    ],
  },
  {
    name: 'a key written twice',
    text: withSpec('image: x:1', 'image: y:1', 'gpu: none'),
    want: ['m.yaml:7:3: this is not YAML: Map keys must be unique'],
  },
  {
    name: 'a name that JavaScript would drop in silence',
    text: withSpec('image: x:1', 'gpu: none', 'env: { __proto__: x }'),
    want: ['m.yaml:8:10 spec.env.__proto__: this name cannot be used; choose another name'],
  },
  {
    name: 'a bomb of aliases',
    text: withSpec(
      'image: x:1',
      'gpu: none',
      'args: &a [x]',
      `env: { ${Array.from({ length: 101 }, (_, at) => `A${at}: *a`).join(', ')} }`,
    ),
    want: ['m.yaml: 101 YAML aliases are too many; at most 100'],
  },
];

describe('a manifest is refused for', () => {
  test.for(refusals)('$name', ({ text, want }) => {
    expect(problemsOf(text)).toEqual(want);
  });
});

test('problems of all documents and files are told together', () => {
  const parsed = parseManifests([
    { name: 'one.yaml', text: `${least('a').replace('image', 'imag')}---\n${least('B')}` },
    { name: 'two.yaml', text: 'kind: [' },
  ]);
  expect(parsed.ok ? [] : parsed.problem.map((problem) => problem.code)).toEqual([
    'MANIFEST_KEY_UNKNOWN',
    'ID_INVALID',
    'MANIFEST_NOT_YAML',
  ]);
});

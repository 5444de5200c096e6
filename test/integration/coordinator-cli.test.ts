import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectCoordinator, type CoordinatorClient } from '../../coordinator/cli/client.ts';
import type { ManifestText } from '../../coordinator/cli/deps.ts';
import { realHost } from '../../coordinator/cli/host.ts';
import { createProgram } from '../../coordinator/cli/program.ts';
import { runProgram } from '../../coordinator/cli/run.ts';
import { parseManifests } from '../../shared/manifest/parse-manifests.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { LinkAgent } from '../fakes/link-agent.ts';
import { startCoordinator, type InProcessCoordinator } from './in-process-coordinator.ts';
import { until } from './until.ts';

let coordinator: InProcessCoordinator;
const agents: LinkAgent[] = [];
const files = new Map<string, ManifestText>();

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What a person was asked. */
  readonly asked: readonly string[];
}

interface Terminal {
  readonly interactive?: boolean;
  readonly answer?: boolean;
  readonly address?: string;
  /** Interrupts the command, as Ctrl-C does. */
  readonly signal?: AbortSignal;
  readonly onOut?: (text: string) => void;
}

/** Runs `tangram` as its program does, but for the process around it. */
async function tangram(argv: readonly string[], terminal: Terminal = {}): Promise<Ran> {
  let out = '';
  let err = '';
  let code = 0;
  const asked: string[] = [];
  const clients: CoordinatorClient[] = [];
  const program = createProgram({
    version: '0.1.0',
    readContext: () => null,
    connect: ([address = '']) => {
      const client = connectCoordinator(address, () => new Date(Date.now() + 10_000));
      clients.push(client);
      return client;
    },
    out: (text) => {
      out += text;
      terminal.onOut?.(out);
    },
    note: (text) => {
      err += text;
    },
    readManifest: (path) => {
      const found = files.get(path);
      if (found === undefined) throw new AppError('REQUEST_INVALID', `cannot read ${path}`);
      return found;
    },
    interactive: terminal.interactive ?? false,
    confirm: async (question) => {
      asked.push(question);
      return terminal.answer ?? false;
    },
    host: realHost,
    clock: systemClock,
    signal: terminal.signal ?? new AbortController().signal,
    setExitCode: (wanted) => {
      code = wanted;
    },
  });
  const address = terminal.address ?? coordinator.grpc;
  const failed = await runProgram(program, ['--coordinator', address, ...argv], (text) => {
    err += text;
  });
  for (const client of clients) client.close();
  return { code: failed ?? code, out, err, asked };
}

function file(name: string, spec: string): string {
  const path = `${name}.yaml`;
  const text = `apiVersion: tangram/v1\nkind: Model\nmetadata: { name: ${name} }\nspec:\n  image: x:1\n  ${spec}\n`;
  files.set(path, { kind: 'text', text });
  return path;
}

async function replicasReady(name: string, count: number): Promise<void> {
  await until(async () => {
    const models = coordinator.core.models();
    const found = models.find((model) => model.spec.name === name);
    const ready = (found?.replicas ?? []).filter(
      (replica) => replica.status?.phase === 'ready' && !replica.retiring,
    );
    expect(ready.length).toBe(count);
  });
}

/** Deletes a model and waits until it is forgotten, so that the next test finds the cards free. */
async function remove(name: string): Promise<void> {
  expect((await tangram(['delete', name, '--yes'])).code).toBe(0);
  await until(() => expect(declared()).not.toContain(name));
}

function declared(): readonly string[] {
  return coordinator.core.models().map((model) => model.spec.name);
}

beforeAll(async () => {
  coordinator = await startCoordinator();
  const agent = new LinkAgent({
    coordinator: coordinator.grpc,
    node: 'node-a',
    cards: '2xA100-40GB,L40S',
    labels: { zone: 'eu-1' },
    metricsAddress: '127.0.0.1:9400',
  });
  agents.push(agent);
  await agent.connect();
});

afterAll(async () => {
  for (const agent of agents) agent.close();
  await coordinator.stop();
});

beforeEach(() => files.clear());

describe('tangram', () => {
  test('plans, applies, waits, shows, explains and deletes a model', async () => {
    const path = file('alpha', 'gpu: { memory: 4GiB, isolation: mig }');
    const planned = await tangram(['plan', '-f', path]);
    expect([planned.code, planned.err]).toEqual([1, '']);
    expect(planned.out).toMatch(/^\+ model alpha: create\n/);
    expect(planned.out).toMatch(/\+ node-a: create .*GPU[01]$/m);
    expect(planned.out).toMatch(/interrupts nothing/);
    expect(declared()).toEqual([]);

    const applied = await tangram(['apply', '-f', path, '--wait']);
    expect([applied.code, applied.asked]).toEqual([0, []]);
    expect(applied.out).toMatch(/model alpha created\n$/);
    expect(applied.out).not.toMatch(/pending/);
    expect(applied.err).toMatch(/alpha: 1 of 1 replica ready\n$/);
    expect((await tangram(['plan', '-f', path])).code).toBe(0);
    expect((await tangram(['apply', '-f', path])).out).toMatch(/model alpha unchanged\n$/);

    const ps = await tangram(['ps']);
    expect(ps.out).toMatch(/alpha-\S+ +alpha +node-a +[01] +mig \d+g\.\d+gb@\d +ready +0 /);
    const json: unknown = JSON.parse((await tangram(['ps', '--json'])).out);
    expect(json).toMatchObject({
      replicas: [{ model: 'alpha', phase: 'REPLICA_PHASE_READY', node: 'node-a' }],
      pending: [],
    });
    const why = await tangram(['why', 'alpha']);
    expect([why.code, why.err]).toEqual([0, '']);
    expect(why.out).toMatch(/^alpha: 1 of 1 replica placed, 1 ready\n/);

    const deleted = await tangram(['delete', 'alpha', '--yes']);
    expect([deleted.code, deleted.err]).toEqual([0, '']);
    expect(deleted.out).toMatch(/^- model alpha: delete\n/);
    await until(async () => expect((await tangram(['describe', 'model', 'alpha'])).code).toBe(3));
  });

  test('says why a model is pending, and exits 3', async () => {
    const path = file('huge', 'gpu: { memory: 70GiB }');
    expect((await tangram(['plan', '-f', path])).out).toBe(
      '+ model huge: create\n    waits: 1 of 1 replica: no card is that big: 71680MiB is asked of one card, and the biggest is node-a/GPU2 (NVIDIA L40S, 46068MiB); no re-layout makes room for huge\n',
    );
    const applied = await tangram(['apply', '-f', path]);
    expect([applied.code, applied.err]).toEqual([0, '']);
    expect(applied.out).toMatch(/model huge created\n {2}pending: no card is that big: /);
    const waited = await tangram(['apply', '-f', path, '--wait', '--timeout', '300ms']);
    expect(waited.code).toBe(1);
    expect(waited.err).toMatch(/error: not ready: huge\nhint: ask: tangram why huge\n$/);
    const why = await tangram(['why', 'huge']);
    expect(why.code).toBe(3);
    expect(why.out).toMatch(/pending: .*70\.0GiB|71680/);
    const ps = await tangram(['ps', 'huge']);
    expect(ps.out).toMatch(/huge .*pending x1/);
    expect((await tangram(['get', 'models'])).out).toMatch(/huge .* pending /);
    await remove('huge');
  });

  test('lists nodes, cards and slices, as tables and for machines', async () => {
    await tangram(['apply', '-f', file('beta', 'gpu: { memory: 6GiB, models: [L40S] }')]);
    await replicasReady('beta', 1);
    expect((await tangram(['get', 'nodes'])).out).toMatch(/^node-a +ready +up +now +2x /m);
    expect((await tangram(['get', 'nodes', '-o', 'name'])).out).toBe('node-a\n');
    expect((await tangram(['get', 'gpus'])).out.split('\n').length).toBe(5);
    expect((await tangram(['get', 'gpus', 'node-a'])).out).toMatch(
      /^node-a +2 +NVIDIA L40S +mps /m,
    );
    expect((await tangram(['get', 'slices'])).out).toMatch(
      /^node-a +2 +mps 6\.0GiB \d+% +6\.0GiB +process +ready +beta +beta-/m,
    );
    const slices: unknown = JSON.parse((await tangram(['get', 'slices', '--json'])).out);
    expect(slices).toMatchObject({ slices: [{ node: 'node-a', model: 'beta', state: 'ready' }] });
    expect((await tangram(['describe', 'node', 'node-a'])).out).toMatch(/^labels +zone=eu-1$/m);
    expect((await tangram(['describe', 'model', 'beta'])).out).toMatch(/^gpu +6\.0GiB mps$/m);
    await remove('beta');
  });

  test('prints manifests that it reads back as the same models', async () => {
    await tangram(['apply', '-f', file('gamma', 'gpu: { memory: 6GiB, compute: 25 }')]);
    const { out } = await tangram(['get', 'model', 'gamma', '-o', 'yaml']);
    const parsed = parseManifests([{ name: 'printed', text: out }]);
    expect(parsed.ok).toBe(true);
    files.set('printed.yaml', { kind: 'text', text: out });
    expect((await tangram(['plan', '-f', 'printed.yaml'])).code).toBe(0);
    await remove('gamma');
  });

  test('scales after showing the plan', async () => {
    await tangram(['apply', '-f', file('delta', 'gpu: { memory: 2GiB }')]);
    const dry = await tangram(['scale', 'delta', '3', '--dry-run']);
    expect(dry.out).toMatch(/^~ model delta: 1 replica to 3\n/);
    expect((await tangram(['scale', 'delta', '3', '--yes'])).code).toBe(0);
    await replicasReady('delta', 3);
    const logs = await tangram(['logs', 'delta']);
    expect(logs.out.match(/^==> delta-/gm)?.length).toBe(3);
    expect(logs.out).toMatch(/^delta-\S+ line 1$/m);
    await remove('delta');
  });

  test('asks a person, and takes no for an answer', async () => {
    const path = file('epsilon', 'gpu: { memory: 2GiB }');
    const refused = await tangram(['apply', '-f', path], { interactive: true, answer: false });
    expect([refused.code, refused.asked, refused.err]).toEqual([
      1,
      ['Apply this?'],
      'nothing was changed\n',
    ]);
    expect(declared()).toEqual([]);
    expect((await tangram(['apply', '-f', path], { interactive: true, answer: true })).code).toBe(
      0,
    );
    const alone = await tangram(['delete', 'epsilon']);
    expect([alone.code, alone.err]).toEqual([
      2,
      'error: refused to delete epsilon: nobody is here to confirm it\nhint: add --yes, or --dry-run to see what it would do\n',
    ]);
    expect((await tangram(['delete', 'epsilon', '--dry-run'])).code).toBe(0);
    expect(declared()).toEqual(['epsilon']);
    await remove('epsilon');
  });

  test('cordons, drains and uncordons a node, and tells it as events', async () => {
    expect((await tangram(['cordon', 'node-a', '--yes'])).out).toMatch(
      /node node-a is cordoned\n$/,
    );
    expect((await tangram(['drain', 'node-a', '--yes'])).out).toMatch(/node node-a is draining\n$/);
    expect((await tangram(['uncordon', 'node-a', '--yes'])).out).toMatch(/node node-a is ready\n$/);
    const events = await tangram(['events', '--subject', 'nodes/node-a']);
    expect(events.out).toMatch(/cordoned[^]*draining[^]*uncordoned/);
    expect((await tangram(['cordon', 'nowhere', '--yes'])).code).toBe(3);
  });

  test('follows events as they happen, each once, until it is interrupted', async () => {
    const interrupt = new AbortController();
    let seen = '';
    const following = tangram(['events', '--follow', '-n', '1', '--subject', 'nodes/node-a'], {
      signal: interrupt.signal,
      onOut: (out) => {
        seen = out;
      },
    });
    await until(() => expect(seen).not.toBe(''));
    await tangram(['cordon', 'node-a', '--yes']);
    await tangram(['uncordon', 'node-a', '--yes']);
    await until(() => expect(seen).toMatch(/ {2}cordoned [^]* {2}uncordoned /));
    interrupt.abort();
    const { code, out } = await following;
    expect(code).toBe(0);
    expect(out.match(/ {2}cordoned /g)?.length).toBe(1);
  });

  test('follows nodes: the list, then a row whenever one looks different', async () => {
    const interrupt = new AbortController();
    let seen = '';
    const following = tangram(['get', 'nodes', '--watch'], {
      signal: interrupt.signal,
      onOut: (out) => {
        seen = out;
      },
    });
    await until(() => expect(seen).toMatch(/^NODE .*\nnode-a .*ready/));
    await tangram(['cordon', 'node-a', '--yes']);
    await tangram(['uncordon', 'node-a', '--yes']);
    await until(() => expect(seen).toMatch(/node-a +cordoned .*\nnode-a +ready/));
    interrupt.abort();
    const { code, out } = await following;
    expect(code).toBe(0);
    expect(out.match(/^NODE /gm)?.length).toBe(1);
  });

  test('follows models as lines of JSON', async () => {
    const interrupt = new AbortController();
    let lines: readonly string[] = [];
    const following = tangram(['get', 'models', '--watch', '-o', 'json'], {
      signal: interrupt.signal,
      onOut: (out) => {
        lines = out.trimEnd().split('\n');
      },
    });
    await until(() => expect(lines.at(-1)).toMatch(/"event":"synced"/));
    await tangram(['apply', '-f', file('followed', 'gpu: none')]);
    await remove('followed');
    await until(() => {
      const events = lines.map((line) => JSON.parse(line) as { event: string; deleted?: string });
      expect(events.at(-1)).toMatchObject({ event: 'deleted', deleted: 'followed' });
    });
    interrupt.abort();
    expect((await following).code).toBe(0);
  });

  test.for([
    [['get', 'gpus', '--watch'], 2, /^error: gpus cannot be followed/],
    [['get', 'models', '-w', '-o', 'yaml'], 2, /^error: -o yaml cannot be followed/],
    [['get', 'node', 'nowhere', '-w'], 3, /^error: .*no node "nowhere"/],
  ] as const)('%s is refused', async ([argv, want, said]) => {
    const { code, out, err } = await tangram(argv);
    expect([code, out]).toEqual([want, '']);
    expect(err).toMatch(said);
  });

  test.for([
    [['ca', 'status']],
    [['ca', 'rotate', '--yes']],
    [['token', 'create']],
    [['user', 'create', 'ada', '--role', 'viewer', '--context', '/tmp/nobody-writes-this.yaml']],
  ] as const)('%s says that TLS is off, and what to set', async ([argv]) => {
    const { code, out, err } = await tangram(argv);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^error: TLS is off here.*set tls: on/);
    expect((await tangram(['user', 'list'])).out).not.toContain('ada');
  });

  test('refuses a bad manifest before anything is changed, with every problem', async () => {
    file('good', 'gpu: none');
    files.set('bad.yaml', { kind: 'text', text: 'apiVersion: tangram/v2\nkind: Model\n' });
    const { code, out, err } = await tangram(['apply', '-f', 'good.yaml', 'bad.yaml']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^error: 3 problems; nothing was applied\n/);
    expect(err).toMatch(/^ {2}bad\.yaml:1:1 apiVersion: "tangram\/v2" is not known here/m);
    expect((await tangram(['plan', '-f', 'bad.yaml'])).code).toBe(255);
    expect(declared()).toEqual([]);
  });

  test('reads folders of manifests', async () => {
    file('one', 'gpu: none');
    file('two', 'gpu: none');
    files.set('folder', { kind: 'folder', paths: ['one.yaml', 'two.yaml'] });
    files.set('empty', { kind: 'folder', paths: [] });
    const { out } = await tangram(['apply', '-f', 'folder', '--dry-run']);
    expect(out).toMatch(/^\+ model one: create\n[^]*\+ model two: create\n/);
    expect((await tangram(['apply', '-f', 'empty'])).err).toMatch(/holds no \.yaml or \.yml file/);
  });

  test.for([
    { argv: ['nonsense'], code: 2, err: /unknown command 'nonsense'/ },
    { argv: ['aply'], code: 2, err: /Did you mean apply\?/ },
    { argv: ['apply'], code: 2, err: /apply needs either -f or --plan/ },
    { argv: ['plan'], code: 255, err: /required option '-f, --filename/ },
    { argv: ['scale', 'a', 'many'], code: 2, err: /whole number of replicas/ },
    { argv: ['get', 'pods'], code: 2, err: /Allowed choices are nodes, gpus, slices, models/ },
    { argv: ['get', 'nodes', '-o', 'yaml'], code: 2, err: /nodes have no manifest/ },
    { argv: ['why', 'nobody'], code: 3, err: /no model "nobody"[^]*tangram get models/ },
    { argv: ['why', 'No_Name'], code: 2, err: /is no model name/ },
    { argv: ['logs', 'nobody'], code: 3, err: /no replica "nobody"/ },
    { argv: ['describe', 'node', 'nobody'], code: 3, err: /no node "nobody"/ },
  ])('$argv ends with $code and says why', async ({ argv, code, err }) => {
    const ran = await tangram(argv);
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toMatch(err);
  });

  test('exits 5 where nobody listens, and says how to name another place', async () => {
    const away = await tangram(['ps'], { address: '127.0.0.1:1' });
    expect(away.code).toBe(5);
    expect(away.err).toBe(
      'error: the coordinator at 127.0.0.1:1 does not answer: nobody listens there\n' +
        'hint: is the coordinator at 127.0.0.1:1 running? name another with --coordinator or TANGRAM_COORDINATOR\n',
    );
    expect(
      (await tangram(['plan', '-f', file('a', 'gpu: none')], { address: '127.0.0.1:1' })).code,
    ).toBe(255);
    const version = await tangram(['version'], { address: '127.0.0.1:1' });
    expect([version.code, version.out]).toEqual([5, 'tangram      0.1.0\n']);
  });

  test('lists its exit codes in --help', async () => {
    const { code, out } = await tangram(['--help']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /Exit codes:[^]*plan and whatif have their own: 0 no change, 1 changes, 255 error/,
    );
    expect((await tangram(['version'])).out).toMatch(
      /^tangram +0\.1\.0\ncoordinator +0\.1\.0, cluster /,
    );
  });
});

import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeAgentSocket, openAgentSocket, type ServedService } from '../../agent/api/server.ts';
import { agentServiceHandlers } from '../../agent/api/service.ts';
import { createProgram } from '../../agent/cli/program.ts';
import { explainAway } from '../../agent/cli/api/explain-away.ts';
import { renderError, runCommandLine } from '../../shared/platform/command-line.ts';
import { createAgentDoor } from '../../agent/cli/api/agent-door.ts';
import { HostSampler } from '../../agent/telemetry/host-sampler.ts';
import { NodeUsage } from '../../agent/telemetry/node-usage.ts';
import { ProcessTable } from '../../agent/telemetry/process-table.ts';
import { GpuSampler } from '../../agent/telemetry/sampler.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { silentLog } from '../../shared/platform/log.ts';
import { agentService, createAgentClients } from '../../shared/wire/services.ts';
import {
  FakeCore,
  gpuA,
  gpuRow,
  heldSlice,
  mpsTarget,
  readyReplica,
} from '../fakes/agent/fake-core.ts';
import { allocation, shapes, slice, target } from '../fakes/agent/targets.ts';
import { FakeSampling } from '../fakes/agent/fake-nvidia-smi.ts';
import { ManualClock, settle } from '../fakes/manual-clock.ts';

/** A process that carries the mark of allocation `train`. */
const trainPid = 4_711;
let folder = '';
const closers: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tangram-api-'));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true });
});

async function setUp() {
  const clock = new ManualClock();
  const fake = new FakeSampling(() => clock.monotonicMs());
  const core = new FakeCore();
  const nvidiaSmi = fake.tool();
  const log = silentLog;
  const controller = new AbortController();
  const { signal } = controller;
  const sampler = new GpuSampler({ nvidiaSmi, clock, random: () => 1, log, periodMs: 1_000 });
  const running = sampler.run(signal);
  const asked: boolean[] = [];
  const path = join(folder, 'agent.sock');
  const handlers = agentServiceHandlers({
    node: 'n1',
    version: '9.9.9',
    configFile: '/etc/tangram/agent.yaml',
    nvidiaSmiCommand: ['nvidia-smi'],
    core,
    sampler,
    host: new HostSampler({ host: noHost, clock, log, periodMs: 1_000 }),
    usage: new NodeUsage({
      core,
      sampler,
      processes: new ProcessTable({
        nvidiaSmi,
        cards: () => sampler.latest()?.sample.cards ?? [],
        clock,
        log,
        signal,
      }),
      details: null,
      dcgm: null,
      containers: null,
      place: (pid) =>
        pid === trainPid ? { parentPid: 1, groupId: pid, containers: [], mark: 'train' } : null,
    }),
    dcgm: null,
    link: null,
    shutdown: async (stopReplicas) => {
      asked.push(stopReplicas);
      return stopReplicas ? core.replicaList.length : 0;
    },
    onError: () => undefined,
  });
  const services: readonly ServedService[] = [[agentService, { ...handlers }]];
  const server = await openAgentSocket(path, services);
  closers.push(async () => {
    controller.abort();
    await running;
    await closeAgentSocket(server, path);
  });
  return { core, fake, clock, path, asked, services };
}

const noHost = {
  facts: async (): Promise<never> => {
    throw new Error('not used here');
  },
  sample: async (): Promise<never> => {
    throw new Error('not used here');
  },
};

/** One command line against a socket: what it printed, what it complained about, how it ended. */
async function agentctl(path: string, ...argv: string[]) {
  let out = '';
  let err = '';
  let code = 0;
  const clients: { close(): void }[] = [];
  const program = createProgram({
    version: '9.9.9',
    socket: path,
    connect: (socket) => {
      const found = createAgentClients(socket);
      clients.push(found);
      return createAgentDoor(found, socket, systemClock);
    },
    out: (text) => {
      out += text;
    },
    terminal: null,
    confirm: async () => false,
    clock: systemClock,
    signal: new AbortController().signal,
    setExitCode: (set) => {
      code = set;
    },
  });
  const failed = await runCommandLine(program, argv, (text) => {
    err += text;
  });
  for (const client of clients) client.close();
  return { out, err, code: failed ?? code };
}

function busy(core: FakeCore): void {
  core.accepted = mpsTarget();
  core.held = [heldSlice];
  core.replicaList = [readyReplica];
}

test('only the owner and the group may use the socket, and it goes with the agent', async () => {
  const { path } = await setUp();
  expect(statSync(path).mode & 0o777).toBe(0o660);
  for (const close of closers.splice(0).reverse()) await close();
  expect(existsSync(path)).toBe(false);
});

test('a socket that a dead agent left is replaced; one that answers, or another file, is not', async () => {
  const { path, services } = await setUp();
  await expect(openAgentSocket(path, services)).rejects.toThrow(`another agent answers on ${path}`);
  const plain = join(folder, 'plain');
  writeFileSync(plain, '');
  await expect(openAgentSocket(plain, services)).rejects.toThrow('is there and is no socket');
  const stale = join(folder, 'stale.sock');
  await leaveStaleSocket(stale);
  const server = await openAgentSocket(stale, services);
  await closeAgentSocket(server, stale);
});

/** A socket file that nobody listens on any more: renamed, so that its listener could not remove it. */
async function leaveStaleSocket(path: string): Promise<void> {
  const moved = `${path}.live`;
  const listener = createServer();
  await new Promise<void>((resolve) => {
    listener.listen(moved, resolve);
  });
  renameSync(moved, path);
  await new Promise<void>((resolve) => {
    listener.close(() => resolve());
  });
  expect(existsSync(path)).toBe(true);
}

test('ls shows a card and the slice on it; --json has the same as data', async () => {
  const { core, path } = await setUp();
  busy(core);
  const { out, code } = await agentctl(path, 'ls');
  expect({ out, code }).toEqual({
    code: 0,
    out: [
      `GPU  PRODUCT      MODE  SLICE    MEMORY   HOLDER        STATE    ENFORCED  DEVICE`,
      `0    NVIDIA L40S  idle  -        45.0GiB  -             ok, cut  -         ${gpuA}`,
      `0    NVIDIA L40S  idle  mps-25%  4.0GiB   vad-1a2b3c4d  unknown  process   ${gpuA}`,
      '',
    ].join('\n'),
  });
  const json: unknown = JSON.parse((await agentctl(path, 'ls', '--json')).out);
  expect(json).toMatchObject([
    {
      uuid: gpuA,
      memoryTotalMib: 46_068,
      slices: [{ slice: 's-1', shape: { kind: 'mps', memoryMib: 4_096, smPercent: 25 } }],
    },
  ]);
});

test('ps and describe replica tell where a replica is', async () => {
  const { core, path } = await setUp();
  busy(core);
  const json: unknown = JSON.parse((await agentctl(path, 'ps', '--json')).out);
  expect(json).toMatchObject([
    {
      replica: 'vad-1a2b3c4d',
      model: 'vad',
      modelVersion: 3,
      phase: 'ready',
      address: '127.0.0.1:31000',
      restarts: 2,
      retiring: false,
      slices: [{ slice: 's-1', gpu: gpuA }],
    },
  ]);
  const table = (await agentctl(path, 'ps')).out.split('\n');
  expect(table[1]).toMatch(
    /^vad-1a2b3c4d {2}vad {4}ready {2}mps-25% {2}process {3}127\.0\.0\.1:31000 {2}2 /,
  );
  const { out } = await agentctl(path, 'describe', 'replica', 'vad-1a2b3c4d');
  expect(out).toContain(`Slice:     s-1: mps-25% on ${gpuA}`);
});

test('top shows the newest sample and who uses the card; not told is a dash and null', async () => {
  const { core, fake, path } = await setUp();
  busy(core);
  fake.processes = [{ gpu: gpuA, pid: 4242, name: 'python', memoryUsedMib: 300 }];
  await settle();
  fake.push([gpuRow({ temperatureCelsius: null })]);
  await settle();
  const { out } = await agentctl(path, 'top', '--once');
  const lines = out.split('\n').map((line) => line.split(/\s{2,}/));
  expect(lines[3]).toEqual(['0', '50%', '1.0GiB', '45.0GiB', '-', '100W', '2000MHz', gpuA, '-']);
  expect(lines.slice(6, 9)).toEqual([
    ['0', 'slice', 'mps-25% unknown', '300MiB', '4.0GiB', '50%', '~0W'],
    ['0', 'replica', 'vad-1a2b3c4d', '300MiB', '-', '50%', '~0W'],
    ['0', 'process', '4242 python', '300MiB', '-', '-', '-'],
  ]);
  const json: unknown = JSON.parse((await agentctl(path, 'top', '--once', '--json')).out);
  expect(json).toMatchObject({
    gpus: [{ utilizationRatio: 0.5, temperatureCelsius: null, powerWatts: 100 }],
    cpuRatio: null,
  });
});

test('an allocation is named wherever its slice, its share or its process is', async () => {
  const { core, fake, path } = await setUp();
  const share = slice('t.0', gpuA, shapes.mps(8_192));
  const held = allocation('train', [share], { reclaiming: true });
  core.accepted = target(1, { slices: [share], allocations: [held] });
  const left = { pid: trainPid, name: 'python', certain: true };
  core.statusNow = {
    ...core.statusNow,
    allocations: [
      {
        claim: held.claim,
        ready: true,
        reason: '',
        deviceUuids: [],
        env: {},
        mounts: [],
        processes: [left],
        reclaiming: true,
        quietLooks: 0,
      },
    ],
  };
  fake.processes = [{ gpu: gpuA, pid: trainPid, name: 'python', memoryUsedMib: 300 }];
  await settle();
  fake.push([gpuRow()]);
  await settle();
  const ls = (await agentctl(path, 'ls')).out.split('\n').map((line) => line.split(/\s{2,}/));
  expect(ls[2]?.slice(3, 6)).toEqual(['mps-25%', '8.0GiB', 'allocations/train']);
  const why = `process ${trainPid} (python) still runs`;
  const ps = (await agentctl(path, 'ps')).out.split('\n').map((line) => line.split(/\s{2,}/));
  expect(ps[1]).toEqual([
    'allocations/train',
    '-',
    'reclaiming',
    'mps-25%',
    'process',
    '-',
    '-',
    '-',
    '-',
    why,
  ]);
  const listed: unknown = JSON.parse((await agentctl(path, 'ps', '--json')).out);
  expect(listed).toEqual([
    {
      kind: 'allocation',
      allocation: 'train',
      state: 'reclaiming',
      reason: why,
      slices: [{ slice: 't.0', gpu: gpuA, shape: shapes.mps(8_192) }],
      processes: [left],
    },
  ]);
  const told = (await agentctl(path, 'top', '--once')).out.split('\n');
  const lines = told.map((line) => line.split(/\s{2,}/).slice(1, 4));
  expect(lines).toContainEqual(['allocation', 'allocations/train', '300MiB']);
  expect(lines).toContainEqual(['process', `${trainPid} python`, '300MiB']);
  const json: unknown = JSON.parse((await agentctl(path, 'top', '--once', '--json')).out);
  const named = { replica: '', model: '', allocation: 'train' };
  expect(json).toMatchObject({
    gpus: [{ slices: [named], users: [named], processes: [{ ...named, owner: 'allocation' }] }],
  });
});

test('events come oldest first, as many as asked for', async () => {
  const { core, path } = await setUp();
  core.eventList = [1, 2, 3].map((id) => ({
    id,
    atMs: 1_700_000_000_000,
    kind: 'replica-ready',
    subject: 'replicas/x',
    message: `m${id}`,
  }));
  expect((await agentctl(path, 'events', '--limit', '2')).out).toBe(
    [
      'TIME                      KIND           SUBJECT     MESSAGE',
      '2023-11-14T22:13:20.000Z  replica-ready  replicas/x  m2',
      '2023-11-14T22:13:20.000Z  replica-ready  replicas/x  m3',
      '',
    ].join('\n'),
  );
});

test('logs prints what the replica wrote', async () => {
  const { core, path } = await setUp();
  busy(core);
  const { out } = await agentctl(path, 'logs', 'vad-1a2b3c4d', '--tail', '7');
  expect(out).toBe('7 lines of vad-1a2b3c4d\n');
});

interface Mistake {
  readonly name: string;
  readonly argv: readonly string[];
  readonly code: number;
  readonly err: RegExp;
}

const mistakes: readonly Mistake[] = [
  {
    name: 'a card that is not there',
    argv: ['describe', 'gpu', '9'],
    code: 3,
    err: /^error: no card "9" on this node\nhint: there is 0 \(GPU-aaaa.*\)\n$/,
  },
  {
    name: 'a replica that is not there',
    argv: ['describe', 'replica', 'x'],
    code: 3,
    err: /^error: no replica "x" on this node\nhint: there is none\n$/,
  },
  {
    name: 'logs of a replica that is not there',
    argv: ['logs', 'nobody'],
    code: 3,
    err: /^error: no replica nobody on this node\n$/,
  },
  { name: 'an unknown command', argv: ['lst'], code: 2, err: /unknown command 'lst'/ },
  { name: 'an unknown option', argv: ['ls', '--wide'], code: 2, err: /unknown option '--wide'/ },
  {
    name: 'a limit that is none',
    argv: ['events', '--limit', 'all'],
    code: 2,
    err: /from 1 to 1000/,
  },
  {
    name: 'a shutdown that nobody confirmed',
    argv: ['shutdown'],
    code: 2,
    err: /^error: nothing was done\nhint: say --yes/,
  },
];

test.for(mistakes)('$name ends with one clear message', async ({ argv, code, err }) => {
  const { path, asked } = await setUp();
  const result = await agentctl(path, ...argv);
  expect({ out: result.out, code: result.code }).toEqual({ out: '', code });
  expect(result.err).toMatch(err);
  expect(asked).toEqual([]);
});

test('a shutdown stops the replicas only when asked to', async () => {
  const { core, path, asked } = await setUp();
  busy(core);
  expect((await agentctl(path, 'shutdown', '--yes')).out).toBe(
    'the agent ends; 0 replicas stopped\n',
  );
  const all = await agentctl(path, 'shutdown', '--stop-replicas', '--yes');
  expect(all.out).toBe('the agent ends; 1 replicas stopped\n');
  expect(asked).toEqual([false, true]);
});

test('an agent that is not there is exit 5, and doctor finds what is wrong with one that is', async () => {
  const away = await agentctl(join(folder, 'none.sock'), 'ls');
  expect([away.code, away.out]).toEqual([5, '']);
  const { path } = await setUp();
  const { out, code } = await agentctl(path, 'doctor', '--json');
  const found: unknown = JSON.parse(out);
  expect(code).toBe(1);
  expect(found).toContainEqual({
    check: 'samples',
    verdict: 'FAIL',
    finding: '0 cards, 0.0 s old: sampling has stalled',
    advice: 'journalctl -u tangram-agent | grep sampling',
  });
});

test('why nobody answers is said in words, and other errors are left alone', () => {
  const cause = new Error('14 UNAVAILABLE: connect ECONNREFUSED /x');
  const away = new AppError('AGENT_AWAY', 'the agent on /x does not answer', { cause });
  expect(renderError(explainAway(away, '/x'))).toBe(
    'error: the agent on /x does not answer: the socket is there, but nobody listens on it\n' +
      'hint: is the agent running, and is /x its socket? name another with --socket or TANGRAM_SOCKET\n',
  );
  const other = new AppError('GPU_UNKNOWN', 'no card');
  expect(explainAway(other, '/x')).toBe(other);
});

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  parseGpuUuid,
  parseModelName,
  parseReplicaId,
  parseSliceId,
} from '../../shared/domain/ids.ts';
import type { GpuInventory, Inventory } from '../../shared/domain/inventory.ts';
import type { NodeTarget } from '../../shared/domain/node-target.ts';
import type { SliceShape } from '../../shared/domain/slice.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { decodeInventory } from '../../shared/wire/inventory-codec.ts';
import { encodeTarget } from '../../shared/wire/target-codec.ts';
import { cluster, must, node } from '../fakes/agent/fake-core.ts';
import { FakeCoordinator } from '../fakes/agent/fake-coordinator.ts';

// The whole agent as a user starts it: built, on simulated cards, with models as plain processes.

/** Real programs start here a dozen times, on machines that may be busy with other tests. */
const limits = { timeout: 480_000 };

const answer = `require('node:http').createServer((q, s) => s.end('hello from ' + process.env.TANGRAM_REPLICA)).listen(process.env.PORT, '127.0.0.1')`;

let folder = '';
let coordinator: FakeCoordinator;
const agents: ChildProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tgm-'));
  coordinator = await new FakeCoordinator({ heartbeatMs: 5_000 }).open();
});

afterEach(async () => {
  for (const agent of agents.splice(0)) {
    if (agent.exitCode !== null || agent.signalCode !== null) continue;
    agentctl('shutdown', '--stop-replicas', '--yes');
    await ended(agent);
  }
  endMpsDaemons();
  coordinator.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Daemons outlive their agent by design, so that its replicas run on: the test ends those of its own folder. */
function endMpsDaemons(): void {
  const cards = existsSync(join(folder, 'mps')) ? readdirSync(join(folder, 'mps')) : [];
  for (const card of cards) {
    askMps(card, 'quit');
  }
}

function askMps(card: string, command: string): string {
  const { stdout } = spawnSync(process.execPath, [built('agent/simulator/mps-control/bin.js')], {
    input: `${command}\n`,
    env: { ...process.env, CUDA_MPS_PIPE_DIRECTORY: join(folder, 'mps', card, 'pipe') },
    timeout: 60_000,
    encoding: 'utf8',
  });
  return stdout;
}

function built(path: string): string {
  return fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
}

function writeConfig(): string {
  const file = join(folder, 'agent.yaml');
  const lines = [
    `node: ${node}`,
    `coordinator: ${coordinator.address}`,
    'tls: off',
    'stateDir: state',
    'socket: agent.sock',
    'http: 127.0.0.1:0',
    'authority: cut',
    'mps: { dir: mps }',
    'docker: { enabled: false }',
    'policy: policy.yaml',
    'stopGrace: 2s',
    'readyFile: ready.json',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'policy.yaml'), 'processRuntime: allow\n');
  return file;
}

async function startAgent(): Promise<{ readonly agent: ChildProcess; readonly metrics: string }> {
  const ready = join(folder, 'ready.json');
  rmSync(ready, { force: true });
  const args = [built('agent/main.js'), '--config', writeConfig(), '--simulate', 'A100-40GB,L40S'];
  const agent = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  agents.push(agent);
  await until('the ready file', () => {
    if (agent.exitCode !== null) throw new Error(`the agent ended with ${agent.exitCode}`);
    return existsSync(ready);
  });
  const said: unknown = JSON.parse(readFileSync(ready, 'utf8'));
  expect(said).toEqual({
    node,
    metrics: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/),
    socket: join(folder, 'agent.sock'),
  });
  return { agent, metrics: Object(said).metrics };
}

function agentctl(...argv: string[]) {
  const args = [built('agent/cli/bin.js'), '--socket', join(folder, 'agent.sock'), ...argv];
  return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 180_000 });
}

function agentctlJson(...argv: string[]): unknown {
  const { stdout, stderr, status } = agentctl(...argv, '--json');
  if (status !== 0) throw new Error(`agentctl ${argv.join(' ')}: ${stderr}`);
  return JSON.parse(stdout);
}

async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 45_000) {
  const deadline = systemClock.monotonicMs() + ms;
  while (!(await holds())) {
    if (systemClock.monotonicMs() > deadline) throw new Error(`not in time: ${what}`);
    await systemClock.sleep(50, new AbortController().signal);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
}

function inventoryHeard(): Inventory | undefined {
  const message = coordinator.heard.findLast((each) => each.hello?.inventory ?? each.inventory);
  const inventory = message?.inventory ?? message?.hello?.inventory;
  return inventory ? must(decodeInventory(inventory)) : undefined;
}

/** One model on a MIG instance of the first card, one on an MPS share of the second. */
function targetFor(inventory: Inventory): NodeTarget {
  const [a100, l40s] = inventory.gpus;
  const profile = a100?.geometry?.profiles.find((each) => each.name === '2g.10gb');
  const start = profile?.placementStarts[0];
  if (a100 === undefined || l40s === undefined || profile === undefined || start === undefined) {
    throw new Error('the node has an A100 that tells its geometry, and an L40S');
  }
  const { giProfileId, placementSize: size, memoryMib } = profile;
  const mig: SliceShape = {
    kind: 'mig',
    giProfileId,
    start,
    profile: profile.name,
    size,
    memoryMib,
  };
  const mps: SliceShape = { kind: 'mps', memoryMib: 4_096, smPercent: 25 };
  const gpuTarget = (gpu: GpuInventory, name: string, shape: SliceShape) => ({
    gpu: must(parseGpuUuid(gpu.uuid)),
    layoutRevision: gpu.layoutRevision,
    mode: shape.kind,
    slices: [{ id: must(parseSliceId(name)), incarnation: 1, node, gpu: gpu.uuid, shape }],
  });
  const replica = (name: string, slice: string) => ({
    replica: must(parseReplicaId(name)),
    model: must(parseModelName(name.split('-')[0] ?? '')),
    modelVersion: 1,
    workload: {
      image: null,
      command: [process.execPath, '-e', answer],
      args: [],
      env: {},
      port: 8_000,
      health: { path: '/', startupDeadlineMs: 60_000 },
      cpuMillis: 0,
      memoryMib: 0,
      mounts: [],
      writableRoot: false,
    },
    slices: [must(parseSliceId(slice))],
    processes: 1,
  });
  return {
    clusterId: cluster,
    epoch: 1,
    generation: 1,
    node,
    gpus: [gpuTarget(a100, 's-mig', mig), gpuTarget(l40s, 's-mps', mps)],
    replicas: [replica('cut-00000001', 's-mig'), replica('shared-00000002', 's-mps')],
    tombstones: [],
  };
}

interface Ready {
  readonly replica: string;
  readonly address: string;
  readonly runtimeId: string;
}

function readyReplicas(): readonly Ready[] {
  const report = coordinator.heard.findLast((message) => message.status)?.status;
  return (report?.replicas ?? [])
    .filter((each) => each.phase === 'REPLICA_PHASE_READY')
    .map(({ replica, address, runtimeId }) => ({ replica, address, runtimeId }))
    .sort((a, b) => a.replica.localeCompare(b.replica));
}

async function bothReady(): Promise<readonly Ready[]> {
  await until('two ready replicas', () => readyReplicas().length === 2);
  return readyReplicas();
}

test(
  'a target becomes slices and serving replicas, seen by agentctl and metrics, and outlives the agent',
  limits,
  async () => {
    const { agent, metrics } = await startAgent();
    await until('an inventory with both cards', () => inventoryHeard()?.gpus.length === 2);
    const inventory = inventoryHeard();
    if (inventory === undefined) throw new Error('the inventory was heard');
    coordinator.say({ target: encodeTarget(targetFor(inventory)) });
    const first = await bothReady();
    const served = await Promise.all(
      first.map(async ({ address }) => (await fetch(`http://${address}/`)).text()),
    );
    expect(served).toEqual(['hello from cut-00000001', 'hello from shared-00000002']);

    expect(agentctlJson('ls')).toMatchObject([
      {
        mode: 'mig',
        slices: [
          {
            slice: 's-mig',
            replica: 'cut-00000001',
            state: 'ready',
            enforcement: 'hardware',
            deviceUuid: expect.stringMatching(/^MIG-/),
          },
        ],
      },
      {
        mode: 'mps',
        slices: [
          { slice: 's-mps', replica: 'shared-00000002', state: 'ready', enforcement: 'process' },
        ],
      },
    ]);
    await until('the memory of both replicas in the metrics', async () => {
      const text = await (await fetch(metrics)).text();
      return ['cut-00000001', 'shared-00000002'].every((name) =>
        new RegExp(
          `^tangram_slice_memory_used_bytes\\{.*replica="${name}",allocation=""\\} [1-9]`,
          'm',
        ).test(text),
      );
    });
    const [shared] = readdirSync(join(folder, 'mps'));
    const told = ['active_thread_percentage', 'device_pinned_mem_limit 0'].map((each) =>
      askMps(shared ?? '', `get_default_${each}`),
    );
    expect(told).toEqual(['25.0\n', '4G\n']);
    // Once: the daemon is the one that was told, however often it is looked at.
    const limits = /let a client|a client may use/g;
    expect(agentctl('events').stdout.match(limits)).toHaveLength(1);
    expect(agentctl('logs', 'cut-00000001').status).toBe(0);
    expect(agentctl('doctor').stdout).not.toContain('FAIL');

    agent.kill('SIGKILL');
    await ended(agent);
    const sessions = coordinator.sessions;
    coordinator.heard.length = 0;
    await startAgent();
    await until('another session', () => coordinator.sessions > sessions);
    expect(await bothReady()).toEqual(first);
  },
);

test(
  'SIGTERM leaves replicas running; a shutdown that says so stops them, and a new start resumes them',
  limits,
  async () => {
    const { agent } = await startAgent();
    await until('an inventory with both cards', () => inventoryHeard()?.gpus.length === 2);
    const inventory = inventoryHeard();
    if (inventory === undefined) throw new Error('the inventory was heard');
    coordinator.say({ target: encodeTarget(targetFor(inventory)) });
    const [first] = await bothReady();
    agent.kill('SIGTERM');
    await ended(agent);
    expect({ code: agent.exitCode, ready: existsSync(join(folder, 'ready.json')) }).toEqual({
      code: 0,
      ready: false,
    });
    expect((await fetch(`http://${first?.address ?? ''}/`)).status).toBe(200);

    coordinator.heard.length = 0;
    const second = await startAgent();
    await bothReady();
    const { stdout, stderr } = agentctl('shutdown', '--stop-replicas', '--yes');
    expect({ stdout, stderr }).toEqual({
      stdout: 'the agent ends; 2 replicas stopped\n',
      stderr: '',
    });
    await ended(second.agent);
    await expect(fetch(`http://${first?.address ?? ''}/`)).rejects.toThrow();

    coordinator.heard.length = 0;
    await startAgent();
    const resumed = await bothReady();
    expect(resumed.map(({ replica }) => replica)).toEqual(['cut-00000001', 'shared-00000002']);
    // Not a crash: nothing waited, and nothing is counted.
    const told = coordinator.heard.flatMap((message) => message.status?.replicas ?? []);
    expect(told.filter((each) => each.phase === 'REPLICA_PHASE_BACKOFF')).toEqual([]);
    expect(new Set(told.map((each) => each.restarts))).toEqual(new Set([0]));
  },
);

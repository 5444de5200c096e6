import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, TestCluster, webServer } from './cluster-harness.ts';

const cluster = new TestCluster();
const backups = join(cluster.folder, 'backups');
const file = join(cluster.folder, 'cluster.snapshot');
const state = join(cluster.folder, 'coordinator');

interface ReplicaJson {
  readonly replica: string;
  readonly model: string;
  readonly phase: string;
  readonly address: string;
  readonly runtimeId: string;
}

function model(name: string): object {
  return {
    apiVersion: 'tangram/v1',
    kind: 'Model',
    metadata: { name },
    spec: {
      process: { command: [process.execPath, webServer] },
      gpu: { memory: '4GiB', isolation: 'mig' },
      health: { path: '/healthz', startupDeadline: '30s' },
    },
  };
}

function json<T>(...args: readonly string[]): T {
  const ran = cluster.tangram(...args, '--json');
  if (ran.code !== 0) throw new Error(ran.stderr);
  // What the command prints is what the test asks it for.
  return JSON.parse(ran.stdout) as T;
}

async function serving(name: string): Promise<ReplicaJson> {
  return eventually(`${name} serves`, () =>
    json<{ replicas: ReplicaJson[] }>('ps').replicas.find(
      (each) => each.model === name && each.phase === 'REPLICA_PHASE_READY',
    ),
  );
}

async function pidOf({ address }: Pick<ReplicaJson, 'address'>): Promise<number> {
  const answer = (await (await fetch(`http://${address}/`)).json()) as { pid: number };
  return answer.pid;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const config = { backup: { to: backups, every: '1m', keep: 2 } };

beforeAll(async () => {
  mkdirSync(backups);
  await cluster.startCoordinator(config);
  await cluster.startAgent('node-a', { cards: '2xA100-40GB' });
});
afterAll(() => cluster.stop());

test('a coordinator that lost everything but a snapshot goes on with its fleet, and restarts nothing', async () => {
  expect(cluster.apply(model('kept'))).toMatchObject({ code: 0 });
  const kept = await serving('kept');
  const keptPid = await pidOf(kept);
  const before = await snapshotOf(file);
  // What was declared after the copy is not in it.
  expect(cluster.apply(model('later'))).toMatchObject({ code: 0 });
  const later = await serving('later');
  const laterPid = await pidOf(later);

  await cluster.coordinator?.end('SIGKILL');
  rmSync(state, { recursive: true });
  expect(await pidOf(kept)).toBe(keptPid);
  const configFile = join(cluster.folder, 'coordinator.yaml');
  const restore = ['snapshot', 'restore', file, '--coordinator-config', configFile];
  expect(cluster.tangram(...restore)).toMatchObject({ code: 0, stderr: '' });
  const again = cluster.tangram(...restore);
  expect(again.code).not.toBe(0);
  expect(again.stderr).toMatch(/the store holds a cluster already/);

  await cluster.startCoordinator(config);
  await eventually('the agent is back', () =>
    /^node-a +ready/m.test(cluster.tangram('get', 'nodes').stdout),
  );
  const after = await snapshotOf(`${file}.2`);
  expect(after.clusterId).toBe(before.clusterId);
  expect(after.epoch).toBeGreaterThan(before.epoch);
  const same = await serving('kept');
  expect(same).toMatchObject({ replica: kept.replica, runtimeId: kept.runtimeId });
  expect(await pidOf(same)).toBe(keptPid);
  // It goes on, and its model with it.
  const adopted = await serving('later');
  expect(adopted).toMatchObject({ replica: later.replica, runtimeId: later.runtimeId });
  expect(await pidOf(later)).toBe(laterPid);
  expect(cluster.tangram('events').stdout).toContain('adopted');
  expect(cluster.tangram('delete', 'later', '--yes')).toMatchObject({ code: 0 });
  await eventually('what was adopted can be ended', () => !isAlive(laterPid));
});

test('a coordinator with the key backup takes copies by itself, and says how that goes', async () => {
  const [first] = await eventually('a backup is there', () => {
    const found = existsSync(backups) ? readdirSync(backups) : [];
    return found.length > 0 && found;
  });
  const checked = cluster.tangram('snapshot', 'check', join(backups, first ?? ''));
  expect(checked).toMatchObject({ code: 0 });
  expect(checked.stdout).toMatch(/entries of cluster-\w+ as of /);
  const torn = join(cluster.folder, 'torn');
  writeFileSync(torn, readFileSync(join(backups, first ?? '')).subarray(0, -10));
  const refused = cluster.tangram('snapshot', 'check', torn);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toMatch(/^error: /);
});

interface Header {
  readonly clusterId: string;
  readonly epoch: number;
}

async function snapshotOf(path: string): Promise<Header> {
  const saved = json<{ header: Header }>('snapshot', 'save', path);
  return saved.header;
}

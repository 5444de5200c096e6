import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, TestCluster, webServer } from './cluster-harness.ts';

const cluster = new TestCluster();

interface ReplicaJson {
  readonly replica: string;
  readonly model: string;
  readonly phase: string;
  readonly runtimeId: string;
  readonly startedAtMs: string;
  readonly restarts: number;
}

interface AllocationJson {
  readonly name: string;
  readonly state: string;
  readonly node: string;
  readonly access: { readonly deviceUuids: readonly string[] };
}

function model(name: string, isolation: 'mig' | 'mps', replicas: number): object {
  return {
    apiVersion: 'tangram/v1',
    kind: 'Model',
    metadata: { name, labels: { namespace: 'nlp' } },
    spec: {
      replicas,
      process: { command: [process.execPath, webServer] },
      gpu: { memory: '4GiB', isolation },
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

async function serving(count: number): Promise<readonly Omit<ReplicaJson, 'phase'>[]> {
  return eventually(`${count} replicas serve`, () => {
    const { replicas } = json<{ replicas: ReplicaJson[] }>('ps');
    const ready = replicas.filter(({ phase }) => phase === 'REPLICA_PHASE_READY');
    return (
      ready.length === count &&
      ready
        .map(({ replica, model: of, runtimeId, startedAtMs, restarts }) => ({
          replica,
          model: of,
          runtimeId,
          startedAtMs,
          restarts,
        }))
        .sort((left, right) => (left.replica < right.replica ? -1 : 1))
    );
  });
}

/** The one that there is, once it can be used. */
async function allocation(): Promise<object> {
  return eventually('the allocation can be used', () => {
    const listed = json<{ allocations: AllocationJson[] }>('allocations').allocations;
    const ready = listed.find(({ state }) => state === 'ALLOCATION_STATE_READY');
    return ready && { name: ready.name, node: ready.node, devices: ready.access.deviceUuids };
  });
}

beforeAll(async () => {
  await cluster.startCoordinator();
  await cluster.startAgent('node-a', { cards: 'A100-40GB,L40S' });
  await cluster.startAgent('node-b', { cards: 'L40S' });
});
afterAll(() => cluster.stop());

test('an empty store that is told whose cluster it is takes on its models and allocations as they are', async () => {
  expect(cluster.apply(model('cut', 'mig', 2))).toMatchObject({ code: 0 });
  expect(cluster.apply(model('shared', 'mps', 2))).toMatchObject({ code: 0 });
  const before = await serving(4);
  const needs = ['--memory', '4GiB', '--isolation', 'mig', '--ttl', '1h', '--wait'];
  const allocated = cluster.tangram('allocate', 'notebook', ...needs);
  expect(allocated.stderr).not.toContain('error');
  expect(allocated.code).toBe(0);
  const copy = join(cluster.folder, 'copy');
  const { header } = json<{ header: { clusterId: string } }>('snapshot', 'save', copy);
  const reserved = await allocation();

  await cluster.coordinator?.end('SIGKILL');
  rmSync(join(cluster.folder, 'coordinator'), { recursive: true });
  await cluster.startCoordinator({}, { args: ['--adopt-cluster', header.clusterId] });
  expect(await serving(4)).toEqual(before);
  const models = json<{ models: { name: string; labels: object; spec: { replicas: number } }[] }>(
    'get',
    'models',
  ).models;
  expect(
    models.map(({ name, labels, spec: { replicas } }) => ({ name, labels, replicas })),
  ).toEqual([
    { name: 'cut', labels: { namespace: 'nlp' }, replicas: 2 },
    { name: 'shared', labels: { namespace: 'nlp' }, replicas: 2 },
  ]);
  expect(await allocation()).toEqual(reserved);

  // They are a cluster like any other now: one goes, the rest stays what it was.
  expect(cluster.tangram('scale', 'cut', '1', '--yes')).toMatchObject({ code: 0 });
  const after = await serving(3);
  for (const each of after) expect(before).toContainEqual(each);
});

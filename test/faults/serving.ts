import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { connectCoordinator, type CoordinatorClient } from '../../coordinator/cli/client.ts';
import { eventually, webServer, type TestCluster } from '../integration/cluster-harness.ts';

/** One replica that is ready; after a fault that must not touch it, the same again. */
export interface Serving {
  readonly replica: string;
  readonly node: string;
  /** The process or container. */
  readonly runtimeId: string;
  readonly startedAtMs: string;
  readonly restarts: number;
}

const callMsMax = 5_000;

/** A client that waits for no answer longer than a stopped coordinator deserves. */
export function patientClient(cluster: TestCluster): CoordinatorClient {
  return connectCoordinator(cluster.grpc, () => new Date(Date.now() + callMsMax));
}

/** A model of plain processes on MIG slices, as a manifest. */
export function processModel(name: string, replicas: number, more: object = {}): object {
  return {
    apiVersion: 'tangram/v1',
    kind: 'Model',
    metadata: { name },
    spec: {
      replicas,
      process: { command: [process.execPath, webServer] },
      gpu: { memory: '4GiB', isolation: 'mig' },
      health: { path: '/healthz', startupDeadline: '30s' },
      ...more,
    },
  };
}

/** What is ready now, in order of names. */
export async function serving(
  client: CoordinatorClient,
  model: string,
): Promise<readonly Serving[]> {
  const { status } = await client.getModel(model);
  return (status?.replicas ?? [])
    .filter(({ phase }) => phase === 'REPLICA_PHASE_READY')
    .map(({ replica, node, runtimeId, startedAtMs, restarts }) => ({
      replica,
      node,
      runtimeId,
      startedAtMs,
      restarts,
    }))
    .sort((left, right) => (left.replica < right.replica ? -1 : 1));
}

/** Waits until so many are ready; says what is there when they are not. */
export async function allServing(
  client: CoordinatorClient,
  model: string,
  count: number,
): Promise<readonly Serving[]> {
  return eventually(`${count} replica(s) of ${model} are ready`, async () => {
    const found = await serving(client, model);
    if (found.length === count) return found;
    const { status } = await client.getModel(model);
    throw new Error(JSON.stringify(status?.replicas));
  });
}

/** Whether a process runs, whoever started it; one that ended and whose parent has not looked yet does not. */
export function lives(pid: string): boolean {
  try {
    // `pid (name) state …`; a name may hold anything but comes before the last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^\) [ZX]/.test(stat.slice(stat.lastIndexOf(')')));
  } catch {
    return false;
  }
}

/** `ready`, `suspect`, `lost`, …: what the coordinator thinks of a node. */
export async function availability(client: CoordinatorClient, node: string): Promise<string> {
  const found = await client.getNode(node);
  return found.availability.replace('NODE_AVAILABILITY_', '').toLowerCase();
}

/** Waits for a node to be `wanted`; answers after how many milliseconds it was. */
export async function untilNodeIs(
  client: CoordinatorClient,
  node: string,
  wanted: string,
): Promise<number> {
  const fromMs = performance.now();
  await eventually(`${node} is ${wanted}`, async () => {
    const found = await availability(client, node);
    if (found !== wanted) throw new Error(`it is ${found}`);
    return true;
  });
  return performance.now() - fromMs;
}

/** What was measured, for people who read the output; nothing is judged by it. */
export function tell(row: number, text: string): void {
  process.stdout.write(`row ${row}: ${text}\n`);
}

/** No slice is held twice, and no replica is in two places: asked of what runs, not of what is planned. */
export async function expectNoDoublePlacement(client: CoordinatorClient): Promise<void> {
  const replicas = (await client.listNodes()).flatMap((node) => node.replicas);
  expect(repeated(replicas.map(({ replica }) => replica))).toEqual([]);
  const held = replicas.flatMap(({ slices }) =>
    slices.flatMap(({ gpuUuid, shape }) => (shape?.mig ? [`${gpuUuid} ${shape.mig.start}`] : [])),
  );
  expect(repeated(held)).toEqual([]);
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, at) => names.indexOf(name) !== at);
}

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CoordinatorClient } from '../../coordinator/cli/client.ts';
import { ChaosProxy } from '../fakes/chaos-proxy.ts';
import {
  allServing,
  expectNoDoublePlacement,
  lives,
  patientClient,
  processModel,
  serving,
  tell,
  untilNodeIs,
} from '../faults/serving.ts';
import { eventually, TestCluster } from './cluster-harness.ts';

// Rows 1, 2, 4 and 14 of test/faults/README.md: processes that die, stop, or are only pretended to be there.

const cluster = new TestCluster();
const cards = '2xA100-40GB';
const extra = { docker: { enabled: false } };
let client: CoordinatorClient;
/** Between node-b and the coordinator. */
let proxy: ChaosProxy;

beforeAll(async () => {
  await cluster.startCoordinator();
  proxy = await ChaosProxy.before(cluster.grpc);
  client = patientClient(cluster);
  await cluster.startAgent('node-a', { cards, extra });
  await cluster.startAgent('node-b', { cards, extra: { ...extra, coordinator: proxy.endpoint } });
  expect(cluster.apply(processModel('serves', 2, { placement: { maxPerNode: 1 } })).stderr).toBe(
    '',
  );
  await allServing(client, 'serves', 2);
});
afterEach(async () => {
  proxy.heal();
  await expectNoDoublePlacement(client);
});
afterAll(async () => {
  client.close();
  await proxy.close();
  await cluster.stop();
});

const on = async (node: string) =>
  (await serving(client, 'serves')).find((each) => each.node === node);
const pid = (node: string): number => cluster.agents.get(node)?.pid ?? -1;

test('row 1: a killed agent is noticed at once, its models run on, and the next one adopts them all', async () => {
  const before = await allServing(client, 'serves', 2);
  await cluster.agents.get('node-a')?.end('SIGKILL');
  const noticedMs = await untilNodeIs(client, 'node-a', 'suspect');
  for (const { runtimeId } of before) expect(lives(runtimeId)).toBe(true);
  await cluster.startAgent('node-a', { cards, extra });
  const backMs = await untilNodeIs(client, 'node-a', 'ready');
  await eventually('every replica is as it was', async () => {
    expect(await serving(client, 'serves')).toEqual(before);
    return true;
  });
  tell(
    1,
    `suspect after ${noticedMs.toFixed(0)} ms, adopted ${backMs.toFixed(0)} ms after its start`,
  );
});

test('row 2: an agent that is stopped is suspect; continued, it acts on what is wanted by then', async () => {
  const stopped = await on('node-a');
  process.kill(pid('node-a'), 'SIGSTOP');
  const noticedMs = await untilNodeIs(client, 'node-a', 'suspect');
  // What is wanted changes while it cannot hear: it must never start what was wanted in between.
  await client.scaleModel('serves', 3);
  await client.scaleModel('serves', 2);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  process.kill(pid('node-a'), 'SIGCONT');
  await untilNodeIs(client, 'node-a', 'ready');
  await allServing(client, 'serves', 2);
  expect(await on('node-a')).toEqual(stopped);
  const node = await eventually('it obeys the newest target', async () => {
    const found = await client.getNode('node-a');
    return found.acceptedGeneration === found.generation && found;
  });
  expect(node.replicas).toHaveLength(1);
  tell(2, `suspect after ${noticedMs.toFixed(0)} ms`);
});

test('row 4: a killed coordinator loses nothing that it acknowledged, and no model notices', async () => {
  const before = await allServing(client, 'serves', 2);
  for (let at = 0; at < 20; at += 1) {
    await client.scaleModel('serves', 2);
    const name = `kept-${at}`;
    const { spec } = await client.getModel('serves');
    await client.applyModel({ model: { name, labels: {}, spec: { ...spec, replicas: 0 } } });
  }
  const generations = (await client.listNodes()).map(({ generation }) => Number(generation));
  await cluster.coordinator?.end('SIGKILL');
  const fromMs = performance.now();
  await cluster.startCoordinator();
  const backMs = performance.now() - fromMs;
  const kept = (await client.listModels()).map(({ name }) => name);
  for (let at = 0; at < 20; at += 1) expect(kept).toContain(`kept-${at}`);
  await eventually('every replica is as it was', async () => {
    expect(await serving(client, 'serves')).toEqual(before);
    return true;
  });
  const after = (await client.listNodes()).map(({ generation }) => Number(generation));
  for (const [at, generation] of after.entries()) {
    expect(generation).toBeGreaterThanOrEqual(generations[at] ?? 0);
  }
  tell(4, `ready ${backMs.toFixed(0)} ms after its start`);
});

test('row 14: an agent leaves a coordinator that keeps its connection and says nothing, and one that never speaks', async () => {
  await untilNodeIs(client, 'node-b', 'ready');
  const before = await on('node-b');
  const dialled = proxy.accepted;
  proxy.set({ toClient: { held: true } });
  proxy.welcome('silence');
  const fromMs = performance.now();
  await eventually('it dials anew', () => proxy.accepted > dialled);
  const leftMs = performance.now() - fromMs;
  await untilNodeIs(client, 'node-b', 'suspect');
  expect(lives(before?.runtimeId ?? '')).toBe(true);
  proxy.heal();
  const backMs = await untilNodeIs(client, 'node-b', 'ready');
  await eventually('the replica is as it was', async () => {
    expect(await on('node-b')).toEqual(before);
    return true;
  });
  tell(14, `left after ${leftMs.toFixed(0)} ms, back ${backMs.toFixed(0)} ms after it was mended`);
});

test('row 14: bytes that were turned on the way cost a connection, never a model', async () => {
  const before = await on('node-b');
  proxy.set({ toClient: { flipEvery: 7 }, toServer: { flipEvery: 13 } });
  await untilNodeIs(client, 'node-b', 'suspect');
  proxy.heal();
  proxy.reset();
  await untilNodeIs(client, 'node-b', 'ready');
  await eventually('the replica is as it was', async () => {
    expect(await on('node-b')).toEqual(before);
    return true;
  });
  expect(cluster.coordinator?.running).toBe(true);
  expect(cluster.agents.get('node-b')?.running).toBe(true);
});

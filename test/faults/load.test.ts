import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CoordinatorClient } from '../../coordinator/cli/client.ts';
import { Swarm, type SwarmCounts } from '../bench/control-plane/swarm.ts';
import { ChaosProxy } from '../fakes/chaos-proxy.ts';
import { eventually, TestCluster } from '../integration/cluster-harness.ts';
import { allServing, patientClient, processModel, tell, untilNodeIs } from './serving.ts';

// Rows 13 (a narrow line), 16, 28, 29 and 31: too much of everything, at the size that two cores bear. The bench holds
// the coordinator to 5,000 agents.

const cards = 'A100-40GB';
const extra = { docker: { enabled: false } };
const agents = 150;
let cluster: TestCluster;
let client: CoordinatorClient;

beforeEach(async () => {
  cluster = new TestCluster();
  await cluster.startCoordinator();
  client = patientClient(cluster);
});
afterEach(async () => {
  client.close();
  await cluster.stop();
});

const rest = async (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

const rssMib = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
/** How many batches of samples an agent has dropped, as it tells Prometheus. */
async function droppedBy(node: string): Promise<number> {
  // What the agent writes when it listens.
  const ready = JSON.parse(readFileSync(join(cluster.folder, `${node}.ready.json`), 'utf8')) as {
    readonly metrics: string;
  };
  const page = await (await fetch(ready.metrics)).text();
  const found = /^tangram_agent_telemetry_batches_dropped_total\{.*\} (\d+)$/m.exec(page);
  if (found === null) throw new Error('the counter is not on the page');
  return Number(found[1]);
}
const files = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

test('row 13 and 28: on a narrow, slow line telemetry is shed, and commands are not', async () => {
  const proxy = await ChaosProxy.before(cluster.grpc);
  try {
    const telemetry = { interval: '100ms' };
    await cluster.startAgent('n1', {
      cards: '8xA100-40GB',
      extra: { ...extra, telemetry, coordinator: proxy.endpoint },
    });
    await untilNodeIs(client, 'n1', 'ready');
    const pid = cluster.agents.get('n1')?.pid ?? -1;
    const beforeMib = rssMib(pid);
    const droppedBefore = await droppedBy('n1');
    proxy.both({ delayMs: 100, jitterMs: 200, bytesPerSecond: 16_000 });
    const fromMs = performance.now();
    expect(cluster.apply(processModel('serves', 2)).stderr).toBe('');
    await allServing(client, 'serves', 2);
    const servedMs = performance.now() - fromMs;
    // Four batches are under way at most, and an answer to each takes the delay of both ways.
    await eventually(
      'samples are dropped',
      async () => (await droppedBy('n1')) > droppedBefore + 20,
    );
    expect(rssMib(pid) - beforeMib).toBeLessThan(64);
    const { availability } = await client.getNode('n1');
    expect(['NODE_AVAILABILITY_READY', 'NODE_AVAILABILITY_SUSPECT']).toContain(availability);
    await client.scaleModel('serves', 3);
    await allServing(client, 'serves', 3);
    const dropped = (await droppedBy('n1')) - droppedBefore;
    tell(
      13,
      `16 kB/s, 100 to 300 ms: two replicas served after ${servedMs.toFixed(0)} ms, ${dropped} batches dropped`,
    );
    proxy.heal();
    await untilNodeIs(client, 'n1', 'ready');
  } finally {
    await proxy.close();
  }
});

test('row 16: a second host that says it is the same node is refused and told, and the first one serves on', async () => {
  await cluster.startAgent('n1', { cards, extra });
  expect(cluster.apply(processModel('serves', 1)).stderr).toBe('');
  const before = await allServing(client, 'serves', 1);
  const id = (await client.getNode('n1')).gpus.map(({ uuid }) => uuid);
  await cluster.startAgent('twin', { cards, extra: { ...extra, node: 'n1' } });
  const until = performance.now() + 6_000;
  while (performance.now() < until) {
    const node = await client.getNode('n1');
    expect(node.gpus.map(({ uuid }) => uuid)).toEqual(id);
    expect(node.availability).toBe('NODE_AVAILABILITY_READY');
    await rest(250);
  }
  expect(cluster.agents.get('twin')?.log()).toMatch(/n1/);
  expect(cluster.agentctl('twin', 'ps').stdout).not.toContain('serves');
  expect(await allServing(client, 'serves', 1)).toEqual(before);
  tell(
    16,
    (cluster.agents.get('twin')?.log() ?? '')
      .split('\n')
      .find((line) => /not connected/.test(line)) ?? '',
  );
});

test('row 29: after a restart of the coordinator all agents are back, and a real one among them with its models', async () => {
  await cluster.startAgent('n1', { cards, extra });
  expect(cluster.apply(processModel('serves', 1)).stderr).toBe('');
  const before = await allServing(client, 'serves', 1);
  const options = { address: cluster.grpc, agents, cards: '8xA100-40GB' };
  const first = new Swarm({ ...options, dialsPerSecond: 100 });
  await first.connect(60_000);
  await rest(3_000);
  const counted = first.counts();
  tell(28, `${agents} agents: ${JSON.stringify(counted satisfies SwarmCounts)}`);
  expect(counted.welcomed).toBeGreaterThanOrEqual(agents);
  await cluster.coordinator?.end('SIGKILL');
  first.close();
  await cluster.startCoordinator();
  const fromMs = performance.now();
  // All of them at once: worse than the jitter of real ones.
  const second = new Swarm({ ...options, dialsPerSecond: 100_000 });
  await second.connect(60_000);
  const backMs = performance.now() - fromMs;
  await untilNodeIs(client, 'n1', 'ready');
  expect(await allServing(client, 'serves', 1)).toEqual(before);
  // Not that none is late: those of a swarm do not dial again when this process has no time for a heartbeat.
  await eventually('each was told its target anew, and samples are taken', () => {
    const counts = second.counts();
    if (counts.targets >= agents && counts.batchesAccepted > 0) return true;
    throw new Error(JSON.stringify(counts));
  });
  expect((await client.listNodes()).length).toBe(agents + 1);
  const pid = cluster.coordinator?.pid ?? -1;
  tell(29, `${agents} agents back after ${backMs.toFixed(0)} ms, ${rssMib(pid).toFixed(0)} MiB`);
  expect(rssMib(pid)).toBeLessThan(700);
  second.close();
});

test(
  'row 31: three minutes at ten samples a second leave memory and files where they were',
  { timeout: 600_000 },
  async () => {
    const telemetry = { interval: '100ms' };
    await cluster.startAgent('n1', { cards: '8xA100-40GB', extra: { ...extra, telemetry } });
    expect(cluster.apply(processModel('serves', 2)).stderr).toBe('');
    await allServing(client, 'serves', 2);
    // What is filled once (rings, caches, compiled code) is no leak.
    await rest(60_000);
    const pids = [cluster.coordinator?.pid ?? -1, cluster.agents.get('n1')?.pid ?? -1];
    const before = pids.map((pid) => ({ mib: rssMib(pid), files: files(pid) }));
    for (let at = 0; at < 12; at += 1) {
      await client.scaleModel('serves', 3 - (at % 2));
      await rest(10_000);
    }
    const after = pids.map((pid) => ({ mib: rssMib(pid), files: files(pid) }));
    for (const [at, was] of before.entries()) {
      expect((after[at]?.mib ?? Infinity) - was.mib).toBeLessThan(40);
      expect(Math.abs((after[at]?.files ?? Infinity) - was.files)).toBeLessThanOrEqual(8);
    }
    tell(31, JSON.stringify({ before, after }));
  },
);

import { expect, test } from 'vitest';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import { modelSpec, nameOf, SimFleet } from '../../../fakes/coordinator/sim-fleet.ts';

const apply = { validateOnly: false, etag: null } as const;

async function twoNodes() {
  const fleet = new SimFleet();
  const store = new MemoryStore();
  await fleet.start(store);
  const first = fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('vad', { replicas: 2 }), apply);
  await fleet.run(5_000);
  const second = fleet.join('node-b', 'A100-40GB');
  await fleet.run(1_000);
  return { fleet, store, first, second };
}

test('a node whose agent is connected is not removed, nor one that is not known', async () => {
  const { fleet, first, second } = await twoNodes();
  await expect(fleet.core.removeNode(first.node)).rejects.toMatchObject({ code: 'NODE_IN_USE' });
  second.disconnect();
  await fleet.run(1_000);
  expect(await fleet.core.removeNode(second.node)).toEqual({ replicas: 0, allocations: [] });
  await expect(fleet.core.removeNode(second.node)).rejects.toMatchObject({ code: 'NODE_UNKNOWN' });
  await fleet.kill();
});

test('what a removed node held is placed elsewhere at once, and no word of it is left', async () => {
  const { fleet, store, first, second } = await twoNodes();
  first.disconnect();
  await fleet.run(2_000);
  expect(await fleet.core.removeNode(first.node)).toEqual({ replicas: 2, allocations: [] });
  await fleet.run(5_000);
  expect(second.running.map(({ phase }) => phase)).toEqual(['ready', 'ready']);
  expect(fleet.core.nodes().map(({ node }) => node)).toEqual(['node-b']);
  const { entries } = await store.list('');
  expect(entries.filter(({ key }) => key.includes('node-a'))).toEqual([]);
  await fleet.kill();
  await fleet.start(store);
  second.connect();
  await fleet.run(2_000);
  expect(fleet.core.nodes().map(({ node }) => node)).toEqual(['node-b']);
  expect(fleet.violations()).toEqual([]);
  await fleet.kill();
});

test('a deleted model that waited for it is gone', async () => {
  const { fleet, first } = await twoNodes();
  first.disconnect();
  await fleet.run(65_000);
  await fleet.core.deleteModel(nameOf('vad'), { validateOnly: false });
  await fleet.run(10_000);
  expect(fleet.core.model(nameOf('vad'))?.deleting).toBe(true);
  await fleet.core.removeNode(first.node);
  await fleet.run(2_000);
  expect(fleet.core.model(nameOf('vad'))).toBeUndefined();
  await fleet.kill();
});

test('one that returns after all is a new node: what it runs is left running, seen, and not touched', async () => {
  const { fleet, first, second } = await twoNodes();
  first.disconnect();
  await fleet.run(2_000);
  await fleet.core.removeNode(first.node);
  await fleet.run(5_000);
  first.connect();
  await fleet.run(10_000);
  expect(first.running.map(({ phase }) => phase)).toEqual(['ready', 'ready']);
  expect(first.ended).toEqual([]);
  expect(second.running).toHaveLength(2);
  const unknown = fleet.core
    .events({ limit: 1_000, subject: 'nodes/node-a' })
    .filter(({ kind }) => kind === 'unknown-replicas');
  expect(unknown.at(-1)?.message).toMatch(/^runs vad-\S+, vad-\S+, which this store does not know/);
  expect(fleet.violations()).toEqual([]);
  await fleet.kill();
});

test("labels of an operator win over the agent's, decide placement, and outlive both processes", async () => {
  const fleet = new SimFleet();
  const store = new MemoryStore();
  await fleet.start(store);
  const agent = fleet.join('node-a', 'A100-40GB');
  const constraints = { zone: 'eu-1' };
  const placement = { spread: 'none', maxPerNode: 0, antiAffinity: [], constraints } as const;
  agent.labels = { zone: 'us-1', rack: '7' };
  agent.disconnect();
  agent.connect();
  await fleet.core.applyModel(modelSpec('vad', { placement }), apply);
  await fleet.run(3_000);
  expect(fleet.ready('vad')).toBe(0);
  const view = await fleet.core.labelNode(agent.node, { zone: 'eu-1' });
  expect(view.labels).toEqual({ zone: 'eu-1', rack: '7' });
  await fleet.run(5_000);
  expect(fleet.ready('vad')).toBe(1);
  await fleet.kill();
  await fleet.start(store);
  expect(fleet.core.node(agent.node)?.labels).toEqual({ zone: 'eu-1', rack: '7' });
  agent.connect();
  await fleet.run(2_000);
  const plain = await fleet.core.labelNode(agent.node, { zone: '' });
  expect(plain.labels).toEqual({ zone: 'us-1', rack: '7' });
  // What is placed stays: a label decides where things go, not where they are.
  await fleet.run(5_000);
  expect(fleet.ready('vad')).toBe(1);
  await fleet.kill();
});

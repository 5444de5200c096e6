import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { MemoryStore, type StoreFault } from '../../../../coordinator/store/memory-store.ts';
import { HeardUntil } from '../../../../coordinator/fleet/heard-until.ts';
import { openSqliteStore } from '../../../../coordinator/store/sqlite-store.ts';
import {
  migNeed,
  modelSpec,
  nameOf,
  SimFleet,
  withImage,
} from '../../../fakes/coordinator/sim-fleet.ts';

const apply = { validateOnly: false, etag: null } as const;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function storePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tangram-fleet-'));
  folders.push(folder);
  return join(folder, 'store.sqlite');
}

async function withTwoNodes(): Promise<SimFleet> {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.run(5_000);
  fleet.join('node-b', 'A100-40GB');
  await fleet.run(1_000);
  return fleet;
}

test('a silent node is suspect within 2 s and its replicas are replaced after 60 s, not before', async () => {
  const fleet = await withTwoNodes();
  const [first, second] = fleet.agents;
  if (first === undefined || second === undefined) throw new Error('two agents joined');
  first.paused = true;
  // It spoke last half a second ago.
  await fleet.run(1_000);
  expect(fleet.core.node(first.node)?.availability.kind).toBe('ready');
  await fleet.run(500);
  expect(fleet.core.node(first.node)?.availability.kind).toBe('suspect');
  await fleet.run(56_500);
  expect(second.running).toEqual([]);
  await fleet.run(5_000);
  expect(fleet.core.node(first.node)?.availability.kind).toBe('lost');
  expect(second.running.map((each) => each.phase)).toEqual(['ready']);
  await fleet.kill();
});

test('nobody is called silent while what agents said meanwhile is not read yet', async () => {
  const fleet = new SimFleet();
  const heardUntil = new HeardUntil();
  await fleet.start(new MemoryStore(), { heardUntil });
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.run(1_000);
  agent.paused = true;
  heardUntil.looked(fleet.clock.monotonicMs(), 250);
  await fleet.run(5_000);
  expect(fleet.core.node(agent.node)?.availability.kind).toBe('ready');
  // Then it is read, and there was nothing.
  heardUntil.looked(fleet.clock.monotonicMs(), 250);
  await fleet.run(200);
  expect(fleet.core.node(agent.node)?.availability.kind).toBe('suspect');
  await fleet.kill();
});

test('a closed stream makes a node suspect at once: nothing new is placed there', async () => {
  const fleet = await withTwoNodes();
  const [first, second] = fleet.agents;
  first?.disconnect();
  await fleet.run(500);
  await fleet.core.scaleModel(nameOf('vad'), 3);
  await fleet.run(5_000);
  expect(second?.running).toHaveLength(2);
  expect(first?.running).toHaveLength(1);
  await fleet.kill();
});

test('when a lost node returns, its copy ends only once the newer one is ready', async () => {
  const fleet = await withTwoNodes();
  const [first, second] = fleet.agents;
  if (first === undefined || second === undefined) throw new Error('two agents joined');
  second.brokenImages.add('vad:1');
  first.disconnect();
  await fleet.run(65_000);
  expect(second.running.map((each) => each.phase)).toEqual(['starting']);
  first.connect();
  await fleet.run(10_000);
  expect(first.running.map((each) => each.phase)).toEqual(['ready']);
  expect(first.ended).toEqual([]);
  second.brokenImages.clear();
  await fleet.run(10_000);
  expect(second.running.map((each) => each.phase)).toEqual(['ready']);
  expect(first.running).toEqual([]);
  expect(first.slices).toEqual([]);
  expect(fleet.core.model(nameOf('vad'))?.replicas).toHaveLength(1);
  await fleet.kill();
});

test('a lost node that returns before a place was found keeps its replica', async () => {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.run(5_000);
  agent.disconnect();
  await fleet.run(65_000);
  expect(fleet.core.model(nameOf('vad'))?.pendingCount).toBe(1);
  agent.connect();
  await fleet.run(5_000);
  expect(fleet.core.model(nameOf('vad'))).toMatchObject({ pendingCount: 0 });
  expect(agent.ended).toEqual([]);
  expect(fleet.ready('vad')).toBe(1);
  await fleet.kill();
});

test('when many nodes go silent at once nothing is replaced, and that is said', async () => {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  for (const name of ['node-a', 'node-b', 'node-c', 'node-d']) fleet.join(name, 'A100-40GB');
  await fleet.core.applyModel(
    modelSpec('vad', {
      replicas: 4,
      placement: { spread: 'node', maxPerNode: 1, antiAffinity: [], constraints: {} },
    }),
    apply,
  );
  await fleet.run(5_000);
  expect(fleet.ready('vad')).toBe(4);
  for (const agent of fleet.agents.slice(0, 2)) agent.disconnect();
  await fleet.run(120_000);
  expect(fleet.core.nodes().map((node) => node.availability.kind)).toEqual([
    'suspect',
    'suspect',
    'ready',
    'ready',
  ]);
  expect(fleet.eventKinds().filter((kind) => kind === 'mass-loss')).toHaveLength(1);
  expect(fleet.core.heldLosses()).toEqual(['node-a', 'node-b']);
  expect(fleet.agents.map((agent) => agent.running.length)).toEqual([1, 1, 1, 1]);
  for (const agent of fleet.agents.slice(0, 2)) agent.connect();
  await fleet.run(2_000);
  expect(fleet.core.heldLosses()).toEqual([]);
  await fleet.kill();
});

test('the newest session of a rebooted host speaks; a clone of a living one is refused', async () => {
  const fleet = await withTwoNodes();
  const [first] = fleet.agents;
  if (first === undefined) throw new Error('two agents joined');
  expect(() => fleet.join('node-a', 'A100-40GB')).toThrow(/another agent speaks for node node-a/);
  fleet.agents.pop();
  first.reboot();
  first.connect();
  await fleet.run(5_000);
  expect(fleet.ready('vad')).toBe(1);
  await fleet.kill();
});

test('an agent of another cluster is refused', async () => {
  const fleet = await withTwoNodes();
  await fleet.kill();
  await fleet.start(new MemoryStore());
  expect(() => fleet.agents[0]?.connect()).toThrow(/belongs to cluster/);
  await fleet.kill();
});

test('a restarted coordinator goes on with the same claims and stops nothing', async () => {
  const path = storePath();
  const fleet = new SimFleet();
  let store = openSqliteStore(path);
  await fleet.start(store);
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('vad', { replicas: 2 }), apply);
  await fleet.run(5_000);
  const before = { running: agent.running, models: fleet.core.models() };
  const epoch = fleet.core.epoch;
  const generation = agent.received.at(-1)?.generation;
  await fleet.kill();
  await store.close();
  await fleet.run(10_000);
  expect(agent.running).toEqual(before.running);
  store = openSqliteStore(path);
  await fleet.start(store);
  expect(fleet.core.epoch).toBeGreaterThan(epoch);
  agent.connect();
  await fleet.run(5_000);
  expect(agent.running).toEqual(before.running);
  expect(agent.ended).toEqual([]);
  expect(fleet.core.models()[0]?.replicas.map((each) => each.claim)).toEqual(
    before.models[0]?.replicas.map((each) => each.claim),
  );
  expect(agent.received.at(-1)).toMatchObject({
    epoch: fleet.core.epoch,
    tombstones: [],
    generation,
  });
  await fleet.kill();
  await store.close();
});

test('a wiped store sends no tombstones and stops nothing', async () => {
  const fleet = await withTwoNodes();
  const [first] = fleet.agents;
  await fleet.kill();
  // The same cluster id in a store that knows nothing else: a backup from the first minute.
  const store = new MemoryStore();
  await fleet.start(store);
  await fleet.kill();
  for (const agent of fleet.agents) {
    agent.adoptCluster(null);
    agent.received.length = 0;
  }
  await fleet.start(store);
  for (const agent of fleet.agents) agent.connect();
  await fleet.run(20_000);
  expect(first?.running.map((each) => each.phase)).toEqual(['ready']);
  expect(first?.ended).toEqual([]);
  expect(
    fleet.agents.flatMap((agent) => agent.received.flatMap((each) => each.tombstones)),
  ).toEqual([]);
  expect(fleet.eventKinds()).toContain('unknown-replicas');
  await fleet.kill();
});

test.for([
  { what: 'beside instances', cards: 'A100-40GB', isolation: 'mig', placed: 1 },
  { what: 'nowhere on a shared card', cards: 'L40S', isolation: 'mps', placed: 0 },
] as const)('with slices that the store does not know, a new model goes $what', async (given) => {
  const fleet = new SimFleet();
  const gpu = { ...migNeed, isolation: given.isolation };
  await fleet.start(new MemoryStore());
  const agent = fleet.join('node-a', given.cards);
  await fleet.core.applyModel(modelSpec('vad', { gpu }), apply);
  await fleet.run(5_000);
  await fleet.kill();
  agent.adoptCluster(null);
  await fleet.start(new MemoryStore());
  agent.connect();
  await fleet.core.applyModel(modelSpec('other', { gpu }), apply);
  await fleet.run(5_000);
  expect(fleet.ready('other')).toBe(given.placed);
  expect(agent.violations).toEqual([]);
  expect(agent.ended).toEqual([]);
  expect(agent.running).toHaveLength(1 + given.placed);
  await fleet.kill();
});

test('an older copy of the store outbids the epochs that agents have seen', async () => {
  const fleet = new SimFleet();
  const store = new MemoryStore();
  await fleet.start(store);
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.run(1_000);
  await fleet.kill();
  agent.rememberEpoch(41);
  await fleet.start(store);
  agent.connect();
  await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.run(5_000);
  expect(fleet.core.epoch).toBeGreaterThan(41);
  expect(fleet.ready('vad')).toBe(1);
  expect(fleet.eventKinds()).toContain('store-restored');
  await fleet.kill();
});

test('an acknowledged write is there after the store is opened again', async () => {
  const path = storePath();
  const fleet = new SimFleet();
  let store = openSqliteStore(path);
  await fleet.start(store);
  const names = Array.from({ length: 20 }, (_, at) => `model-${at}`);
  await Promise.all(names.map((name) => fleet.core.applyModel(modelSpec(name), apply)));
  await fleet.kill();
  await store.close();
  store = openSqliteStore(path);
  await fleet.start(store);
  expect(fleet.core.models().map((view) => view.spec.name)).toEqual([...names].sort());
  await fleet.kill();
  await store.close();
});

test('a store that does not answer is read again before anything else is written', async () => {
  const faults: StoreFault[] = [];
  const store = new MemoryStore(() => faults.shift() ?? 'none');
  const fleet = new SimFleet();
  await fleet.start(store);
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.run(1_000);
  faults.push('lost-after');
  await expect(fleet.core.applyModel(modelSpec('vad'), apply)).rejects.toMatchObject({
    code: 'STORE_OUTCOME_UNKNOWN',
  });
  await fleet.run(2_000);
  // It was written after all, and so it is carried out.
  faults.push('lost-after', 'lost-before', 'lost-after');
  await fleet.core.scaleModel(nameOf('vad'), 2).catch(() => undefined);
  await fleet.run(10_000);
  expect(fleet.ready('vad')).toBe(2);
  expect(agent.running).toHaveLength(2);
  expect(fleet.violations()).toEqual([]);
  await fleet.kill();
});

test('a coordinator that lost its term stops', async () => {
  const store = new MemoryStore();
  const fleet = new SimFleet();
  await fleet.start(store);
  const old = fleet.core;
  await store.lead('coordinator', { holder: 'another' });
  await expect(old.applyModel(modelSpec('vad'), apply)).rejects.toMatchObject({
    code: 'NOT_LEADER',
  });
  await expect(fleet.run(2_000)).rejects.toThrow('the loop ended');
  expect(fleet.failure).toMatchObject({ code: 'NOT_LEADER' });
});

test('an update while a node is lost ends well', async () => {
  const fleet = await withTwoNodes();
  const [first] = fleet.agents;
  first?.disconnect();
  await fleet.run(65_000);
  await fleet.core.applyModel(withImage(modelSpec('vad'), 'vad:2'), apply);
  await fleet.run(10_000);
  first?.connect();
  await fleet.run(20_000);
  expect(fleet.ready('vad')).toBe(1);
  expect(fleet.core.model(nameOf('vad'))?.replicas).toHaveLength(1);
  expect(fleet.violations()).toEqual([]);
  await fleet.kill();
});

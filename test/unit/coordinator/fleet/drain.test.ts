import { expect, test } from 'vitest';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import type { Disruption } from '../../../../shared/domain/model.ts';
import { parseAllocationName } from '../../../../shared/domain/ids.ts';
import { valueOf, type FakeAgent } from '../../../fakes/coordinator/fake-agent.ts';
import { migNeed, modelSpec, SimFleet } from '../../../fakes/coordinator/sim-fleet.ts';

const apply = { validateOnly: false, etag: null } as const;

async function serving(disruption: Disruption): Promise<{ fleet: SimFleet; agent: FakeAgent }> {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('vad', { disruption }), apply);
  await fleet.run(5_000);
  expect(fleet.ready('vad')).toBe(1);
  return { fleet, agent };
}

async function drain(fleet: SimFleet, agent: FakeAgent, force: boolean, deadlineInMs = 10_000) {
  const order = { deadlineInMs, force };
  return fleet.core.setAvailability(agent.node, 'draining', { etag: null, drain: order });
}

const never = { kind: 'never' } as const;

test.for([
  { name: 'never stays, and says what would stop it', disruption: never, force: false, left: 1 },
  { name: 'never goes when it is forced', disruption: never, force: true, left: 0 },
  {
    name: 'idle goes once it has nothing to do',
    disruption: { kind: 'idle' } as const,
    force: false,
    idleSeconds: 120,
    left: 0,
  },
  {
    name: 'idle stays while nobody knows whether it has something to do',
    disruption: { kind: 'idle' } as const,
    force: false,
    left: 1,
  },
  {
    name: 'a budget of seconds says nothing of one that has nowhere to go',
    disruption: { kind: 'budget', seconds: 60 } as const,
    force: false,
    left: 1,
  },
])('after its deadline, without another place: $name', async (given) => {
  const { fleet, agent } = await serving(given.disruption);
  agent.idleSeconds = given.idleSeconds ?? null;
  await drain(fleet, agent, given.force);
  await fleet.run(9_000);
  expect(fleet.ready('vad')).toBe(1);
  await fleet.run(10_000);
  expect(agent.running).toHaveLength(given.left);
  const view = fleet.core.node(agent.node)?.drain;
  expect(view).toMatchObject({ overdue: true, replicasGone: 1 - given.left });
  expect(view?.left.map((each) => each.blocked)).toEqual(given.left === 0 ? [] : [true]);
  expect(view?.left[0]?.reason ?? 'no other place').toMatch(/^no other place/);
  expect(fleet.eventKinds()).toContain('drain-overdue');
  expect(fleet.eventKinds().includes('drained')).toBe(given.left === 0);
  await fleet.kill();
});

test('a budget lets one go whose successor has a place and only starts slowly', async () => {
  const { fleet, agent } = await serving({ kind: 'budget', seconds: 60 });
  const second = fleet.join('node-b', 'A100-40GB');
  second.brokenImages.add('vad:1');
  await drain(fleet, agent, false);
  await fleet.run(5_000);
  expect(fleet.core.node(agent.node)?.drain?.left[0]?.reason).toMatch(/^moves to node-b: /);
  await fleet.run(10_000);
  expect(agent.running).toEqual([]);
  expect(second.running.map(({ phase }) => phase)).toEqual(['starting']);
  await fleet.kill();
});

test('what finds another place moves before the deadline, the successor first', async () => {
  const { fleet, agent } = await serving(never);
  fleet.join('node-b', 'A100-40GB');
  const view = await drain(fleet, agent, true);
  expect(view.drain).toMatchObject({ replicasGone: 0, overdue: false, force: true });
  for (let at = 0; at < 12; at += 1) {
    await fleet.run(500);
    expect(fleet.ready('vad')).toBeGreaterThanOrEqual(1);
  }
  expect(agent.running).toEqual([]);
  expect(fleet.core.node(agent.node)?.drain).toMatchObject({ replicasGone: 1, left: [] });
  await fleet.kill();
});

test('a new leader keeps the deadline, and one that is long over ends what may end', async () => {
  const { fleet, agent } = await serving(never);
  const store = new MemoryStore();
  await fleet.kill();
  agent.adoptCluster(null);
  await fleet.start(store);
  agent.connect();
  await fleet.core.applyModel(modelSpec('ocr'), apply);
  await fleet.run(5_000);
  await drain(fleet, agent, true, 20_000);
  const before = fleet.core.node(agent.node)?.drain;
  await fleet.kill();
  await fleet.clock.advance(5_000);
  await fleet.start(store);
  agent.connect();
  await fleet.run(5_000);
  expect(fleet.core.node(agent.node)?.drain).toMatchObject({ deadlineMs: before?.deadlineMs });
  expect(fleet.ready('ocr')).toBe(1);
  await fleet.run(20_000);
  expect(fleet.ready('ocr')).toBe(0);
  // What another store declared is not ours to stop, drain or no drain.
  expect(agent.running.map(({ replica }) => replica)).toEqual([expect.stringMatching(/^vad-/)]);
  await fleet.kill();
});

test('the etag of a node names the deadline: whoever has not read it does not change it', async () => {
  const { fleet, agent } = await serving(never);
  const first = await drain(fleet, agent, false, 60_000);
  const second = await drain(fleet, agent, true, 60_000);
  expect(second.etag).not.toBe(first.etag);
  await expect(
    fleet.core.setAvailability(agent.node, 'ready', { etag: first.etag }),
  ).rejects.toMatchObject({ code: 'NODE_CONFLICT' });
  const ready = await fleet.core.setAvailability(agent.node, 'ready', { etag: second.etag });
  expect(ready.drain).toBeNull();
  await fleet.run(120_000);
  expect(fleet.ready('vad')).toBe(1);
  await fleet.kill();
});

test('what is not seen is not ended, forced or not', async () => {
  const { fleet, agent } = await serving(never);
  await drain(fleet, agent, true);
  agent.disconnect();
  await fleet.run(30_000);
  expect(fleet.core.node(agent.node)?.claims.map(({ state }) => state)).toEqual(['held']);
  expect(fleet.core.node(agent.node)?.drain?.left[0]).toMatchObject({
    reason: 'its agent is silent: what is not seen is not ended',
    blocked: true,
  });
  await fleet.kill();
});

test('an allocation is waited for and named, whatever is forced', async () => {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  const agent = fleet.join('node-a', 'A100-40GB');
  const name = valueOf(parseAllocationName('train'));
  const spec = {
    name,
    labels: {},
    gpu: migNeed,
    cpuMillis: 0,
    memoryMib: 0,
    constraints: {},
    priority: 100,
    ttlMs: 40_000,
  };
  await fleet.core.allocations.allocate(spec, { waitMs: 0, validateOnly: false });
  await fleet.run(2_000);
  await drain(fleet, agent, true, 5_000);
  await fleet.run(10_000);
  const [left] = fleet.core.node(agent.node)?.drain?.left ?? [];
  expect(left?.claim.holder).toEqual({ kind: 'allocation', allocation: name });
  expect(left?.reason).toMatch(/^a client holds it until 2023-.*: an allocation is never moved$/);
  await fleet.run(60_000);
  expect(fleet.core.node(agent.node)?.drain?.left).toEqual([]);
  expect(fleet.eventKinds()).toContain('drained');
  await fleet.kill();
});

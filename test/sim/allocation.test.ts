import { expect, test } from 'vitest';
import type { AllocationView } from '../../coordinator/fleet/allocations.ts';
import { replayDecision } from '../../coordinator/replay/replay-decision.ts';
import { MemoryStore } from '../../coordinator/store/memory-store.ts';
import type { AllocationSpec } from '../../shared/domain/allocation.ts';
import { parseAllocationName, type AllocationName } from '../../shared/domain/ids.ts';
import { open } from '../../shared/placement/open.ts';
import { valueOf } from '../fakes/coordinator/fake-agent.ts';
import { migNeed, modelSpec, SimFleet } from '../fakes/coordinator/sim-fleet.ts';

const now = { waitMs: 0, validateOnly: false } as const;
const wholeCard = { ...migNeed, isolation: 'whole' as const };

function named(name: string): AllocationName {
  return valueOf(parseAllocationName(name));
}

function spec(name: string, change: Partial<AllocationSpec> = {}): AllocationSpec {
  return {
    name: named(name),
    labels: {},
    gpu: migNeed,
    cpuMillis: 0,
    memoryMib: 0,
    constraints: {},
    priority: 100,
    ttlMs: 60_000,
    ...change,
  };
}

async function fleetOf(cards: string, store = new MemoryStore()) {
  const fleet = new SimFleet();
  await fleet.start(store);
  const agent = fleet.join('node-a', cards);
  await fleet.run(1_000);
  const stateOf = (name: string): AllocationView['state'] | 'gone' =>
    fleet.core.allocations.get(named(name))?.state ?? 'gone';
  return { fleet, agent, stateOf, store };
}

test('an allocation is cut, told with the means to use it, and its node starts nothing on it', async () => {
  const { fleet, agent, stateOf } = await fleetOf('A100-40GB');
  const first = await fleet.core.allocations.allocate(spec('train'), now);
  expect(first.state).toBe('preparing');
  expect(first.claim?.node).toBe('node-a');
  await fleet.run(2_000);
  expect(stateOf('train')).toBe('ready');
  const slice = agent.slices[0];
  expect(fleet.core.allocations.get(named('train'))?.access).toEqual({
    deviceUuids: [`MIG-${slice?.id}`],
    handout: 'toolkit',
    env: { CUDA_VISIBLE_DEVICES: `MIG-${slice?.id}`, TANGRAM_ALLOCATION: 'train' },
    mounts: [],
  });
  expect(agent.running).toEqual([]);
  await fleet.kill();
});

test('the same request again is the same allocation, another one under its name is refused', async () => {
  const { fleet } = await fleetOf('A100-40GB');
  const first = await fleet.core.allocations.allocate(spec('train'), now);
  const again = await fleet.core.allocations.allocate(spec('train'), now);
  expect(again.claim?.id).toBe(first.claim?.id);
  await expect(
    fleet.core.allocations.allocate(spec('train', { ttlMs: 20_000 }), now),
  ).rejects.toMatchObject({ code: 'ALLOCATION_TAKEN' });
  await fleet.kill();
});

test('where there is no room it says why and what would help, or waits and comes before those of lower priority', async () => {
  const { fleet, stateOf } = await fleetOf('A100-40GB');
  const { allocations } = fleet.core;
  await allocations.allocate(spec('holder', { gpu: wholeCard }), now);
  await expect(allocations.allocate(spec('late', { gpu: wholeCard }), now)).rejects.toMatchObject({
    code: 'ALLOCATION_NO_ROOM',
  });
  const waits = { waitMs: 600_000, validateOnly: false };
  const low = await allocations.allocate(spec('a-low', { gpu: wholeCard, priority: 1 }), waits);
  await allocations.allocate(spec('b-high', { gpu: wholeCard, priority: 500 }), waits);
  expect(low).toMatchObject({ state: 'pending', claim: null });
  expect(low.reason).not.toBe('');
  expect(fleet.core.allocations.explain(named('a-low'))?.refusal?.summary).toBe(low.reason);
  await fleet.run(2_000);
  await allocations.release(named('holder'), {});
  await fleet.run(8_000);
  expect([stateOf('holder'), stateOf('a-low'), stateOf('b-high')]).toEqual([
    'gone',
    'pending',
    'ready',
  ]);
  await fleet.kill();
});

test('one that waits gives up when its time is over', async () => {
  const { fleet, stateOf } = await fleetOf('A100-40GB');
  await fleet.core.allocations.allocate(spec('holder', { gpu: wholeCard, ttlMs: 600_000 }), now);
  const waits = { waitMs: 10_000, validateOnly: false };
  await fleet.core.allocations.allocate(spec('late', { gpu: wholeCard }), waits);
  await fleet.run(8_000);
  expect(stateOf('late')).toBe('pending');
  await fleet.run(4_000);
  expect(stateOf('late')).toBe('gone');
  expect(fleet.eventKinds()).toContain('gave-up');
  await fleet.kill();
});

test('an expired one is handed on only once no process of it is seen, and that is said meanwhile', async () => {
  const { fleet, agent, stateOf } = await fleetOf('A100-40GB');
  const { allocations } = fleet.core;
  await allocations.allocate(spec('train', { gpu: wholeCard, ttlMs: 10_000 }), now);
  await fleet.run(2_000);
  agent.clients.set('train', [41]);
  await fleet.core.applyModel(modelSpec('ocr', { gpu: wholeCard }), {
    validateOnly: false,
    etag: null,
  });
  await fleet.run(60_000);
  expect(stateOf('train')).toBe('reclaiming');
  expect(allocations.get(named('train'))?.reason).toContain(
    'process 41 (python3) of it still runs',
  );
  expect(fleet.ready('ocr')).toBe(0);
  expect(agent.slices).toHaveLength(1);
  agent.clients.delete('train');
  await fleet.run(6_000);
  expect(stateOf('train')).toBe('gone');
  await fleet.run(6_000);
  expect(fleet.ready('ocr')).toBe(1);
  expect(fleet.violations()).toEqual([]);
  expect(fleet.eventKinds()).toEqual(
    expect.arrayContaining(['allocated', 'expired', 'outlived', 'freed']),
  );
  await fleet.kill();
});

test('renewing keeps it, and nothing renews what is over', async () => {
  const { fleet, stateOf } = await fleetOf('A100-40GB');
  const { allocations } = fleet.core;
  await allocations.allocate(spec('train', { ttlMs: 10_000 }), now);
  for (let at = 0; at < 4; at += 1) {
    await fleet.run(8_000);
    await allocations.renew(named('train'), { ttlMs: null });
  }
  expect(stateOf('train')).toBe('ready');
  await allocations.release(named('train'), {});
  await expect(allocations.renew(named('train'), { ttlMs: null })).rejects.toMatchObject({
    code: 'ALLOCATION_OVER',
  });
  await fleet.kill();
});

test('a new leader knows the allocations, and ends none before its clients could renew', async () => {
  const { fleet, agent, stateOf, store } = await fleetOf('A100-40GB');
  await fleet.core.allocations.allocate(spec('train', { ttlMs: 60_000 }), now);
  await fleet.run(2_000);
  await fleet.kill();
  await fleet.clock.advance(3_600_000);
  await fleet.start(store);
  agent.connect();
  await fleet.run(25_000);
  expect(stateOf('train')).toBe('ready');
  await fleet.run(10_000);
  expect(stateOf('train')).toBe('gone');
  await fleet.kill();
});

test('what was being reclaimed before a restart is still looked at afterwards', async () => {
  const { fleet, agent, stateOf, store } = await fleetOf('A100-40GB');
  await fleet.core.allocations.allocate(spec('train'), now);
  await fleet.run(2_000);
  agent.clients.set('train', [41]);
  await fleet.core.allocations.release(named('train'), {});
  await fleet.run(2_000);
  await fleet.kill();
  await fleet.start(store);
  agent.connect();
  await fleet.run(10_000);
  expect(stateOf('train')).toBe('reclaiming');
  agent.clients.clear();
  await fleet.run(6_000);
  expect(stateOf('train')).toBe('gone');
  expect(fleet.violations()).toEqual([]);
  await fleet.kill();
});

test('a lost node keeps its allocation until it is back and nobody is seen there', async () => {
  const { fleet, agent, stateOf } = await fleetOf('A100-40GB');
  await fleet.core.allocations.allocate(spec('train', { ttlMs: 200_000 }), now);
  await fleet.run(2_000);
  agent.clients.set('train', [41]);
  agent.disconnect();
  await fleet.run(90_000);
  expect(stateOf('train')).toBe('lost');
  await fleet.run(200_000);
  expect(stateOf('train')).toBe('reclaiming');
  expect(fleet.core.node(agent.node)?.claims).toHaveLength(1);
  agent.connect();
  await fleet.run(10_000);
  expect(stateOf('train')).toBe('reclaiming');
  agent.clients.clear();
  await fleet.run(8_000);
  expect(stateOf('train')).toBe('gone');
  expect(fleet.violations()).toEqual([]);
  await fleet.kill();
});

test('a node that drains waits for its allocations and says so', async () => {
  const { fleet, agent, stateOf } = await fleetOf('A100-40GB');
  fleet.join('node-b', 'A100-40GB');
  await fleet.run(1_000);
  const { claim } = await fleet.core.allocations.allocate(spec('train'), now);
  await fleet.run(2_000);
  await fleet.core.setAvailability(claim?.node ?? agent.node, 'draining', { etag: null });
  await fleet.run(20_000);
  expect(stateOf('train')).toBe('ready');
  expect(fleet.core.allocations.get(named('train'))?.claim?.node).toBe(claim?.node);
  const stuck = fleet.core.events({ limit: 100, subject: 'allocations/train' });
  expect(stuck.map((event) => event.kind)).toContain('drain-stuck');
  await fleet.kill();
});

test('trying it out reserves nothing', async () => {
  const { fleet, stateOf } = await fleetOf('A100-40GB');
  const tried = await fleet.core.allocations.allocate(spec('train'), {
    ...now,
    validateOnly: true,
  });
  expect(tried.claim?.node).toBe('node-a');
  expect(stateOf('train')).toBe('gone');
  await fleet.kill();
});

test('a watcher sees it come, become ready, end and go', async () => {
  const { fleet } = await fleetOf('A100-40GB');
  const stop = new AbortController();
  const seen: string[] = [];
  const done = (async () => {
    for await (const event of fleet.core.allocations.watch(stop.signal)) {
      seen.push(event.kind === 'allocation' ? event.allocation.state : event.kind);
    }
  })();
  await fleet.run(500);
  await fleet.core.allocations.allocate(spec('train'), now);
  await fleet.run(3_000);
  await fleet.core.allocations.release(named('train'), {});
  await fleet.run(6_000);
  stop.abort();
  await done;
  expect(seen.filter((kind, at) => kind !== seen[at - 1])).toEqual([
    'synced',
    'preparing',
    'ready',
    'reclaiming',
    'deleted',
  ]);
  await fleet.kill();
});

test('its decisions are on record like those for models, refusals too, and can be made again', async () => {
  const { fleet } = await fleetOf('A100-40GB');
  const { allocations } = fleet.core;
  const { claim } = await allocations.allocate(spec('train'), now);
  const refused = allocations.allocate(spec('late', { gpu: wholeCard }), now);
  await expect(refused).rejects.toMatchObject({ code: 'ALLOCATION_NO_ROOM' });
  const log = fleet.decisions;
  if (log === null || claim === null) throw new Error('it was placed, on record');
  expect(log.ofClaim(claim.id)).toMatchObject({ model: 'allocations/train' });
  expect(allocations.explain(named('train'))?.decision).toBe(log.ofClaim(claim.id)?.id);
  const rows = log.list({ limit: 10, model: null, before: null });
  expect(rows.map(({ model }) => model)).toEqual(['allocations/late', 'allocations/train']);
  const deps = { log, open, breathe: () => Promise.resolve() };
  for (const { id } of rows) {
    expect(await replayDecision(deps, id, { force: false })).toMatchObject({ verdict: 'same' });
  }
  await fleet.kill();
});

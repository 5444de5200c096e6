import { expect, test } from 'vitest';
import { restoreSnapshot } from '../../../../coordinator/backup/restore-snapshot.ts';
import { takeSnapshot } from '../../../../coordinator/backup/save-snapshot.ts';
import { establishCluster } from '../../../../coordinator/fleet/cluster-record.ts';
import { openEventLog } from '../../../../coordinator/store/event-log.ts';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import type { FakeAgent } from '../../../fakes/coordinator/fake-agent.ts';
import { migNeed, modelSpec, nameOf, SimFleet } from '../../../fakes/coordinator/sim-fleet.ts';

const apply = { validateOnly: false, etag: null } as const;
const shared = { ...migNeed, isolation: 'mps' } as const;

/** What must be as it was, whatever became of the store. */
function lives(agents: readonly FakeAgent[]) {
  return agents.map((agent) => ({ running: agent.running, slices: agent.slices }));
}

/** The coordinator and its store are gone; `store` takes their place. */
async function lose(fleet: SimFleet, store: MemoryStore): Promise<void> {
  await fleet.kill();
  await fleet.run(5_000).catch(() => undefined);
  await fleet.start(store);
  for (const agent of fleet.agents) agent.connect();
}

async function emptyOf(fleet: SimFleet): Promise<MemoryStore> {
  const store = new MemoryStore();
  const eventLog = openEventLog(':memory:', { rowsMax: 10 });
  const { clock } = fleet;
  await establishCluster({ store, clock, random: Math.random, eventLog }, fleet.core.clusterId);
  return store;
}

/** The store as it is now, restored later. */
async function copyOf(fleet: SimFleet, store: MemoryStore): Promise<() => Promise<MemoryStore>> {
  const { clusterId, epoch } = fleet.core;
  const about = { clusterId, epoch, takenAtMs: 0, version: '0' };
  const lines: string[] = [];
  for await (const line of takeSnapshot(store, about)) lines.push(line.trimEnd());
  return async () => {
    const restored = new MemoryStore();
    // eslint-disable-next-line typescript/require-await -- the lines are here already
    const read = async function* () {
      yield* lines;
    };
    await restoreSnapshot(restored, read, fleet.clock.wallMs());
    return restored;
  };
}

test('an empty store that goes on for a lost one takes on what runs, as it is', async () => {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  fleet.join('node-a', 'A100-40GB,L40S');
  fleet.join('node-b', 'A100-40GB,L40S');
  const labels = { namespace: 'nlp' };
  await fleet.core.applyModel(modelSpec('cut', { replicas: 3, labels, priority: 7 }), apply);
  await fleet.core.applyModel(modelSpec('shared', { replicas: 2, gpu: shared }), apply);
  await fleet.run(10_000);
  expect([fleet.ready('cut'), fleet.ready('shared')]).toEqual([3, 2]);
  const before = { lives: lives(fleet.agents), models: fleet.core.models() };

  await lose(fleet, await emptyOf(fleet));
  await fleet.run(10_000);
  expect(lives(fleet.agents)).toEqual(before.lives);
  expect(fleet.agents.flatMap(({ ended }) => ended)).toEqual([]);
  expect(fleet.core.models().map(({ spec }) => spec)).toEqual(
    before.models.map(({ spec }) => spec),
  );
  expect(fleet.core.models().map(({ replicas }) => replicas.map(({ status }) => status))).toEqual(
    before.models.map(({ replicas }) =>
      replicas.map(({ status }) => ({ ...status, generation: expect.any(Number) })),
    ),
  );
  expect(fleet.eventKinds()).toContain('adopted');
  expect(fleet.eventKinds()).not.toContain('unknown-replicas');

  // Their slices are promised: what comes now goes beside them, and they can be ended like any others.
  await fleet.core.applyModel(modelSpec('other', { replicas: 2, gpu: shared }), apply);
  await fleet.core.scaleModel(nameOf('cut'), 2);
  await fleet.run(10_000);
  expect([fleet.ready('cut'), fleet.ready('shared'), fleet.ready('other')]).toEqual([2, 2, 2]);
  expect(fleet.agents.flatMap(({ ended }) => ended)).toHaveLength(1);
  expect(fleet.violations()).toEqual([]);
  await fleet.kill();
});

test('an older copy of the store learns what was placed, scaled and updated since', async () => {
  const fleet = new SimFleet();
  const store = new MemoryStore();
  await fleet.start(store);
  fleet.join('node-a', '2xA100-40GB');
  for (const name of ['steady', 'scaled', 'updated']) {
    await fleet.core.applyModel(modelSpec(name), apply);
  }
  await fleet.run(10_000);
  const restore = await copyOf(fleet, store);
  await fleet.core.scaleModel(nameOf('scaled'), 3);
  const { workload } = modelSpec('updated');
  const newer = modelSpec('updated', { workload: { ...workload, image: 'updated:2' } });
  await fleet.core.applyModel(newer, apply);
  await fleet.core.applyModel(modelSpec('later'), apply);
  await fleet.run(20_000);
  const before = { lives: lives(fleet.agents), ended: [...(fleet.agents[0]?.ended ?? [])] };

  await lose(fleet, await restore());
  await fleet.run(20_000);
  const models = fleet.core.models();
  expect(models.map(({ spec }) => [spec.name, spec.replicas, spec.workload.image])).toEqual([
    ['later', 1, modelSpec('later').workload.image],
    ['scaled', 3, modelSpec('scaled').workload.image],
    ['steady', 1, modelSpec('steady').workload.image],
    ['updated', 1, 'updated:2'],
  ]);
  expect(fleet.agents[0]?.ended).toEqual(before.ended);
  expect(lives(fleet.agents)).toEqual(before.lives);
  expect(fleet.violations()).toEqual([]);
  await fleet.kill();
});

test('what runs on a node that an operator has removed is not taken on again', async () => {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.run(5_000);
  await lose(fleet, await emptyOf(fleet));
  await fleet.run(5_000);
  const [running] = agent.running;
  agent.disconnect();
  await fleet.run(2_000);
  await fleet.core.removeNode(agent.node);
  agent.connect();
  await fleet.run(10_000);
  expect(fleet.eventKinds()).toContain('unknown-replicas');
  expect(agent.running).toContainEqual(running);
  expect(fleet.core.model(nameOf('vad'))?.replicas.map(({ claim }) => claim.id)).not.toContain(
    running?.replica,
  );
  expect(agent.ended).toEqual([]);
  expect(agent.violations).toEqual([]);
  await fleet.kill();
});

test.for([
  { what: 'comes back after a day', lateMs: 86_500_000, declaration: undefined },
  { what: 'cannot tell how it was declared', lateMs: 0, declaration: '{"name":"another"}' },
])('what runs on a node that $what is left alone, and its card too', async (given) => {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  const agent = fleet.join('node-a', 'L40S');
  await fleet.core.applyModel(modelSpec('vad', { gpu: shared }), apply);
  await fleet.run(5_000);
  const before = lives([agent]);
  if (given.declaration !== undefined) agent.tellDeclared(given.declaration);
  const empty = await emptyOf(fleet);
  await fleet.kill();
  await fleet.clock.advance(given.lateMs);
  await fleet.start(empty);
  agent.connect();
  await fleet.core.applyModel(modelSpec('other', { gpu: shared }), apply);
  await fleet.run(10_000);
  expect(fleet.core.models().map(({ spec }) => spec.name)).toEqual(['other']);
  expect(fleet.ready('other')).toBe(0);
  expect(fleet.eventKinds()).toContain('unknown-replicas');
  expect(lives([agent])).toEqual(before);
  await fleet.kill();
});

import { expect, test } from 'vitest';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import { changeCodec, decodeValue } from '../../../../coordinator/store/values.ts';
import type { Store } from '../../../../coordinator/store/store.ts';
import { modelSpec, nameOf, SimFleet, withImage } from '../../../fakes/coordinator/sim-fleet.ts';

const apply = { validateOnly: false, etag: null } as const;

async function changes(store: Store) {
  const { entries } = await store.list('changes/');
  return entries
    .map((entry) => decodeValue(changeCodec, entry.key, entry.value))
    .sort((left, right) => left.startedAtMs - right.startedAtMs)
    .map(({ state, stage, reason, plan }) => ({
      state,
      stage,
      reason,
      stages: plan.stages.length,
    }));
}

test('a change goes on with what agents report, stage by stage, and ends as done', async () => {
  const store = new MemoryStore();
  const fleet = new SimFleet();
  await fleet.start(store);
  const agent = fleet.join('node-a', 'A100-40GB');
  agent.paused = true;
  await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.run(1_000);
  expect(await changes(store)).toEqual([{ state: 'running', stage: 0, reason: '', stages: 2 }]);
  agent.paused = false;
  await fleet.run(5_000);
  expect(await changes(store)).toEqual([{ state: 'done', stage: 2, reason: '', stages: 2 }]);
  await fleet.kill();
});

test('a newer wish ends the change before it', async () => {
  const store = new MemoryStore();
  const fleet = new SimFleet();
  await fleet.start(store);
  const agent = fleet.join('node-a', 'A100-40GB');
  agent.brokenImages.add('vad:1');
  await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.run(3_000);
  await fleet.core.applyModel(withImage(modelSpec('vad'), 'vad:2'), apply);
  await fleet.run(10_000);
  expect(await changes(store)).toMatchObject([
    { state: 'aborted', stage: 1, reason: expect.stringMatching(/^superseded by change-/) },
    { state: 'done' },
  ]);
  await fleet.kill();
});

test('a restarted coordinator goes on with the change, with the names it was planned with', async () => {
  const store = new MemoryStore();
  const fleet = new SimFleet();
  await fleet.start(store);
  const agent = fleet.join('node-a', 'A100-40GB');
  const { plan } = await fleet.core.applyModel(modelSpec('vad', { replicas: 2 }), apply);
  await fleet.kill();
  await fleet.start(store);
  agent.connect();
  await fleet.run(5_000);
  const planned = plan.stages
    .flatMap((stage) => stage.steps)
    .flatMap((step) => (step.kind === 'start-replica' ? [step.replica] : []));
  expect(agent.running.map((each) => each.replica).sort()).toEqual([...planned].sort());
  expect(await changes(store)).toMatchObject([{ state: 'done' }]);
  await fleet.kill();
});

test('changes that are over are kept in a limited number', async () => {
  const store = new MemoryStore();
  const fleet = new SimFleet({ limits: { changesKeptMax: 3 } });
  await fleet.start(store);
  for (let at = 0; at < 10; at += 1) {
    await fleet.core.applyModel(modelSpec('vad', { replicas: 0, priority: at }), apply);
    await fleet.run(500);
  }
  expect(await changes(store)).toHaveLength(3);
  await fleet.kill();
});

test('a drained node is remembered by a restarted coordinator, also when it had only just joined', async () => {
  const store = new MemoryStore();
  const fleet = new SimFleet();
  await fleet.start(store);
  const agent = fleet.join('node-a', 'A100-40GB');
  const view = await fleet.core.setAvailability(agent.node, 'draining');
  expect(view.availability.kind).toBe('draining');
  await fleet.kill();
  await fleet.start(store);
  agent.connect();
  await fleet.run(1_000);
  expect(fleet.core.node(agent.node)?.availability.kind).toBe('draining');
  await expect(
    fleet.core.setAvailability(fleet.core.nodes()[0]?.node ?? agent.node, 'ready'),
  ).resolves.toMatchObject({ availability: { kind: 'ready' } });
  expect(fleet.core.explain(nameOf('none'))).toBeUndefined();
  await fleet.kill();
});

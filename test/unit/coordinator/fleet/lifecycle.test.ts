import { expect, test } from 'vitest';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import {
  migNeed,
  modelSpec,
  nameOf,
  SimFleet,
  withImage,
} from '../../../fakes/coordinator/sim-fleet.ts';

const apply = { validateOnly: false, etag: null } as const;

async function started(): Promise<SimFleet> {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  return fleet;
}

test('a model becomes ready on a slice, and says where it is', async () => {
  const fleet = await started();
  fleet.join('node-a', 'A100-40GB');
  const { outcome, plan } = await fleet.core.applyModel(modelSpec('vad'), apply);
  expect(outcome).toBe('created');
  expect(plan.stages.map((stage) => stage.until)).toEqual(['slices-ready', 'replicas-ready']);
  await fleet.run(5_000);
  expect(fleet.ready('vad')).toBe(1);
  const view = fleet.core.model(nameOf('vad'));
  expect(view).toMatchObject({ version: 1, pendingCount: 0, pendingReason: '', deleting: false });
  expect(fleet.core.explain(nameOf('vad'))?.placed).toEqual([
    expect.stringMatching(/^vad-\w{8} on node-a GPU0 1g\.5gb@\d: ready at 127\.0\.0\.1:4000$/),
  ]);
  expect(view?.replicas).toHaveLength(1);
  expect(fleet.violations()).toEqual([]);
  await fleet.kill();
});

test('the replica that was planned is the one that starts', async () => {
  const fleet = await started();
  fleet.join('node-a', 'A100-40GB');
  await fleet.run(1_000);
  const { plan } = await fleet.core.applyModel(modelSpec('vad', { replicas: 2 }), apply);
  const planned = plan.stages
    .flatMap((stage) => stage.steps)
    .flatMap((step) => (step.kind === 'start-replica' ? [step.replica] : []));
  await fleet.run(5_000);
  const begun = fleet.core.model(nameOf('vad'))?.replicas.map((each) => each.claim.id);
  expect([...(begun ?? [])].sort()).toEqual([...planned].sort());
  await fleet.kill();
});

test('scaling starts what is missing, ends what is newest, and restarts nothing', async () => {
  const fleet = await started();
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('vad', { replicas: 2 }), apply);
  await fleet.run(5_000);
  const before = agent.running.map((each) => each.replica);
  await fleet.core.scaleModel(nameOf('vad'), 4);
  await fleet.run(5_000);
  expect(fleet.ready('vad')).toBe(4);
  expect(agent.running.map((each) => each.replica)).toEqual(expect.arrayContaining(before));
  await fleet.core.scaleModel(nameOf('vad'), 1);
  await fleet.run(5_000);
  expect(fleet.ready('vad')).toBe(1);
  expect(before).toContain(agent.running[0]?.replica);
  expect(agent.slices).toHaveLength(1);
  await fleet.kill();
});

test('an update replaces every replica and never leaves fewer than wanted serving', async () => {
  const fleet = await started();
  fleet.join('node-a', 'A100-40GB');
  fleet.join('node-b', 'A100-40GB');
  const spec = modelSpec('vad', { replicas: 3 });
  await fleet.core.applyModel(spec, apply);
  await fleet.run(5_000);
  await fleet.core.applyModel(withImage(spec, 'vad:2'), apply);
  for (let at = 0; at < 40; at += 1) {
    await fleet.run(500);
    expect(fleet.ready('vad')).toBeGreaterThanOrEqual(3);
  }
  const view = fleet.core.model(nameOf('vad'));
  expect(view?.replicas.map((each) => each.claim.holder)).toEqual(
    (view?.replicas ?? []).map((each) => ({ ...each.claim.holder, modelVersion: 2 })),
  );
  expect(view?.replicas).toHaveLength(3);
  expect(fleet.violations()).toEqual([]);
  await fleet.kill();
});

test('an update for which there is no room beside takes the place of the old copy, and says so', async () => {
  const fleet = await started();
  const agent = fleet.join('node-a', 'L40S');
  const gpu = { ...migNeed, memoryMib: 30_000, isolation: 'whole' as const };
  const spec = modelSpec('big', { gpu });
  await fleet.core.applyModel(spec, apply);
  await fleet.run(5_000);
  expect(fleet.ready('big')).toBe(1);
  const { plan } = await fleet.core.applyModel(withImage(spec, 'big:2'), apply);
  expect(plan.price.replicasInterrupted).toBe(1);
  expect(plan.stages[0]?.until).toBe('replicas-stopped');
  await fleet.run(10_000);
  expect(fleet.ready('big')).toBe(1);
  expect(agent.ended).toHaveLength(1);
  expect(fleet.eventKinds()).toContain('update-in-place');
  await fleet.kill();
});

test('an update in place works on a card that is cut: the old instance gives its units to the new one', async () => {
  const fleet = await started();
  const agent = fleet.join('node-a', 'A100-40GB');
  const spec = modelSpec('big', { gpu: { ...migNeed, memoryMib: 30_000 } });
  await fleet.core.applyModel(spec, apply);
  await fleet.run(5_000);
  expect(fleet.ready('big')).toBe(1);
  const { plan } = await fleet.core.applyModel(withImage(spec, 'big:2'), apply);
  expect(plan.stages.map((stage) => stage.until)).toEqual([
    'replicas-stopped',
    'slices-gone',
    'slices-ready',
    'replicas-ready',
  ]);
  await fleet.run(10_000);
  expect(fleet.ready('big')).toBe(1);
  expect(agent.ended).toHaveLength(1);
  await fleet.kill();
});

test('a plan says which replicas have no place even after all of it', async () => {
  const fleet = await started();
  fleet.join('node-a', 'A100-40GB');
  const spec = modelSpec('big', { gpu: { ...migNeed, memoryMib: 30_000 }, replicas: 2 });
  const { plan } = await fleet.core.applyModel(spec, { validateOnly: true, etag: null });
  expect(plan.unplaced).toMatch(/^1 of 2 replicas: /);
  await fleet.kill();
});

test('an update in place of several copies goes on, one copy at a time', async () => {
  const fleet = await started();
  const agent = fleet.join('node-a', '2xL40S');
  const gpu = { ...migNeed, memoryMib: 30_000, isolation: 'whole' as const };
  const spec = modelSpec('big', { gpu, replicas: 2 });
  await fleet.core.applyModel(spec, apply);
  await fleet.run(5_000);
  await fleet.core.applyModel(withImage(spec, 'big:2'), apply);
  for (let at = 0; at < 40; at += 1) {
    await fleet.run(500);
    expect(fleet.ready('big')).toBeGreaterThanOrEqual(1);
  }
  expect(fleet.ready('big')).toBe(2);
  expect(agent.ended).toHaveLength(2);
  expect(fleet.core.model(nameOf('big'))?.replicas.map((each) => each.retiring)).toEqual([
    false,
    false,
  ]);
  await fleet.kill();
});

test('an update that does not start stops at its first replica; the old ones serve on', async () => {
  const fleet = await started();
  const agent = fleet.join('node-a', 'A100-40GB');
  agent.brokenImages.add('vad:2');
  const spec = modelSpec('vad', { replicas: 3 });
  await fleet.core.applyModel(spec, apply);
  await fleet.run(5_000);
  await fleet.core.applyModel(withImage(spec, 'vad:2'), apply);
  await fleet.run(20_000);
  expect(fleet.ready('vad')).toBe(3);
  expect(agent.running).toHaveLength(4);
  await fleet.core.applyModel(withImage(spec, 'vad:3'), apply);
  await fleet.run(20_000);
  expect(fleet.ready('vad')).toBe(3);
  expect(agent.running).toHaveLength(3);
  await fleet.kill();
});

test('changing labels, priority or replicas restarts nothing', async () => {
  const fleet = await started();
  const agent = fleet.join('node-a', 'A100-40GB');
  const spec = modelSpec('vad', { replicas: 2 });
  await fleet.core.applyModel(spec, apply);
  await fleet.run(5_000);
  const before = agent.running;
  const { outcome } = await fleet.core.applyModel(
    { ...spec, labels: { team: 'nlp' }, priority: 5 },
    apply,
  );
  expect(outcome).toBe('updated');
  await fleet.run(5_000);
  expect(agent.running).toEqual(before);
  await fleet.kill();
});

test('the same model again is unchanged and writes nothing', async () => {
  const store = new MemoryStore();
  const fleet = new SimFleet();
  await fleet.start(store);
  fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.run(5_000);
  const { revision } = await store.list('');
  const again = await fleet.core.applyModel(modelSpec('vad'), apply);
  expect(again.outcome).toBe('unchanged');
  expect(again.plan.stages).toEqual([]);
  await fleet.run(5_000);
  expect((await store.list('')).revision).toBe(revision);
  await fleet.kill();
});

test('validating writes nothing and starts nothing', async () => {
  const store = new MemoryStore();
  const fleet = new SimFleet();
  await fleet.start(store);
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.run(2_000);
  const { revision } = await store.list('');
  const result = await fleet.core.applyModel(modelSpec('vad'), { validateOnly: true, etag: null });
  expect(result.outcome).toBe('created');
  expect(result.plan.stages).toHaveLength(2);
  await fleet.run(3_000);
  expect((await store.list('')).revision).toBe(revision);
  expect(fleet.core.models()).toEqual([]);
  expect(agent.running).toEqual([]);
  await fleet.kill();
});

test('a stale etag is a conflict', async () => {
  const fleet = await started();
  const { model } = await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.core.applyModel(modelSpec('vad', { replicas: 2 }), apply);
  await expect(
    fleet.core.applyModel(modelSpec('vad', { replicas: 3 }), {
      validateOnly: false,
      etag: model.etag,
    }),
  ).rejects.toMatchObject({ code: 'MODEL_CONFLICT' });
  await fleet.kill();
});

test('deleting ends the replicas, gives the slices back, and then the model is gone', async () => {
  const fleet = await started();
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('vad', { replicas: 2 }), apply);
  await fleet.run(5_000);
  await fleet.core.deleteModel(nameOf('vad'), { validateOnly: false });
  expect(fleet.core.model(nameOf('vad'))?.deleting).toBe(true);
  await fleet.run(6_000);
  expect(fleet.core.models()).toEqual([]);
  expect(agent.running).toEqual([]);
  expect(agent.slices).toEqual([]);
  expect(agent.received.at(-1)?.tombstones).toEqual([]);
  await expect(
    fleet.core.deleteModel(nameOf('vad'), { validateOnly: false }),
  ).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' });
  expect(fleet.violations()).toEqual([]);
  await fleet.kill();
});

test('what has no place is pending with a reason, and starts once there is room', async () => {
  const fleet = await started();
  fleet.join('node-a', 'T4');
  const gpu = { ...migNeed, memoryMib: 18_000 };
  await fleet.core.applyModel(modelSpec('vad', { gpu }), apply);
  await fleet.run(3_000);
  const view = fleet.core.model(nameOf('vad'));
  expect(view).toMatchObject({ pendingCount: 1, replicas: [] });
  expect(view?.pendingReason).not.toBe('');
  const why = fleet.core.explain(nameOf('vad'));
  expect(why?.refusal?.summary).toBe(view?.pendingReason);
  expect(why?.evidence.length).toBeGreaterThan(0);
  fleet.join('node-b', 'A100-40GB');
  await fleet.run(5_000);
  expect(fleet.ready('vad')).toBe(1);
  expect(fleet.core.explain(nameOf('vad'))?.refusal).toBeNull();
  await fleet.kill();
});

test('a higher priority is placed first', async () => {
  const fleet = await started();
  const gpu = { ...migNeed, memoryMib: 30_000, isolation: 'whole' as const };
  await fleet.core.applyModel(modelSpec('aa-low', { gpu, priority: 1 }), apply);
  await fleet.core.applyModel(modelSpec('zz-high', { gpu, priority: 9 }), apply);
  fleet.join('node-a', 'L40S');
  await fleet.run(5_000);
  expect([fleet.ready('zz-high'), fleet.ready('aa-low')]).toEqual([1, 0]);
  await fleet.kill();
});

test('draining moves replicas away first and ends them afterwards', async () => {
  const fleet = await started();
  const first = fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('vad', { replicas: 2 }), apply);
  await fleet.run(5_000);
  const second = fleet.join('node-b', 'A100-40GB');
  await fleet.run(1_000);
  await fleet.core.setAvailability(first.node, 'draining');
  for (let at = 0; at < 20; at += 1) {
    await fleet.run(500);
    expect(fleet.ready('vad')).toBeGreaterThanOrEqual(2);
  }
  expect(first.running).toEqual([]);
  expect(second.running).toHaveLength(2);
  await fleet.kill();
});

test('a drain that finds no other place interrupts nothing, and says why', async () => {
  const fleet = await started();
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.run(5_000);
  await fleet.core.setAvailability(agent.node, 'draining');
  await fleet.run(5_000);
  expect(fleet.ready('vad')).toBe(1);
  const stuck = fleet.core
    .events({ limit: 100, subject: null })
    .filter((event) => event.kind === 'drain-stuck');
  expect(stuck).toHaveLength(1);
  await fleet.kill();
});

test('what is acknowledged of a node is in the store, also before any round has looked at it', async () => {
  const fleet = new SimFleet();
  const store = new MemoryStore();
  await fleet.start(store);
  const agent = fleet.join('node-a', 'A100-40GB');
  expect((await store.list('nodes/')).entries).toEqual([]);
  await fleet.core.setAvailability(agent.node, 'ready');
  expect((await store.list('nodes/')).entries.map(({ key }) => key)).toEqual(['nodes/node-a']);
  await fleet.kill();
});

test('a cordoned node gets nothing new and keeps what it has', async () => {
  const fleet = await started();
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.run(5_000);
  await fleet.core.setAvailability(agent.node, 'cordoned');
  await fleet.core.scaleModel(nameOf('vad'), 2);
  await fleet.run(5_000);
  expect(fleet.ready('vad')).toBe(1);
  expect(fleet.core.model(nameOf('vad'))?.pendingCount).toBe(1);
  await fleet.core.setAvailability(agent.node, 'ready');
  await fleet.run(5_000);
  expect(fleet.ready('vad')).toBe(2);
  await fleet.kill();
});

test('a change of layout that was not planned is answered with a target for the new layout', async () => {
  const fleet = await started();
  const agent = fleet.join('node-a', 'A100-40GB');
  agent.touchLayout(0);
  await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.run(1_000);
  agent.touchLayout(0);
  await fleet.run(5_000);
  expect(fleet.ready('vad')).toBe(1);
  const generations = agent.received.map((target) => target.generation);
  expect(generations).toEqual([...generations].sort((left, right) => left - right));
  await fleet.kill();
});

test('every decision is on record with what it was made from', async () => {
  const fleet = await started();
  fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.run(3_000);
  const rows = fleet.decisions?.after(0, 10) ?? [];
  expect(rows.map((row) => row.kind)).toContain('snapshot');
  const placed = rows.at(-1);
  expect(placed).toMatchObject({ kind: 'decision', model: 'vad' });
  expect(JSON.parse(placed?.outcome ?? '{}')).toMatchObject({ kind: 'placed' });
  await fleet.kill();
});

test('the cards of a copy are given back together, also where one of them cannot be read for a while', async () => {
  const fleet = await started();
  const agent = fleet.join('node-a', '2xA100-40GB');
  const gpu = { ...migNeed, isolation: 'whole' as const, count: 2 };
  await fleet.core.applyModel({ ...modelSpec('vad'), gpu }, apply);
  await fleet.run(5_000);
  const [first, second] = agent.slices;
  if (first === undefined || second === undefined) throw new Error('it has two cards');
  agent.unreadable.add(second.gpu);
  await fleet.core.deleteModel(nameOf('vad'), { validateOnly: false, etag: null });
  await fleet.run(5_000);
  // The free one is not made anew for a claim that is about to end.
  expect(agent.slices).toEqual([second]);
  agent.unreadable.clear();
  await fleet.run(5_000);
  expect(agent.slices).toEqual([]);
  expect(fleet.core.model(nameOf('vad'))).toBeUndefined();
  await fleet.kill();
});

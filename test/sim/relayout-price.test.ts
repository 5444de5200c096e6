import { afterEach, expect, test } from 'vitest';
import type { Disruption } from '../../shared/domain/model.ts';
import {
  expectSettled,
  free,
  large,
  RelayoutSite,
  small,
  twoHalfFull,
} from '../fakes/coordinator/relayout-site.ts';
import { migNeed, modelSpec, nameOf } from '../fakes/coordinator/sim-fleet.ts';

let site = new RelayoutSite();
afterEach(async () => {
  expect(site.fleet.violations()).toEqual([]);
  await site.fleet.kill();
});

test('a receipt holds what was predicted against what was, and later plans learn from it', async () => {
  site = await twoHalfFull({ kind: 'budget', seconds: 60 });
  const { plan } = await site.plan(modelSpec('llm', { gpu: large }));
  await site.fleet.core.applyPlan(plan.id);
  await site.fleet.run(20_000);
  const { receipt } = site.changeOf(plan);
  expect(receipt.map(({ kind, model }) => `${kind} ${model}`).sort()).toEqual(
    plan.begins
      .map(({ holder }) => `start ${holder.kind === 'replica' ? holder.model : ''}`)
      .sort(),
  );
  for (const line of receipt) {
    expect(line.predictedMs).toBeGreaterThan(0);
    expect(line.actualMs).toBeGreaterThan(0);
  }
  const { plan: next, notes } = await site.plan(modelSpec('llm', { gpu: large, replicas: 0 }));
  expect(next.price.estimates).not.toBe('stated');
  expect(notes.learnedStarts).toBe(0);
});

test('a higher priority ends a lower one only in a plan that said so, and the ended one says for whom', async () => {
  site = new RelayoutSite();
  await site.begin({ 'node-a': 'A100-40GB' });
  await site.declare(modelSpec('batch', { gpu: large, disruption: { kind: 'idle' }, priority: 1 }));
  const llm = modelSpec('llm', { gpu: large, priority: 900 });
  const without = await site.plan(llm, {
    interruptionMs: 600_000,
    allowPreemption: false,
    recutIdle: false,
  });
  expect(without.plan.stages).toEqual([]);
  expect(without.notes.fitsIf).toMatch(/batch-.* may end/);
  const { plan } = await site.plan(llm, {
    interruptionMs: 0,
    allowPreemption: true,
    recutIdle: false,
  });
  expect(plan.price).toMatchObject({ preemptions: 1, replicasInterrupted: 1 });
  await site.fleet.core.applyPlan(plan.id);
  await site.fleet.run(20_000);
  expect(site.changeOf(plan).change.state).toBe('done');
  expect(site.fleet.ready('llm')).toBe(1);
  const batch = site.fleet.core.model(nameOf('batch'));
  expect(batch).toMatchObject({ pendingCount: 1 });
  expect(batch?.pendingReason).toMatch(/batch-\S+ was preempted by llm \(change-\S+\)$/);
});

test('where no place is free beside it, one is interrupted as long as it allows, and the receipt tells how long', async () => {
  site = new RelayoutSite();
  await site.begin({ 'node-a': 'A100-40GB', 'node-b': 'L40S' });
  const share = (memoryMib: number, models: readonly string[] = []) => ({
    ...migNeed,
    isolation: 'mps' as const,
    memoryMib,
    models,
  });
  const budget: Disruption = { kind: 'budget', seconds: 300 };
  await site.fleet.core.setAvailability(site.nodeOf('node-b'), 'cordoned');
  await site.declare(modelSpec('ocr', { gpu: share(24_000), disruption: budget }));
  await site.fleet.core.setAvailability(site.nodeOf('node-b'), 'ready');
  await site.fleet.core.setAvailability(site.nodeOf('node-a'), 'cordoned');
  await site.declare(
    modelSpec('vad', { gpu: share(18_000), disruption: budget }),
    modelSpec('tts', { gpu: share(10_000) }),
  );
  await site.fleet.core.setAvailability(site.nodeOf('node-a'), 'ready');
  await site.fleet.run(1_000);
  const llm = modelSpec('llm', { gpu: share(20_000, ['A100-SXM4-40GB']) });
  const none = await site.plan(llm);
  expect(none.plan.stages).toEqual([]);
  expect(none.notes.fitsIf).toContain('may be interrupted');
  const { plan } = await site.plan(llm, {
    interruptionMs: 300_000,
    allowPreemption: false,
    recutIdle: false,
  });
  expect(plan.price.replicasInterrupted).toBeGreaterThan(0);
  await site.fleet.core.applyPlan(plan.id);
  await site.fleet.run(30_000);
  const { change, receipt } = site.changeOf(plan);
  expect(change).toMatchObject({ state: 'done', reason: '' });
  for (const name of ['ocr', 'vad', 'tts', 'llm']) expect(site.fleet.ready(name), name).toBe(1);
  expect(site.ended().some((replica) => replica.startsWith('tts'))).toBe(false);
  const lines = receipt.filter(({ kind }) => kind === 'interruption');
  expect(lines).toHaveLength(plan.price.replicasInterrupted);
  for (const line of lines) expect(line.actualMs).toBeGreaterThan(0);
});

test('defrag moves those that are idle to win room, and nothing while they are busy', async () => {
  site = await twoHalfFull({ kind: 'budget', seconds: 60 });
  for (const agent of site.fleet.agents) agent.idleSeconds = 0;
  await site.fleet.run(1_000);
  const busy = await site.fleet.core.planDefrag(free);
  expect(busy).toMatchObject({
    plan: { kind: 'defrag', stages: [] },
    notes: { expiresAtMs: null },
  });
  for (const agent of site.fleet.agents) agent.idleSeconds = 120;
  await site.fleet.run(1_000);
  const { plan } = await site.fleet.core.planDefrag(free);
  expect(plan.price.replicasInterrupted).toBe(0);
  expect(plan.price.moves).toBeGreaterThan(0);
  expect(plan.price.strandedAfterMilli).toBeLessThan(plan.price.strandedBeforeMilli);
  await site.fleet.core.applyPlan(plan.id);
  await site.fleet.run(20_000);
  expect(site.changeOf(plan).change.state).toBe('done');
  expectSettled(site);
  expect((await site.fleet.core.planDefrag(free)).plan.stages).toEqual([]);
});

test('a new version of fewer replicas ends one of its own, and others are moved for it', async () => {
  site = new RelayoutSite();
  await site.begin({ 'node-a': 'A100-40GB', 'node-b': 'A100-40GB' });
  await site.fleet.core.setAvailability(site.nodeOf('node-b'), 'cordoned');
  await site.declare(
    small('ocr', { kind: 'never' }, { replicas: 2 }),
    small('asr', { kind: 'never' }),
  );
  await site.fleet.core.setAvailability(site.nodeOf('node-b'), 'ready');
  await site.fleet.core.setAvailability(site.nodeOf('node-a'), 'cordoned');
  await site.declare(small('vad', { kind: 'budget', seconds: 60 }));
  await site.fleet.core.setAvailability(site.nodeOf('node-a'), 'ready');
  await site.fleet.run(1_000);
  const wide = modelSpec('ocr', { gpu: large, disruption: { kind: 'never' } });
  const { plan } = await site.plan(wide);
  expect(plan).toMatchObject({ kind: 'make-room', unplaced: '' });
  expect(plan.price.interruptions).toMatchObject([{ model: 'ocr', seconds: null }]);
  await site.fleet.core.applyPlan(plan.id);
  await site.fleet.run(30_000);
  expect(site.changeOf(plan).change).toMatchObject({ state: 'done', reason: '' });
  expect(site.placesOf('ocr')).toEqual(['node-b']);
  expect(site.placesOf('vad')).toEqual(['node-a']);
});

test('a new version does not end its own replicas to make room, however high its priority is now', async () => {
  site = new RelayoutSite();
  await site.begin({ 'node-a': 'A100-40GB', 'node-b': 'A100-40GB' });
  await site.fleet.core.setAvailability(site.nodeOf('node-a'), 'cordoned');
  await site.declare(
    small('asr', { kind: 'idle' }, { replicas: 2 }),
    small('llm', { kind: 'idle' }),
  );
  await site.fleet.core.setAvailability(site.nodeOf('node-a'), 'ready');
  await site.fleet.run(1_000);
  const wide = modelSpec('asr', {
    gpu: large,
    replicas: 2,
    priority: 900,
    disruption: { kind: 'never' },
  });
  const { plan } = await site.plan(wide, {
    interruptionMs: 0,
    allowPreemption: true,
    recutIdle: false,
  });
  // One new replica first; its fellow waits until an old one has gone by itself.
  expect(plan.begins).toHaveLength(1);
  expect(plan.price).toMatchObject({ preemptions: 0, replicasInterrupted: 0 });
  await site.fleet.core.applyPlan(plan.id);
  await site.fleet.run(20_000);
  expect(site.changeOf(plan).change.state).toBe('done');
  expect(site.ended().some((replica) => replica.startsWith('llm'))).toBe(false);
});

test('a model whose priority rises does not end its own replicas to have more of them', async () => {
  site = new RelayoutSite();
  await site.begin({ 'node-a': 'A100-40GB' });
  const asr = small('asr', { kind: 'budget', seconds: 600 }, { replicas: 9 });
  await site.declare(asr);
  const full = site.fleet.ready('asr');
  expect(full).toBeLessThan(9);
  const { plan } = await site.plan(
    { ...asr, priority: 900 },
    { interruptionMs: 0, allowPreemption: true, recutIdle: false },
  );
  expect(plan).toMatchObject({ ends: [], begins: [], price: { preemptions: 0 } });
  expect(plan.unplaced).not.toBe('');
  expect(site.fleet.ready('asr')).toBe(full);
});

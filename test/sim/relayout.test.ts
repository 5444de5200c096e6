import { afterEach, expect, test } from 'vitest';
import type { PlanBudget } from '../../coordinator/fleet/core.ts';
import {
  apply,
  expectSettled,
  large,
  RelayoutSite,
  twoHalfFull,
} from '../fakes/coordinator/relayout-site.ts';
import { migNeed, modelSpec, nameOf } from '../fakes/coordinator/sim-fleet.ts';

let site = new RelayoutSite();
afterEach(async () => {
  expect(site.fleet.violations()).toEqual([]);
  await site.fleet.kill();
});

test('a plan makes room by a move that nobody notices, and is carried out exactly', async () => {
  site = await twoHalfFull({ kind: 'budget', seconds: 60 });
  const { plan, notes } = await site.plan(modelSpec('llm', { gpu: large }));
  expect(plan).toMatchObject({ kind: 'make-room', unplaced: '' });
  expect(plan.price).toMatchObject({ replicasInterrupted: 0, preemptions: 0 });
  expect(plan.price.moves).toBeGreaterThan(0);
  expect(notes.cards.length).toBeGreaterThan(1);
  expect(site.fleet.core.model(nameOf('llm'))).toBeUndefined();

  await site.fleet.core.applyPlan(plan.id);
  await site.fleet.run(20_000);
  expect(site.changeOf(plan)).toMatchObject({
    change: { state: 'done', reason: '' },
    waitsFor: '',
  });
  expect(site.fleet.ready('llm')).toBe(1);
  const planned = plan.begins.map((claim) => claim.id).sort();
  const claims = site.fleet.core.nodes().flatMap((node) => node.claims.map((claim) => claim.id));
  expect(claims.filter((claim) => planned.includes(claim)).sort()).toEqual(planned);
  expect(site.ended()).toHaveLength(plan.ends.length);
  expect(site.fleet.ready('ocr') + site.fleet.ready('vad')).toBe(2);
});

/** Half seconds that the change below takes, and a few more. */
const ticks = Array.from({ length: 16 }, (_, at) => at);

test('a coordinator that is killed at any moment leaves a change that its successor finishes', async () => {
  for (const tick of ticks) {
    site = await twoHalfFull({ kind: 'budget', seconds: 60 });
    const { plan } = await site.plan(modelSpec('llm', { gpu: large }));
    await site.fleet.core.applyPlan(plan.id);
    await site.fleet.run(tick * 500);
    await site.restart();
    await site.fleet.run(20_000);
    expect(site.changeOf(plan).change, `killed after ${tick * 500} ms`).toMatchObject({
      state: 'done',
      reason: '',
    });
    expect(site.fleet.ready('llm')).toBe(1);
    expect(site.ended()).toHaveLength(plan.ends.length);
    expectSettled(site);
    expect(site.fleet.violations()).toEqual([]);
    if (tick !== ticks.at(-1)) await site.fleet.kill();
  }
});

test('a coordinator that is killed again and again still finishes', async () => {
  site = await twoHalfFull({ kind: 'budget', seconds: 60 });
  const { plan } = await site.plan(modelSpec('llm', { gpu: large }));
  await site.restart();
  await site.fleet.run(500);
  await site.fleet.core.applyPlan(plan.id);
  for (let at = 0; at < 30; at += 1) {
    await site.restart();
    await site.fleet.run(1_000);
  }
  expect(site.changeOf(plan).change.state).toBe('done');
  expectSettled(site);
});

test('an abort at any moment leaves everybody serving and nothing half-way', async () => {
  for (const tick of ticks) {
    site = await twoHalfFull({ kind: 'budget', seconds: 60 });
    const { plan } = await site.plan(modelSpec('llm', { gpu: large }));
    const { change } = await site.fleet.core.applyPlan(plan.id);
    for (let at = 0; at < tick; at += 1) {
      await site.fleet.run(500);
      expect(site.fleet.ready('ocr') + site.fleet.ready('vad')).toBeGreaterThanOrEqual(2);
    }
    const aborted = await site.fleet.core.abortChange(change.id);
    if (aborted.change.state === 'aborted') expect(aborted.change.reason).toBe('by an operator');
    for (let at = 0; at < 40; at += 1) {
      await site.fleet.run(500);
      expect(site.fleet.ready('ocr') + site.fleet.ready('vad')).toBeGreaterThanOrEqual(2);
    }
    expectSettled(site);
    expect(site.fleet.violations()).toEqual([]);
    if (tick !== ticks.at(-1)) await site.fleet.kill();
  }
});

test('a node that is lost in the middle ends the change, and what ran there runs elsewhere', async () => {
  for (const tick of ticks) {
    site = await twoHalfFull({ kind: 'budget', seconds: 60 });
    site.fleet.join('node-c', 'A100-40GB').idleSeconds = 600;
    await site.fleet.core.setAvailability(site.nodeOf('node-c'), 'cordoned');
    await site.fleet.run(1_000);
    const { plan } = await site.plan(modelSpec('llm', { gpu: large }));
    await site.fleet.core.applyPlan(plan.id);
    await site.fleet.core.setAvailability(site.nodeOf('node-c'), 'ready');
    await site.fleet.run(tick * 500);
    const [first] = plan.begins;
    site.lose(first?.node ?? 'node-a');
    await site.fleet.run(90_000);
    const { change } = site.changeOf(plan);
    if (change.state !== 'done') {
      expect(change).toMatchObject({ state: 'aborted', reason: expect.stringContaining('lost') });
    }
    expect(site.fleet.core.changes().filter((each) => each.change.state === 'running')).toEqual([]);
    expect(site.fleet.ready('ocr')).toBeGreaterThanOrEqual(1);
    expect(site.fleet.ready('vad')).toBeGreaterThanOrEqual(1);
    expect(site.fleet.violations()).toEqual([]);
    if (tick !== ticks.at(-1)) await site.fleet.kill();
  }
});

test('who may never be interrupted is not touched, whatever is allowed', async () => {
  site = await twoHalfFull({ kind: 'never' });
  const all: PlanBudget = { interruptionMs: 3_600_000, allowPreemption: true, recutIdle: false };
  const llm = modelSpec('llm', { gpu: large, priority: 900 });
  const { plan, notes } = await site.plan(llm, all);
  expect(plan).toMatchObject({ stages: [], ends: [], begins: [] });
  expect(plan.unplaced).not.toBe('');
  expect(notes.fitsIf).toMatch(/might be moved, which its `disruption` forbids now$/);
  await site.fleet.core.applyModel(llm, apply);
  await site.fleet.run(10_000);
  expect(site.ended()).toEqual([]);
});

test('who may be moved only while idle is looked at again right before the stop', async () => {
  site = await twoHalfFull({ kind: 'idle' });
  const { plan } = await site.plan(modelSpec('llm', { gpu: large }));
  expect(plan.price.moves).toBeGreaterThan(0);
  await site.fleet.core.applyPlan(plan.id);
  for (const agent of site.fleet.agents) agent.idleSeconds = 0;
  await site.fleet.run(20_000);
  expect(site.ended()).toEqual([]);
  expect(site.changeOf(plan)).toMatchObject({
    change: { state: 'running' },
    waitsFor: expect.stringContaining('only while it is idle'),
  });
  for (const agent of site.fleet.agents) agent.idleSeconds = 60;
  await site.fleet.run(20_000);
  expect(site.changeOf(plan).change.state).toBe('done');
  expect(site.fleet.ready('llm')).toBe(1);
});

test('one that stays busy is left alone when the time of the stage is up', async () => {
  site = await twoHalfFull({ kind: 'idle' });
  const { plan } = await site.plan(modelSpec('llm', { gpu: large }));
  await site.fleet.core.applyPlan(plan.id);
  for (const agent of site.fleet.agents) agent.idleSeconds = null;
  await site.fleet.run(1_000_000);
  const { change } = site.changeOf(plan);
  expect(change).toMatchObject({
    state: 'aborted',
    reason: expect.stringMatching(/took longer than \d+s: .* only while it is idle/),
  });
  expect(site.ended()).toEqual([]);
  for (const agent of site.fleet.agents) agent.idleSeconds = 60;
  await site.fleet.run(5_000);
  expectSettled(site);
});

test('a successor that never answers is withdrawn, and what it was to replace serves on', async () => {
  site = await twoHalfFull({ kind: 'budget', seconds: 60 });
  const { plan } = await site.plan(modelSpec('llm', { gpu: large }));
  for (const agent of site.fleet.agents) {
    for (const name of ['ocr', 'vad']) agent.brokenImages.add(`${name}:1`);
  }
  await site.fleet.core.applyPlan(plan.id);
  await site.fleet.run(1_000_000);
  expect(site.changeOf(plan).change).toMatchObject({
    state: 'aborted',
    reason: expect.stringMatching(/^the stage "start replicas" took longer than \d+s/),
  });
  const begun = new Set<string>(plan.begins.map((claim) => claim.id));
  expect(site.ended().filter((replica) => !begun.has(replica))).toEqual([]);
  expectSettled(site);
});

test('what a change is about to use is given to nobody else', async () => {
  site = await twoHalfFull({ kind: 'budget', seconds: 60 });
  const { plan } = await site.plan(modelSpec('llm', { gpu: large }));
  await site.fleet.core.applyPlan(plan.id);
  // More than fits beside the others: without a hold they would take what is free of the card already.
  const half = { ...migNeed, memoryMib: 18_000 };
  const thief = modelSpec('thief', { gpu: half, replicas: 3, priority: 1_000 });
  await site.fleet.core.applyModel(thief, apply);
  await site.restart();
  await site.fleet.run(20_000);
  expect(site.changeOf(plan).change.state).toBe('done');
  expect(site.fleet.ready('llm')).toBe(1);
  const taken = plan.begins.find((claim) => claim.id.startsWith('llm'))?.node;
  expect(site.placesOf('thief')).not.toContain(taken);
});

test('a newer wish for a model that is being moved ends the change', async () => {
  site = await twoHalfFull({ kind: 'budget', seconds: 60 });
  const { plan } = await site.plan(modelSpec('llm', { gpu: large }));
  await site.fleet.core.applyPlan(plan.id);
  await site.fleet.run(1_000);
  await site.fleet.core.scaleModel(nameOf('llm'), 0);
  await site.fleet.run(20_000);
  expect(site.changeOf(plan).change).toMatchObject({
    state: 'aborted',
    reason: expect.stringMatching(/^superseded by change-/),
  });
  expectSettled(site);
});

test('a plan that no longer holds is refused, and says what moved on', async () => {
  site = await twoHalfFull({ kind: 'budget', seconds: 60 });
  const llm = modelSpec('llm', { gpu: large });
  const { plan } = await site.plan(llm);
  await site.declare(modelSpec('small', { gpu: { ...migNeed, memoryMib: 4_000 } }));
  await expect(site.fleet.core.applyPlan(plan.id)).rejects.toMatchObject({
    code: 'PLAN_STALE',
    message: expect.stringMatching(/no longer holds: GPU0 of node-\S+ is now: held by .*small-/),
  });
  await expect(site.fleet.core.applyPlan(`${plan.id}x` as typeof plan.id)).rejects.toMatchObject({
    code: 'PLAN_UNKNOWN',
  });
  expect(site.fleet.core.model(nameOf('llm'))).toBeUndefined();
});

test('a kept plan survives a restart, can be applied twice, and expires', async () => {
  site = await twoHalfFull({ kind: 'budget', seconds: 60 });
  const { plan, notes } = await site.plan(modelSpec('llm', { gpu: large }));
  expect(notes.expiresAtMs).toBe(site.fleet.clock.wallMs() + 3_600_000);
  const other = await site.plan(modelSpec('llm', { gpu: large }));
  await site.restart();
  await site.fleet.run(1_000);
  const first = await site.fleet.core.applyPlan(plan.id);
  const again = await site.fleet.core.applyPlan(plan.id);
  expect(again.change.id).toBe(first.change.id);
  await expect(site.fleet.core.applyPlan(other.plan.id)).rejects.toMatchObject({
    code: 'PLAN_STALE',
  });
  await site.fleet.run(3_600_000);
  await expect(site.fleet.core.applyPlan(other.plan.id)).rejects.toMatchObject({
    code: 'PLAN_UNKNOWN',
  });
}, 30_000);

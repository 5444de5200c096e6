import { afterEach, expect, test } from 'vitest';
import { MemoryStore } from '../../coordinator/store/memory-store.ts';
import type { ChangeView, PlanBudget } from '../../coordinator/fleet/core.ts';
import type { Plan } from '../../shared/domain/change.ts';
import type { Disruption, ModelSpec } from '../../shared/domain/model.ts';
import { migNeed, modelSpec, nameOf, SimFleet } from '../fakes/coordinator/sim-fleet.ts';

const free: PlanBudget = { interruptionMs: 0, allowPreemption: false, recutIdle: false };
const apply = { validateOnly: false, etag: null } as const;

/** A whole A100-40GB, cut as one instance: it fits only on a card that nobody else is on. */
const large = { ...migNeed, memoryMib: 30_000 };

function small(name: string, disruption: Disruption, change: Partial<ModelSpec> = {}): ModelSpec {
  return modelSpec(name, { gpu: { ...migNeed, memoryMib: 9_000 }, disruption, ...change });
}

class Site {
  readonly store = new MemoryStore();
  readonly fleet: SimFleet;
  readonly #down = new Set<string>();

  constructor(seed = 1) {
    this.fleet = new SimFleet({ seed });
  }

  async begin(cards: Readonly<Record<string, string>>): Promise<void> {
    await this.fleet.start(this.store);
    for (const [name, text] of Object.entries(cards)) {
      const agent = this.fleet.join(name, text);
      agent.idleSeconds = 600;
      agent.bindsLate = true;
    }
    await this.fleet.run(1_000);
  }

  /** One model after the other, each ready before the next: so each card gets what the test says. */
  async declare(...specs: readonly ModelSpec[]): Promise<void> {
    for (const spec of specs) {
      await this.fleet.core.applyModel(spec, apply);
      await this.fleet.run(4_000);
    }
  }

  async plan(spec: ModelSpec, budget: PlanBudget = free) {
    const options = { validateOnly: true, etag: null, keepPlan: true, budget };
    const { plan, notes } = await this.fleet.core.applyModel(spec, options);
    return { plan, notes };
  }

  /** SIGKILL of the coordinator; its agents dial the next one. */
  async restart(): Promise<void> {
    await this.fleet.kill();
    await this.fleet.start(this.store);
    for (const agent of this.fleet.agents) if (!this.#down.has(agent.node)) agent.connect();
  }

  nodeOf(name: string) {
    const agent = this.fleet.agents.find((each) => each.node === name);
    if (agent === undefined) throw new Error(`no agent ${name}`);
    return agent.node;
  }

  lose(name: string): void {
    this.#down.add(name);
    this.fleet.agents.find((agent) => agent.node === name)?.disconnect();
  }

  changeOf(plan: Plan): ChangeView {
    const found = this.fleet.core.changes().find(({ change }) => change.plan.id === plan.id);
    if (found === undefined) throw new Error(`no change for ${plan.id}`);
    return found;
  }

  ended(): readonly string[] {
    return this.fleet.agents.flatMap((agent) => agent.ended);
  }

  placesOf(model: string): readonly string[] {
    return (this.fleet.core.model(nameOf(model))?.replicas ?? [])
      .filter(({ claim }) => claim.state === 'held')
      .map(({ claim }) => claim.node);
  }
}

let site = new Site();
afterEach(async () => {
  expect(site.fleet.violations()).toEqual([]);
  await site.fleet.kill();
});

/** Two cards with a small model on each: 30 GiB fit on neither until one of them moves. */
async function twoHalfFull(disruption: Disruption, seed = 1): Promise<void> {
  site = new Site(seed);
  await site.begin({ 'node-a': 'A100-40GB', 'node-b': 'A100-40GB' });
  await site.declare(small('ocr', disruption));
  const [first] = site.fleet.agents.filter((agent) => agent.running.length > 0);
  if (first === undefined) throw new Error('ocr runs nowhere');
  await site.fleet.core.setAvailability(first.node, 'cordoned');
  await site.declare(small('vad', disruption));
  await site.fleet.core.setAvailability(first.node, 'ready');
  await site.fleet.run(1_000);
  expect(new Set([...site.placesOf('ocr'), ...site.placesOf('vad')]).size).toBe(2);
}

test('a plan makes room by a move that nobody notices, and is carried out exactly', async () => {
  await twoHalfFull({ kind: 'budget', seconds: 60 });
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

/** Nothing is half-way: what is held serves, what is on the cards is claimed, and no change runs. */
function expectSettled(): void {
  const { fleet } = site;
  const claims = fleet.core.nodes().flatMap((node) => node.claims);
  expect(claims.filter((claim) => claim.state !== 'held')).toEqual([]);
  const wanted = claims.flatMap((claim) => claim.slices.map((slice) => slice.id)).sort();
  const up = fleet.agents.filter((agent) => agent.connected);
  expect(up.flatMap((agent) => agent.slices.map((slice) => slice.id)).sort()).toEqual(wanted);
  expect(fleet.core.changes().filter(({ change }) => change.state === 'running')).toEqual([]);
  for (const name of ['ocr', 'vad']) expect(fleet.ready(name), name).toBe(1);
}

/** Half seconds that the change below takes, and a few more. */
const ticks = Array.from({ length: 16 }, (_, at) => at);

test('a coordinator that is killed at any moment leaves a change that its successor finishes', async () => {
  for (const tick of ticks) {
    await twoHalfFull({ kind: 'budget', seconds: 60 });
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
    expectSettled();
    expect(site.fleet.violations()).toEqual([]);
    if (tick !== ticks.at(-1)) await site.fleet.kill();
  }
});

test('a coordinator that is killed again and again still finishes', async () => {
  await twoHalfFull({ kind: 'budget', seconds: 60 });
  const { plan } = await site.plan(modelSpec('llm', { gpu: large }));
  await site.restart();
  await site.fleet.run(500);
  await site.fleet.core.applyPlan(plan.id);
  for (let at = 0; at < 30; at += 1) {
    await site.restart();
    await site.fleet.run(1_000);
  }
  expect(site.changeOf(plan).change.state).toBe('done');
  expectSettled();
});

test('an abort at any moment leaves everybody serving and nothing half-way', async () => {
  for (const tick of ticks) {
    await twoHalfFull({ kind: 'budget', seconds: 60 });
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
    expectSettled();
    expect(site.fleet.violations()).toEqual([]);
    if (tick !== ticks.at(-1)) await site.fleet.kill();
  }
});

test('a node that is lost in the middle ends the change, and what ran there runs elsewhere', async () => {
  for (const tick of ticks) {
    await twoHalfFull({ kind: 'budget', seconds: 60 });
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
  await twoHalfFull({ kind: 'never' });
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
  await twoHalfFull({ kind: 'idle' });
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
  await twoHalfFull({ kind: 'idle' });
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
  expectSettled();
});

test('a successor that never answers is withdrawn, and what it was to replace serves on', async () => {
  await twoHalfFull({ kind: 'budget', seconds: 60 });
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
  expectSettled();
});

test('what a change is about to use is given to nobody else', async () => {
  await twoHalfFull({ kind: 'budget', seconds: 60 });
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
  await twoHalfFull({ kind: 'budget', seconds: 60 });
  const { plan } = await site.plan(modelSpec('llm', { gpu: large }));
  await site.fleet.core.applyPlan(plan.id);
  await site.fleet.run(1_000);
  await site.fleet.core.scaleModel(nameOf('llm'), 0);
  await site.fleet.run(20_000);
  expect(site.changeOf(plan).change).toMatchObject({
    state: 'aborted',
    reason: expect.stringMatching(/^superseded by change-/),
  });
  expectSettled();
});

test('a plan that no longer holds is refused, and says what moved on', async () => {
  await twoHalfFull({ kind: 'budget', seconds: 60 });
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
  await twoHalfFull({ kind: 'budget', seconds: 60 });
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

test('a receipt holds what was predicted against what was, and later plans learn from it', async () => {
  await twoHalfFull({ kind: 'budget', seconds: 60 });
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
  site = new Site();
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
  site = new Site();
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
  await twoHalfFull({ kind: 'budget', seconds: 60 });
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
  expectSettled();
  expect((await site.fleet.core.planDefrag(free)).plan.stages).toEqual([]);
});

import { afterEach, expect, test } from 'vitest';
import { MemoryStore } from '../../coordinator/store/memory-store.ts';
import type { PlanBudget } from '../../coordinator/fleet/core.ts';
import type { Plan } from '../../shared/domain/change.ts';
import type { MigInstance } from '../../shared/domain/inventory.ts';
import type { FakeAgent } from '../fakes/coordinator/fake-agent.ts';
import { migNeed, modelSpec, nameOf, SimFleet } from '../fakes/coordinator/sim-fleet.ts';

// A card is full of idle instances that somebody else made. A plan that is allowed to destroys them, and no other does.

const without: PlanBudget = { interruptionMs: 0, allowPreemption: false, recutIdle: false };
const recutIdle: PlanBudget = { ...without, recutIdle: true };

/** Half of an A100-40GB, as others have cut it. */
function half(start: number, gpuInstanceId: number): MigInstance {
  return {
    giProfileId: 9,
    start,
    size: 4,
    profile: '3g.20gb',
    memoryMib: 19_968,
    gpuInstanceId,
    computeInstanceIds: [0],
    uuid: `MIG-others-${gpuInstanceId}`,
    slice: null,
  };
}

/** Needs the whole card: both halves are in its way. */
const llm = modelSpec('llm', { gpu: { ...migNeed, memoryMib: 30_000 } });

let fleet = new SimFleet();
let store = new MemoryStore();
afterEach(async () => {
  expect(fleet.violations()).toEqual([]);
  await fleet.kill();
});

async function begin(): Promise<FakeAgent> {
  fleet = new SimFleet();
  store = new MemoryStore();
  await fleet.start(store);
  const agent = fleet.join('node-a', 'A100-40GB');
  agent.bindsLate = true;
  agent.cutByOthers(0, [half(0, 1), half(4, 2)]);
  await fleet.run(1_000);
  return agent;
}

async function planned(budget: PlanBudget): Promise<Plan> {
  const options = { validateOnly: true, etag: null, keepPlan: true, budget };
  return (await fleet.core.applyModel(llm, options)).plan;
}

function stateOf(plan: Plan) {
  const found = fleet.core.changes().find(({ change }) => change.plan.id === plan.id);
  if (found === undefined) throw new Error(`no change for ${plan.id}`);
  const { state, reason } = found.change;
  return { state, reason };
}

function targetsNaming(agent: FakeAgent): number {
  return agent.received.filter(({ tombstones }) =>
    tombstones.some(({ kind }) => kind === 'instance'),
  ).length;
}

test('what others made is respected by every plan that was not allowed to destroy it', async () => {
  const agent = await begin();
  const plan = await planned(without);
  expect(plan.unplaced).toContain('1 of 1 replica');
  await fleet.core.applyModel(llm, { validateOnly: false, etag: null });
  await fleet.run(10_000);
  expect(fleet.ready('llm')).toBe(0);
  expect(targetsNaming(agent)).toBe(0);
  expect(agent.recut).toEqual([]);
});

test('a plan that may destroys just what it names, and the model gets the place', async () => {
  const agent = await begin();
  const plan = await planned(recutIdle);
  expect(plan.unplaced).toBe('');
  expect(plan.price).toMatchObject({ moves: 0, replicasInterrupted: 0, preemptions: 0 });
  expect(plan.stages[0]).toMatchObject({
    title: 'clear idle slices',
    steps: [
      { slice: null, shape: '3g.20gb at 0', seen: { gpuInstanceId: 1 } },
      { slice: null, shape: '3g.20gb at 4', seen: { gpuInstanceId: 2 } },
    ],
    abortsOn: expect.arrayContaining(['layout-moved-on']),
  });
  await fleet.run(5_000);
  expect(agent.recut, 'a plan alone does nothing').toEqual([]);
  await fleet.core.applyPlan(plan.id);
  await fleet.run(20_000);
  expect(stateOf(plan)).toEqual({ state: 'done', reason: '' });
  expect(agent.recut).toEqual(['3g.20gb at 0', '3g.20gb at 4']);
  expect(fleet.ready('llm')).toBe(1);
  // Nothing more is ordered once it is done.
  expect(agent.received.at(-1)?.tombstones).toEqual([]);
});

const ticks = Array.from({ length: 12 }, (_, at) => at);

test('a coordinator that is killed at any moment leaves a change that its successor finishes', async () => {
  for (const tick of ticks) {
    const agent = await begin();
    const plan = await planned(recutIdle);
    await fleet.core.applyPlan(plan.id);
    await fleet.run(tick * 500);
    await fleet.kill();
    await fleet.start(store);
    agent.connect();
    await fleet.run(20_000);
    expect(stateOf(plan), `killed after ${tick * 500} ms`).toEqual({ state: 'done', reason: '' });
    expect(agent.recut).toEqual(['3g.20gb at 0', '3g.20gb at 4']);
    expect(fleet.ready('llm')).toBe(1);
    expect(fleet.violations()).toEqual([]);
    if (tick !== ticks.at(-1)) await fleet.kill();
  }
});

test('an abort at any moment withdraws what is not yet done', async () => {
  for (const tick of ticks) {
    const agent = await begin();
    const plan = await planned(recutIdle);
    const { change } = await fleet.core.applyPlan(plan.id);
    await fleet.run(tick * 500);
    await fleet.core.abortChange(change.id);
    const before = agent.recut.length;
    agent.paused = true;
    await fleet.run(1_000);
    agent.paused = false;
    await fleet.run(10_000);
    expect(agent.received.at(-1)?.tombstones.filter(({ kind }) => kind === 'instance')).toEqual([]);
    expect(agent.recut, `aborted after ${tick * 500} ms`).toHaveLength(before);
    expect(fleet.violations()).toEqual([]);
    if (tick !== ticks.at(-1)) await fleet.kill();
  }
});

test('an agent that refuses ends the change, with its own words, and orders stop', async () => {
  const agent = await begin();
  agent.keepsOthers = 'process 77 (python3) may use it';
  const plan = await planned(recutIdle);
  await fleet.core.applyPlan(plan.id);
  await fleet.run(10_000);
  expect(stateOf(plan)).toEqual({
    state: 'aborted',
    reason: 'node-a does not destroy 3g.20gb at 0: process 77 (python3) may use it',
  });
  agent.keepsOthers = null;
  await fleet.run(10_000);
  expect(agent.recut).toEqual([]);
  expect(agent.received.at(-1)?.tombstones).toEqual([]);
  expect(fleet.core.model(nameOf('llm'))?.replicas).toEqual([]);
});

test('another instance in the place makes a plan stale, and ends a change', async () => {
  const agent = await begin();
  const plan = await planned(recutIdle);
  agent.cutByOthers(0, [half(0, 1), half(4, 3)]);
  await fleet.run(1_000);
  await expect(fleet.core.applyPlan(plan.id)).rejects.toMatchObject({ code: 'PLAN_STALE' });
  const again = await planned(recutIdle);
  agent.paused = true;
  await fleet.core.applyPlan(again.id);
  await fleet.run(1_000);
  agent.cutByOthers(0, [half(0, 4), half(4, 3)]);
  agent.paused = false;
  await fleet.run(10_000);
  expect(stateOf(again).state).toBe('aborted');
  expect(agent.recut).not.toContain('3g.20gb at 0');
});

test('nothing else is placed on a card that a change is about to cut anew', async () => {
  const agent = await begin();
  const plan = await planned(recutIdle);
  agent.paused = true;
  await fleet.core.applyPlan(plan.id);
  await fleet.run(1_000);
  await fleet.core.applyModel(modelSpec('ocr'), { validateOnly: false, etag: null });
  await fleet.run(2_000);
  expect(fleet.core.model(nameOf('ocr'))?.replicas).toEqual([]);
  agent.paused = false;
  await fleet.run(20_000);
  expect(stateOf(plan).state).toBe('done');
  expect(fleet.ready('llm')).toBe(1);
});

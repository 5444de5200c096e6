import { afterEach, expect, test } from 'vitest';
import { makeNode } from '../../coordinator/scenario/made-node.ts';
import { MemoryStore } from '../../coordinator/store/memory-store.ts';
import { parseCards } from '../../shared/domain/card.ts';
import { parseNodeName, type NodeName } from '../../shared/domain/ids.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import type { PlacementNode } from '../../shared/placement/engine.ts';
import { migNeed, modelSpec, SimFleet, withImage } from '../fakes/coordinator/sim-fleet.ts';

const noBudget = { interruptionMs: 0, allowPreemption: false, recutIdle: false };
let fleet: SimFleet;

async function begin(cards: Readonly<Record<string, string>>): Promise<void> {
  fleet = new SimFleet({ seed: 1 });
  await fleet.start(new MemoryStore());
  for (const [name, text] of Object.entries(cards)) fleet.join(name, text);
  await fleet.run(1_000);
}

async function declare(...specs: readonly ModelSpec[]): Promise<void> {
  for (const spec of specs) {
    await fleet.core.applyModel(spec, { validateOnly: false, etag: null });
    await fleet.run(5_000);
  }
}

afterEach(async () => {
  await fleet.kill();
  expect(fleet.violations()).toEqual([]);
});

function named(text: string): NodeName {
  const name = parseNodeName(text);
  if (!name.ok) throw new Error(name.problem.message);
  return name.value;
}

function node(name: string, text: string): PlacementNode {
  const cards = parseCards(text);
  if (!cards.ok) throw new Error(cards.problem.message);
  return makeNode({
    name: named(name),
    cards: cards.value,
    cpuMillis: 64_000,
    memoryMib: 262_144,
    labels: {},
    authority: 'cut',
    mpsOffered: true,
  });
}

/** A whole A100-40GB, cut as one instance. */
const large = (name: string, replicas = 1): ModelSpec =>
  modelSpec(name, { gpu: { ...migNeed, memoryMib: 30_000 }, replicas });

/** All that could tell that somebody asked. */
function traces(): string {
  return JSON.stringify([fleet.core.models(), fleet.core.changes(), fleet.eventKinds()]);
}

test('a node that came would take those who wait, and nothing is changed by asking', async () => {
  await begin({ 'node-a': 'A100-40GB' });
  await declare(large('one'), large('two', 3));
  const before = traces();
  const thought = await fleet.core.tryNodes([node('added-1', '2xA100-40GB')]);
  expect(thought.placed.map(({ want, claim }) => [want.spec.name, want.from, claim.node])).toEqual([
    ['two', null, 'added-1'],
    ['two', null, 'added-1'],
  ]);
  expect(thought.waiting.map(({ want }) => want.spec.name)).toEqual(['two']);
  expect(thought.waiting[0]?.refusal.summary).not.toBe('');
  const free = (at: 'before' | 'after') =>
    thought[at].map(({ product, cards, wholeCards }) => [product, cards, wholeCards]);
  expect(free('before')).toEqual([['NVIDIA A100-SXM4-40GB', 1, 0]]);
  expect(free('after')).toEqual([['NVIDIA A100-SXM4-40GB', 3, 0]]);
  expect(traces()).toBe(before);
  // What was said comes true.
  fleet.join('node-b', '2xA100-40GB');
  await fleet.run(10_000);
  expect(fleet.core.models().map(({ spec, pendingCount }) => [spec.name, pendingCount])).toEqual([
    ['one', 0],
    ['two', 1],
  ]);
});

test('a node that went would have its replicas placed elsewhere, or told why not', async () => {
  await begin({ 'node-a': 'A100-40GB', 'node-b': 'A100-40GB', 'node-c': 'A100-40GB' });
  await declare(large('one', 2));
  const spot = fleet.core.models()[0]?.replicas[0]?.claim;
  const from = spot?.node ?? named('nowhere');
  const thought = await fleet.core.tryWithout(from);
  expect(thought.waiting).toEqual([]);
  expect(thought.placed.map(({ want }) => want.from)).toEqual([{ replica: spot?.id, node: from }]);
  expect(thought.placed[0]?.claim.node).not.toBe(from);
  await declare(large('two'));
  const full = await fleet.core.tryWithout(from);
  expect([full.placed.length, full.waiting.length]).toEqual([0, 1]);
  await expect(fleet.core.tryWithout(named('nowhere'))).rejects.toMatchObject({
    code: 'NODE_UNKNOWN',
  });
});

test('a new version is tried with its peak and its way back', async () => {
  await begin({ 'node-a': '2xA100-40GB' });
  const first = withImage(large('one'), 'one:1');
  await declare(first);
  const tried = await fleet.core.tryModel(withImage(first, 'one:2'), noBudget);
  expect([tried.surgeFits, tried.rollback?.fits]).toEqual([true, true]);
  const { before, peak, after } = tried.course;
  expect([before.replicas, peak.replicas, after.replicas]).toEqual([1, 2, 1]);
  expect(peak.gpuMemoryMib).toBe(before.gpuMemoryMib + after.gpuMemoryMib);
  expect(fleet.core.models()[0]?.version).toBe(1);
});

test('where there is no room beside, the surge does not fit and the peak is no higher', async () => {
  await begin({ 'node-a': 'A100-40GB' });
  const first = withImage(large('one'), 'one:1');
  await declare(first);
  const tried = await fleet.core.tryModel(withImage(first, 'one:2'), noBudget);
  expect([tried.surgeFits, tried.plan.price.replicasInterrupted]).toEqual([false, 1]);
  expect(tried.course.peak.replicas).toBe(1);
  expect([tried.rollback?.fits, tried.rollback?.plan.price.replicasInterrupted]).toEqual([true, 1]);
});

test('more replicas of the same need no way back', async () => {
  await begin({ 'node-a': '2xA100-40GB' });
  await declare(large('one'));
  const tried = await fleet.core.tryModel(large('one', 3), noBudget);
  expect(tried.rollback).toBeNull();
  expect(tried.surgeFits).toBe(false);
  expect(tried.plan.unplaced).toMatch(/^1 of 3 replicas: /);
  expect(tried.course.after.replicas).toBe(2);
});

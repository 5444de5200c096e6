import { expect, test } from 'vitest';
import type { AllocationTarget } from '../../shared/domain/node-target.ts';
import { startHarness, type Harness } from '../fakes/agent/core-harness.ts';
import { FakeNode } from '../fakes/agent/fake-node.ts';
import { allocation, shapes, slice, sliceGone, target } from '../fakes/agent/targets.ts';

// The real core of an agent, with slices that a client uses by itself.

async function allocated() {
  const fake = new FakeNode('A100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  const gpu = fake.cards[0]?.uuid;
  if (gpu === undefined) throw new Error('the fake has a card');
  const mine = slice('a.0', gpu, shapes.half(0));
  const train = allocation('train', [mine]);
  harness.core.acceptTarget(target(1, { slices: [mine], allocations: [train] }));
  await harness.advance(5_000);
  const over: AllocationTarget = { ...train, reclaiming: true };
  return { fake, harness, gpu, mine, train, over };
}

function told(harness: Harness) {
  return harness.core.status().allocations?.[0];
}

test('slices of an allocation are made and kept, and nothing is started on them', async () => {
  const { fake, harness, gpu } = await allocated();
  expect(fake.history).toEqual([`mig on ${gpu}`, `create 9@0 ${gpu}`, `create-ci 9@0 ${gpu}`]);
  expect(told(harness)).toMatchObject({
    ready: true,
    deviceUuids: [`MIG-${gpu}-1`],
    env: { CUDA_VISIBLE_DEVICES: `MIG-${gpu}-1`, TANGRAM_ALLOCATION: 'train' },
  });
  await harness.restart();
  await harness.advance(3_000);
  expect(told(harness)).toMatchObject({ ready: true });
  expect(fake.history).toHaveLength(3);
  await harness.stop();
});

test('a client takes nothing from what others may be given', async () => {
  const { fake, harness, gpu } = await allocated();
  fake.cards[0]?.foreign.push({ pid: 41, memoryMib: 900 });
  fake.marked = [{ pid: 41, name: 'python3', value: 'train' }];
  await harness.advance(15_000);
  const seen = harness.core.inventory()?.gpus.find((each) => each.uuid === gpu);
  expect(seen?.memoryForeignMib).toBe(0);
  expect(told(harness)?.processes).toEqual([{ pid: 41, name: 'python3', certain: true }]);
  await harness.stop();
});

test('one that is over is looked at until nobody is left, and its slices go only then', async () => {
  const { fake, harness, mine, over } = await allocated();
  fake.marked = [{ pid: 41, name: 'python3', value: 'train' }];
  harness.core.acceptTarget(target(2, { slices: [mine], allocations: [over] }));
  await harness.advance(10_000);
  expect(told(harness)).toMatchObject({ reclaiming: true, quietLooks: 0 });
  // A coordinator that is mistaken: the agent keeps what it sees used.
  const early = { tombstones: [sliceGone(mine)], allocations: [over] };
  harness.core.acceptTarget(target(3, early));
  await harness.advance(10_000);
  expect(fake.history.some((done) => done.startsWith('destroy'))).toBe(false);
  fake.marked = [];
  await harness.advance(10_000);
  expect(told(harness)).toMatchObject({ quietLooks: 2, processes: [] });
  expect(fake.history.some((done) => done.startsWith('destroy'))).toBe(true);
  expect(harness.core.status().tombstonesDone).toEqual([sliceGone(mine)]);
  await harness.stop();
});

test('an agent that begins anew looks anew', async () => {
  const { fake, harness, mine, over } = await allocated();
  harness.core.acceptTarget(target(2, { slices: [mine], allocations: [over] }));
  await harness.advance(10_000);
  expect(told(harness)?.quietLooks).toBe(2);
  fake.marked = [{ pid: 41, name: 'python3', value: 'train' }];
  await harness.restart();
  await harness.advance(3_000);
  expect(told(harness)).toMatchObject({ quietLooks: 0, processes: [{ pid: 41 }] });
  await harness.stop();
});

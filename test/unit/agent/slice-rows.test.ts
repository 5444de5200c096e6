import { expect, test } from 'vitest';
import { sliceRows, type NodeViews } from '../../../agent/slice-rows.ts';
import { allocation, shapes, slice, target } from '../../fakes/agent/targets.ts';
import {
  FakeCore,
  gpuA,
  gpuInventory,
  heldSlice,
  inventoryOf,
  modelName,
  mpsTarget,
  replicaId,
  sliceId,
} from '../../fakes/agent/fake-core.ts';

const status = new FakeCore().statusNow;
const nothing: NodeViews = {
  inventory: inventoryOf([]),
  target: null,
  status,
  attribution: [],
};
const mps = { kind: 'mps', memoryMib: 4_096, smPercent: 25 } as const;
const instance = {
  giProfileId: 14,
  start: 2,
  size: 2,
  profile: '2g.10gb',
  memoryMib: 9_856,
  gpuInstanceId: 3,
  computeInstanceIds: [0],
  uuid: 'MIG-1',
  slice: null,
};
const mig = {
  kind: 'mig',
  giProfileId: 14,
  start: 2,
  size: 2,
  profile: '2g.10gb',
  memoryMib: 9_856,
};

test('a node without target, replicas or instances has no slices', () => {
  expect(sliceRows(nothing)).toEqual([]);
});

test('a slice that is wanted and not there yet names the replica it is for', () => {
  expect(sliceRows({ ...nothing, target: mpsTarget() })).toEqual([
    {
      slice: sliceId,
      gpu: gpuA,
      shape: mps,
      deviceUuid: null,
      holder: { kind: 'replica', replica: replicaId, model: modelName },
      pids: [],
      state: 'unknown',
      reason: '',
    },
  ]);
});

test('a slice that is held shows its device, its processes and its phase', () => {
  const ready = {
    ...status,
    slices: [
      { slice: sliceId, incarnation: 1, gpu: gpuA, phase: 'ready', deviceUuid: gpuA, reason: '' },
    ],
  } as const;
  const rows = sliceRows({
    ...nothing,
    target: mpsTarget(),
    status: ready,
    attribution: [heldSlice],
  });
  expect(rows).toMatchObject([{ slice: sliceId, deviceUuid: gpuA, pids: [4242], state: 'ready' }]);
});

test('a report of another incarnation says nothing about this slice', () => {
  const old = {
    ...status,
    slices: [
      { slice: sliceId, incarnation: 9, gpu: gpuA, phase: 'ready', deviceUuid: 'x', reason: '' },
    ],
  } as const;
  expect(sliceRows({ ...nothing, target: mpsTarget(), status: old })).toMatchObject([
    { state: 'unknown', deviceUuid: null },
  ]);
});

test('a running replica whose target is gone still shows what it holds', () => {
  expect(sliceRows({ ...nothing, attribution: [heldSlice] })).toMatchObject([
    {
      slice: sliceId,
      holder: { kind: 'replica', replica: replicaId },
      shape: mps,
      state: 'unknown',
    },
  ]);
});

test('instances that nobody named are foreign, and ours that nobody wants are leaving', () => {
  const inventory = inventoryOf([
    gpuInventory({
      instances: [instance, { ...instance, start: 4, uuid: 'MIG-2', slice: sliceId }],
    }),
  ]);
  expect(sliceRows({ ...nothing, inventory })).toMatchObject([
    { slice: null, shape: mig, deviceUuid: 'MIG-1', state: 'foreign' },
    { slice: sliceId, deviceUuid: 'MIG-2', state: 'leaving' },
  ]);
});

test('what a layout of ours has made is free, unless a stranger is on the card', () => {
  const { giProfileId, start, profile } = instance;
  const shape = { migEnabled: true, instances: [{ giProfileId, start, profile, compute: null }] };
  const bootId = inventoryOf([]).bootId;
  const recorded = [{ gpu: gpuA, bootId, shape }];
  const states = (memoryForeignMib: number) => {
    const instances = [instance, { ...instance, start: 4, uuid: 'MIG-2' }];
    const inventory = inventoryOf([gpuInventory({ instances, memoryForeignMib })]);
    return sliceRows({ ...nothing, inventory, recorded }).map((each) => each.state);
  };
  expect(states(0)).toEqual(['free', 'foreign']);
  expect(states(500)).toEqual(['foreign', 'foreign']);
});

const train = { kind: 'allocation', allocation: 'train' };
const small = slice('a.0', gpuA, shapes.small(0));
const share = slice('a.1', gpuA, shapes.mps(4_096));

test.for([false, true])('a slice of an allocation names it, reclaiming: %s', (reclaiming) => {
  const wanted = target(1, {
    slices: [small],
    allocations: [allocation('train', [small], { reclaiming })],
  });
  expect(sliceRows({ ...nothing, target: wanted })).toMatchObject([
    { slice: small.id, holder: train, pids: [] },
  ]);
});

test('what the target has left out is its allocation’s until somebody ends that', () => {
  const left = {
    epoch: 1,
    holder: { kind: 'allocation', target: allocation('train', [small, share]) },
    slices: [small, share],
    declaration: null,
  } as const;
  const found = { ...instance, slice: small.id, giProfileId: 19, start: 0 };
  const inventory = inventoryOf([gpuInventory({ instances: [found] })]);
  const views = { ...nothing, inventory, status: { ...status, left: [left] } };
  expect(sliceRows(views)).toEqual([
    {
      slice: small.id,
      gpu: gpuA,
      shape: small.shape,
      deviceUuid: 'MIG-1',
      holder: train,
      pids: [],
      state: 'leaving',
      reason: '',
    },
    {
      slice: share.id,
      gpu: gpuA,
      shape: share.shape,
      deviceUuid: gpuA,
      holder: train,
      pids: [],
      state: 'leaving',
      reason: '',
    },
  ]);
});

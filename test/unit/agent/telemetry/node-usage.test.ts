import { expect, test } from 'vitest';
import type { ProcessPlace } from '../../../../agent/attribution/whose.ts';
import type { DcgmRow } from '../../../../agent/drivers/dcgm/dcgmi.ts';
import { cardReading, type CardFacts } from '../../../../agent/telemetry/card-reading.ts';
import { IdlePower } from '../../../../agent/telemetry/idle-power.ts';
import { NodeUsage } from '../../../../agent/telemetry/node-usage.ts';
import { ProcessTable } from '../../../../agent/telemetry/process-table.ts';
import { GpuSampler } from '../../../../agent/telemetry/sampler.ts';
import type { SliceRow } from '../../../../agent/slice-rows.ts';
import { cardByProductName, geometryOf } from '../../../../shared/domain/card.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import {
  FakeCore,
  gpuA,
  gpuInventory,
  gpuRow,
  heldSlice,
  inventoryOf,
  modelName,
  mpsTarget,
  readyReplica,
  replicaId,
  sliceId,
} from '../../../fakes/agent/fake-core.ts';
import { allocation, shapes, slice, target } from '../../../fakes/agent/targets.ts';
import { FakeSampling } from '../../../fakes/agent/fake-nvidia-smi.ts';
import { ManualClock, settle } from '../../../fakes/manual-clock.ts';

const places = new Map<number, ProcessPlace>([
  [5_000, { parentPid: 4242, groupId: 5_000, containers: [], mark: null }],
  [9, { parentPid: 1, groupId: 9, containers: ['f'.repeat(64)], mark: null }],
  [30, { parentPid: 1, groupId: 30, containers: ['f'.repeat(64)], mark: 'train' }],
  [31, { parentPid: 30, groupId: 30, containers: [], mark: null }],
]);

const engineNames = new Map([['f'.repeat(64), { name: 'nightly', image: 'train:3' }]]);

function setUp() {
  const clock = new ManualClock();
  const fake = new FakeSampling(() => clock.monotonicMs());
  const core = new FakeCore();
  core.seen = inventoryOf([gpuInventory({ mode: 'mps' })]);
  core.accepted = mpsTarget();
  core.held = [heldSlice];
  core.replicaList = [readyReplica];
  const nvidiaSmi = fake.tool();
  const log = silentLog;
  const controller = new AbortController();
  const { signal } = controller;
  const sampler = new GpuSampler({ nvidiaSmi, clock, random: () => 1, log, periodMs: 1_000 });
  const cards = () => sampler.latest()?.sample.cards ?? [];
  const usage = new NodeUsage({
    core,
    sampler,
    processes: new ProcessTable({ nvidiaSmi, cards, clock, log, signal }),
    details: null,
    dcgm: null,
    containers: { of: async () => engineNames },
    place: (pid) => places.get(pid) ?? null,
  });
  const running = sampler.run(signal);
  const end = async (): Promise<void> => {
    controller.abort();
    await running;
  };
  return { clock, fake, core, usage, end };
}

test('every process finds its replica, also a child born since, and the rest is foreign', async () => {
  const { fake, usage, end } = setUp();
  expect(await usage.read()).toBeNull();
  await settle();
  fake.push([gpuRow({ powerDrawWatts: 60, utilizationPercent: 0 })]);
  fake.push([gpuRow({ powerDrawWatts: 100, memoryUsedMib: 2_000 })]);
  fake.processes = [
    { gpu: gpuA, pid: 4242, name: 'python', memoryUsedMib: 300 },
    { gpu: gpuA, pid: 5_000, name: 'python', memoryUsedMib: 100 },
    { gpu: gpuA, pid: 9, name: 'train', memoryUsedMib: 1_000 },
    { gpu: gpuA, pid: 77, name: '/usr/bin/nvidia-cuda-mps-server', memoryUsedMib: 30 },
  ];
  await settle();
  const view = await usage.read();
  const [card] = view?.cards ?? [];
  expect(card?.processes?.map((each) => each.owner.kind)).toEqual([
    'replica',
    'replica',
    'foreign',
    'mps-server',
  ]);
  expect(card?.processes?.map(({ container }) => container?.name ?? null)).toEqual([
    null,
    null,
    'nightly',
    null,
  ]);
  expect(card?.shares.holders[0]).toMatchObject({
    holder: { kind: 'replica', replica: replicaId, model: modelName },
    memoryMib: { value: 400, basis: 'measured' },
    serverMib: { value: 30, basis: 'shared' },
    reservedMib: 4_096 - 430,
  });
  expect(card?.shares.foreign?.memoryMib).toEqual({ value: 1_000, basis: 'measured' });
  expect(card?.shares.power).toMatchObject({ totalWatts: 100, idleWatts: 60 });
  await end();
});

test('who carries the mark of an allocation that is here is its, with all below, until it is gone', async () => {
  const { fake, core, usage, end } = setUp();
  const share = slice('t.0', gpuA, shapes.mps(8_000));
  core.accepted = target(1, {
    slices: [share],
    allocations: [allocation('train', [share], { reclaiming: true })],
  });
  core.held = [];
  core.replicaList = [];
  await settle();
  fake.push([gpuRow()]);
  fake.processes = [
    { gpu: gpuA, pid: 30, name: 'python', memoryUsedMib: 300 },
    { gpu: gpuA, pid: 31, name: 'worker', memoryUsedMib: 100 },
    { gpu: gpuA, pid: 9, name: 'train', memoryUsedMib: 50 },
    { gpu: gpuA, pid: 77, name: '/usr/bin/nvidia-cuda-mps-server', memoryUsedMib: 30 },
  ];
  await settle();
  const train = { kind: 'allocation', allocation: 'train' };
  const [card] = (await usage.read())?.cards ?? [];
  expect(card?.processes?.map(({ owner, container }) => [owner, container?.name])).toEqual([
    [train, 'nightly'],
    [train, 'nightly'],
    [{ kind: 'foreign' }, 'nightly'],
    [{ kind: 'mps-server' }, undefined],
  ]);
  expect(card?.slices.map(({ row }) => row.holder)).toEqual([train]);
  expect(card?.shares.holders).toMatchObject([
    { holder: train, memoryMib: { value: 400 }, serverMib: { value: 30 }, reservedMib: 7_570 },
  ]);
  core.accepted = target(2, {});
  const [after] = (await usage.read())?.cards ?? [];
  expect(after?.shares.holders).toEqual([]);
  expect(after?.shares.foreign?.memoryMib?.value).toBe(450);
  await end();
});

test('processes that cannot be read leave everybody’s memory unknown, and an old sample is stale', async () => {
  const { clock, fake, usage, end } = setUp();
  await settle();
  fake.push([gpuRow()]);
  await settle();
  fake.failProcesses = true;
  await clock.advance(6_000);
  const view = await usage.read();
  expect(view).toMatchObject({ ageMs: 6_000, stale: true });
  expect(view?.cards[0]?.processes).toBeNull();
  expect(view?.cards[0]?.shares.holders[0]?.memoryMib).toBeNull();
  await end();
});

test('under MIG an instance’s use is its part of the card', () => {
  const card = cardByProductName('NVIDIA A100-SXM4-40GB');
  const geometry = card === undefined ? null : geometryOf(card);
  const instance = {
    giProfileId: 9,
    start: 4,
    size: 4,
    profile: '3g.20gb',
    memoryMib: 19_968,
    gpuInstanceId: 2,
    computeInstanceIds: [0],
    uuid: 'MIG-1',
    slice: sliceId,
  };
  const dcgm: DcgmRow = {
    gpu: gpuA,
    gpuInstanceId: 2,
    engineActiveRatio: 0.9,
    smActiveRatio: 0.5,
    smOccupancyRatio: null,
    tensorActiveRatio: null,
    memoryActiveRatio: null,
    pcieSentBytesPerS: null,
    pcieReceivedBytesPerS: null,
  };
  const row: SliceRow = {
    slice: sliceId,
    gpu: gpuA,
    shape: {
      kind: 'mig',
      giProfileId: 9,
      start: 4,
      size: 4,
      profile: '3g.20gb',
      memoryMib: 19_968,
    },
    deviceUuid: 'MIG-1',
    holder: { kind: 'replica', replica: replicaId, model: modelName },
    pids: [],
    state: 'ready',
    reason: '',
  };
  const facts: CardFacts = {
    row: gpuRow({ migEnabled: true, utilizationPercent: null, memoryTotalMib: 40_960 }),
    inventory: gpuInventory({ migEnabled: true, geometry, instances: [instance] }),
    details: null,
    idleWatts: 50,
    slices: [row],
    processes: [],
    dcgm: [dcgm],
  };
  expect(cardReading(facts).slices[0]?.smRatio).toBeCloseTo((0.5 * 3) / 7);
  expect(cardReading({ ...facts, dcgm: [] }).slices[0]?.smRatio).toBeNull();
  const left = { ...row, slice: null, holder: null };
  const holders = (['free', 'foreign'] as const).map(
    (state) => cardReading({ ...facts, slices: [{ ...left, state }] }).slices[0]?.holder.kind,
  );
  expect(holders).toEqual(['nobody', 'foreign']);
});

test('idle is the least that a card was seen to draw', () => {
  const power = new IdlePower();
  expect(power.wattsOf(gpuA)).toBeNull();
  for (const powerDrawWatts of [90, null, 45, 0, 120])
    power.observe([{ uuid: gpuA, powerDrawWatts }]);
  expect(power.wattsOf(gpuA)).toBe(45);
});

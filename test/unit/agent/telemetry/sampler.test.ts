import { expect, test } from 'vitest';
import { GpuSampler } from '../../../../agent/telemetry/sampler.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import { gpuA, gpuRow } from '../../../fakes/agent/fake-core.ts';
import { FakeSampling } from '../../../fakes/agent/fake-nvidia-smi.ts';
import { ManualClock, settle } from '../../../fakes/manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const fake = new FakeSampling(() => clock.monotonicMs());
  const sampler = new GpuSampler({
    nvidiaSmi: fake.tool(),
    clock,
    random: () => 1,
    log: silentLog,
    periodMs: 1_000,
  });
  const controller = new AbortController();
  const running = sampler.run(controller.signal);
  const end = async (): Promise<void> => {
    controller.abort();
    await running;
  };
  return { clock, fake, sampler, end };
}

test('the newest sample is kept, grows older, and is told to listeners', async () => {
  const { clock, fake, sampler, end } = setUp();
  const heard: number[] = [];
  sampler.onSample(({ cards }) => heard.push(cards[0]?.utilizationPercent ?? -1));
  await settle();
  fake.push([gpuRow({ utilizationPercent: 7 })]);
  await clock.advance(1_500);
  expect(sampler.latest()?.ageMs).toBe(1_500);
  expect(heard).toEqual([7]);
  expect(sampler.history(gpuA, 'tangram_gpu_temperature_celsius', 10_000)?.values).toEqual([40]);
  expect(sampler.history('GPU-none', 'tangram_gpu_temperature_celsius', 10_000)).toBeNull();
  await end();
});

test('a command that dies at once is started again after 1 s, 2 s, 4 s', async () => {
  const { clock, fake, sampler, end } = setUp();
  for (let round = 0; round < 4; round += 1) {
    await settle();
    fake.push([gpuRow()]);
    await settle();
    fake.die('driver gone');
    await clock.advance(round === 3 ? 0 : 1_000 * 2 ** round);
  }
  expect(fake.starts).toEqual([0, 1_000, 3_000, 7_000]);
  expect(sampler.restartsTotal).toBe(4);
  expect(sampler.lastError).toBe('driver gone');
  await end();
});

test('a command that had sampled for a while is started again soon', async () => {
  const { clock, fake, end } = setUp();
  await settle();
  for (let at = 0; at < 6; at += 1) fake.push([gpuRow()]);
  await settle();
  fake.die('killed');
  await clock.advance(500);
  expect(fake.starts).toEqual([0, 500]);
  await end();
});

test('a loop that never lasts gives way to single queries, and is tried again after ten minutes', async () => {
  const { clock, fake, sampler, end } = setUp();
  fake.cards = [gpuRow({ utilizationPercent: 3 })];
  for (let round = 0; round < 5; round += 1) {
    await settle();
    fake.push([gpuRow()]);
    await settle();
    fake.die('lost a card: [Unknown Error]');
    await clock.advance(16_000);
  }
  expect(fake.starts).toHaveLength(5);
  await clock.advance(3_000);
  const gaps = fake.queries.slice(1).map((at, before) => at - (fake.queries[before] ?? 0));
  expect(new Set(gaps)).toEqual(new Set([1_000]));
  expect(sampler.latest()?.sample.cards[0]?.utilizationPercent).toBe(3);
  expect(sampler.lastError).toBeNull();
  expect(fake.running).toBe(0);
  await clock.advance(600_000);
  expect(fake.running).toBe(1);
  await end();
});

test('a tool that tells nothing at all is not taken for a loop that is at fault', async () => {
  const { clock, fake, end } = setUp();
  for (let round = 0; round < 8; round += 1) {
    await settle();
    fake.die('no driver');
    await clock.advance(30_000);
  }
  expect(fake.queries).toEqual([]);
  expect(fake.starts.length).toBeGreaterThan(6);
  await end();
});

test('single queries let go of the cards, too', async () => {
  const { clock, fake, sampler, end } = setUp();
  for (let round = 0; round < 5; round += 1) {
    await settle();
    fake.push([gpuRow()]);
    await settle();
    fake.die('lost');
    await clock.advance(16_000);
  }
  await sampler.release(new AbortController().signal);
  const before = fake.queries.length;
  await clock.advance(10_000);
  expect(fake.queries).toHaveLength(before);
  sampler.resume();
  await clock.advance(1_000);
  expect(fake.queries.length).toBeGreaterThan(before);
  await end();
});

test.for([
  [1_000, 5_000],
  [60_000, 300_000],
  [100, 5_000],
])('at one sample every %i ms, one of %i ms is stale', ([periodMs = 0, staleMs = 0]) => {
  const clock = new ManualClock();
  const nvidiaSmi = new FakeSampling(() => 0).tool();
  const sampler = new GpuSampler({ nvidiaSmi, clock, random: () => 1, log: silentLog, periodMs });
  expect(sampler.staleMs).toBe(staleMs);
});

test('no command runs between release and resume, and holds count', async () => {
  const { clock, fake, sampler, end } = setUp();
  await settle();
  expect(fake.running).toBe(1);
  const never = new AbortController().signal;
  await sampler.release(never);
  await sampler.release(never);
  expect(fake.running).toBe(0);
  sampler.resume();
  await clock.advance(60_000);
  expect(fake.running).toBe(0);
  sampler.resume();
  await settle();
  expect(fake.running).toBe(1);
  expect(sampler.restartsTotal).toBe(0);
  await end();
  expect(fake.running).toBe(0);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holdDownMs, withFlap } from '../../../../coordinator/fleet/flapping.ts';
import { fleetLimits } from '../../../../coordinator/fleet/limits.ts';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import { modelSpec, SimFleet } from '../../../fakes/coordinator/sim-fleet.ts';

test.for([
  { name: 'nothing was lost', flaps: [], atMs: 0, hold: 0 },
  { name: 'twice is no pattern', flaps: [0, 1], atMs: 2, hold: 0 },
  { name: 'three times', flaps: [0, 1, 2], atMs: 3, hold: 10_000 },
  { name: 'three times, and steady since', flaps: [0, 1, 2], atMs: 10_002, hold: 0 },
  { name: 'each time more doubles it', flaps: [0, 1, 2, 3, 4], atMs: 5, hold: 40_000 },
  {
    name: 'with a bound',
    flaps: Array.from({ length: 16 }, () => 0),
    atMs: 299_999,
    hold: 300_000,
  },
])('$name: held for $hold ms', ({ flaps, atMs, hold }) => {
  expect(holdDownMs(flaps, atMs, fleetLimits)).toBe(hold);
});

test('what is noted is bounded, in order, and no older than the window', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 700_000 }), { maxLength: 100 });
  fc.assert(
    fc.property(steps, (gaps) => {
      let nowMs = 0;
      let flaps: readonly number[] = [];
      for (const gap of gaps) {
        nowMs += gap;
        flaps = withFlap(flaps, nowMs, fleetLimits);
        expect(flaps.length).toBeLessThanOrEqual(16);
        expect(flaps.at(-1)).toBe(nowMs);
        expect([...flaps].sort((a, b) => a - b)).toEqual(flaps);
        expect(nowMs - (flaps[0] ?? nowMs)).toBeLessThanOrEqual(fleetLimits.flapWindowMs);
        expect(holdDownMs(flaps, nowMs + fleetLimits.holdMaxMs, fleetLimits)).toBe(0);
      }
    }),
  );
});

test('a link that is up for a second and down for a second moves nothing and attracts nothing', async () => {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  const flapper = fleet.join('node-a', 'A100-40GB');
  const spec = modelSpec('vad', { replicas: 2 });
  await fleet.core.applyModel(spec, { validateOnly: false, etag: null });
  await fleet.run(5_000);
  const before = flapper.running.map(({ replica }) => replica);
  const kinds: string[] = [];
  for (let round = 0; round < 60; round += 1) {
    flapper.disconnect();
    await fleet.run(1_000);
    flapper.connect();
    await fleet.run(1_000);
    kinds.push(fleet.core.node(flapper.node)?.availability.kind ?? 'gone');
    // Somebody wants more the whole time, and this node alone has room.
    if (round === 5) await fleet.core.scaleModel(spec.name, 3);
  }
  expect(kinds.slice(0, 2)).toEqual(['ready', 'ready']);
  expect(new Set(kinds.slice(2))).toEqual(new Set(['suspect']));
  expect(fleet.core.node(flapper.node)?.availability).toMatchObject({
    reason: 'its link comes and goes: nothing new for 5m after that',
  });
  expect(flapper.running.map(({ replica }) => replica)).toEqual(before);
  expect(flapper.ended).toEqual([]);
  expect(fleet.eventKinds().filter((kind) => kind === 'placed')).toHaveLength(2);
  expect(fleet.eventKinds().filter((kind) => kind === 'flapping')).toHaveLength(1);
  expect(fleet.eventKinds()).not.toContain('replaced');
  // What it runs counts all the while, and it is used again once it has been steady for long enough.
  expect(fleet.ready('vad')).toBe(2);
  await fleet.run(295_000);
  expect(fleet.ready('vad')).toBe(2);
  await fleet.run(10_000);
  expect(fleet.core.node(flapper.node)?.availability.kind).toBe('ready');
  expect(fleet.ready('vad')).toBe(3);
  await fleet.kill();
});

test.for([
  { stream: 'its stream stays', dialsAnew: false },
  { stream: 'it dials anew before the old stream has ended', dialsAnew: true },
])('one that falls silent and comes back is counted once: $stream', async ({ dialsAnew }) => {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.run(1_000);
  for (let round = 0; round < 3; round += 1) {
    expect(fleet.core.node(agent.node)?.availability.kind).toBe('ready');
    agent.paused = true;
    await fleet.run(4_000);
    expect(fleet.core.node(agent.node)?.availability.kind).toBe('suspect');
    agent.paused = false;
    if (dialsAnew) agent.connect();
    await fleet.run(2_000);
  }
  expect(fleet.core.node(agent.node)?.availability).toMatchObject({
    kind: 'suspect',
    reason: 'its link comes and goes: nothing new for 10s after that',
  });
  await fleet.run(10_000);
  expect(fleet.core.node(agent.node)?.availability.kind).toBe('ready');
  await fleet.kill();
});

import { afterEach, expect, test } from 'vitest';
import type { GpuUuid } from '../../shared/domain/ids.ts';
import { HealthHarness } from '../fakes/agent/health-harness.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { goodReadings } from '../fakes/agent/health.ts';
import { FakeNode } from '../fakes/agent/fake-node.ts';
import { replica, replicaGone, shapes, slice, target } from '../fakes/agent/targets.ts';

// A card goes bad, is emptied, reset, restored, verified and taken back, with the agent killed wherever it can be.

const limits = { timeout: 240_000 };
let harness: HealthHarness | null = null;

afterEach(async () => {
  await harness?.close();
  harness = null;
});

const xid = (card: number, code: number, more = '') =>
  `NVRM: Xid (PCI:0000:0${card}:00${more}): ${code}, pid='<unknown>', name=<unknown>, words`;

interface Scene {
  readonly harness: HealthHarness;
  readonly sick: GpuUuid;
  readonly well: GpuUuid;
  readonly kept: ReturnType<typeof slice>[];
  /** The target without the replica on the sick card: what a coordinator that drains it sends. */
  drain(): void;
}

/** Two slices and a replica on a card with MIG, and a replica on another card. */
async function scene(over: ConstructorParameters<typeof HealthHarness>[1] = {}): Promise<Scene> {
  const fake = new FakeNode('A100-40GB,L40S');
  const [first, second] = fake.cards;
  if (first === undefined || second === undefined) throw new Error('two cards are needed');
  first.migEnabled = true;
  first.migPending = true;
  const made = new HealthHarness(fake, over);
  harness = made;
  await made.advance(3_000);
  const a = slice('a.0', first.uuid, shapes.half(0));
  const b = slice('b.0', first.uuid, shapes.small(4));
  const c = slice('c.0', second.uuid, { kind: 'whole', memoryMib: 46_068 });
  const away = replica('away', [a]);
  const stays = replica('stays', [c]);
  const accept = (generation: number, over: Partial<Parameters<typeof target>[1]>) => {
    const outcome = made.core.acceptTarget(target(generation, { slices: [a, b, c], ...over }));
    expect(outcome.kind).toBe('accepted');
  };
  accept(1, { replicas: [away, stays] });
  await made.advance(10_000);
  expect([...fake.replicas.keys()].sort()).toEqual(['away-00000001', 'stays-00000001']);
  return {
    harness: made,
    sick: first.uuid,
    well: second.uuid,
    kept: [a, b],
    drain: () => accept(2, { replicas: [stays], tombstones: [replicaGone('away')] }),
  };
}

/** What an operator does who wants the card back, whatever the agent remembers of earlier tries. */
function healUnlessBegun({ harness: made, sick }: Scene): void {
  const { recovery, card } = made.state(sick);
  if (recovery === null && card === 'draining') made.health.heal(sick);
}

function checkWell({ harness: made, sick, well }: Scene): void {
  const { fake } = made;
  expect(made.state(sick)).toMatchObject({ card: 'ok', recovery: 'readmitted', waitsFor: null });
  expect(made.state(well)).toMatchObject({ card: 'ok', recovery: null });
  expect(fake.violations).toEqual([]);
  const places = fake.card(sick).instances.map((each) => `${each.giProfileId}@${each.start}`);
  expect(places.sort()).toEqual(['19@4', '9@0']);
  expect(fake.card(sick).instances.every((each) => each.uuid !== null)).toBe(true);
  // The other card's replica was never touched.
  expect(fake.history.filter((each) => each.includes('stays'))).toEqual(['start stays-00000001']);
  expect(fake.history.filter((each) => each.includes(`reset ${well}`))).toEqual([]);
  const drifts = made.store
    .events({ limit: 1_000, subject: null })
    .filter((each) => each.kind === 'layout-drift');
  expect(drifts).toEqual([]);
}

test(
  'a card with an uncontained error is emptied, reset, restored, verified and taken back',
  limits,
  async () => {
    const all = await scene();
    const { harness: made, sick } = all;
    made.kernel.write(xid(0, 95));
    await made.advance(3_000);
    expect(made.state(sick)).toMatchObject({ card: 'draining', recovery: null });
    // What runs goes on: to drain is the coordinator's.
    expect(made.fake.replicas.size).toBe(2);
    made.health.heal(sick);
    await made.advance(20_000);
    expect(made.state(sick)).toMatchObject({
      recovery: 'draining',
      waitsFor: 'still runs replica away-00000001',
    });
    expect(made.fake.history).not.toContain(`reset ${sick}`);
    all.drain();
    await made.advance(60_000);
    checkWell(all);
    expect(made.fake.history.filter((each) => each === `reset ${sick}`)).toHaveLength(1);
    const told = made.store
      .events({ limit: 1_000, subject: `gpus/${sick}` })
      .map((each) => each.kind);
    expect(told.filter((kind) => kind.startsWith('recovery-'))).toEqual([
      'recovery-marked',
      'recovery-draining',
      'recovery-resetting',
      'recovery-verifying',
      'recovery-readmitted',
    ]);
  },
);

test('killed at any boundary, the next agent finishes the recovery', limits, async () => {
  const whole = await run(null);
  expect(whole).toBeGreaterThan(15);
  for (let boundary = 1; boundary <= whole; boundary += 1) await run(boundary);
});

/** Runs the whole story with a kill at one boundary of it; answers how many there were. */
async function run(boundary: number | null): Promise<number> {
  const all = await scene();
  const { harness: made, sick } = all;
  const { fake } = made;
  all.drain();
  await made.advance(10_000);
  made.kernel.write(xid(0, 95));
  fake.touches = 0;
  fake.crashIn = boundary;
  await made.advance(3_000);
  const revive = async (): Promise<void> => {
    if (!fake.crashed) return;
    await made.restart();
    await made.advance(3_000);
  };
  await revive();
  try {
    healUnlessBegun(all);
  } catch (error) {
    if (!fake.crashed) throw error;
  }
  await made.advance(30_000);
  await revive();
  healUnlessBegun(all);
  await made.advance(90_000);
  try {
    checkWell(all);
  } catch (cause) {
    throw new Error(`after a kill at boundary ${boundary}: ${fake.history.join(', ')}`, { cause });
  }
  const resets = fake.history.filter((each) => each === `reset ${sick}`);
  expect(resets.length).toBeGreaterThanOrEqual(1);
  expect(resets.length).toBeLessThanOrEqual(2);
  const touches = fake.touches;
  await made.close();
  harness = null;
  return touches;
}

test(
  'an injected error empties a card, and hardware is never touched to take it back',
  limits,
  async () => {
    const { harness: made, sick } = await scene();
    const event = {
      code: 95,
      pid: null,
      process: null,
      gpuInstanceId: null,
      computeInstanceId: null,
      line: 'injected',
      atMs: made.clock.wallMs(),
      injected: true,
      fatal: null,
      wish: null,
    };
    const before = made.fake.history.length;
    const told = made.health.foretell(sick, event);
    expect([told.before.state, told.after.state]).toEqual(['ok', 'draining']);
    await made.advance(5_000);
    expect(made.state(sick).card).toBe('ok');
    made.health.inject(sick, event);
    await made.advance(5_000);
    expect(made.state(sick).card).toBe('draining');
    expect(made.health.heal(sick).resets).toBe(false);
    await made.advance(20_000);
    expect(made.state(sick)).toMatchObject({ card: 'ok', recovery: 'readmitted' });
    expect(made.fake.history).toHaveLength(before);
  },
);

test('a fault of one slice leaves the rest of its card in use', limits, async () => {
  const { harness: made, sick } = await scene();
  const [first] = made.fake.card(sick).instances;
  const gi = first?.gpuInstanceId ?? -1;
  made.kernel.write(xid(0, 109, ` GPU-I:0${gi}`));
  await made.advance(5_000);
  expect(made.state(sick)).toMatchObject({ card: 'ok', slices: [`${gi}: draining`] });
  expect(made.core.inventory()?.gpus[0]?.health).toEqual({ state: 'ok' });
  // The holder of the slice is told, and is not started there again when it ends.
  const told = made.store.events({ limit: 1_000, subject: 'replicas/away-00000001' });
  expect(told.map((each) => each.kind)).toContain('card-fault');
  made.fake.end('away-00000001', 1);
  await made.advance(60_000);
  expect(made.fake.history.filter((each) => each === 'start away-00000001')).toHaveLength(1);
  expect(made.core.lastRound()?.steps.join()).toContain('wait (card-unhealthy)');
});

test(
  'the application that crashes does not take its card away, and its replica is told',
  limits,
  async () => {
    const { harness: made, sick, well } = await scene();
    const pid = made.fake.replicas.get('stays-00000001')?.pids[0];
    for (let often = 0; often < 200; often += 1) {
      made.kernel.write(`NVRM: Xid (PCI:0000:01:00): 31, pid=${pid}, name=serve, words ${often}`);
    }
    await made.advance(5_000);
    expect(made.state(well).card).toBe('ok');
    expect(made.state(sick).card).toBe('ok');
    const told = made.store.events({ limit: 1_000, subject: 'replicas/stays-00000001' });
    expect(told.filter((each) => each.kind === 'card-fault')).toHaveLength(1);
    const view = made.health.views().find((each) => each.gpu.uuid === well);
    expect(view?.xidTotals.get('31')).toBe(200);
    expect(view?.gpu.verdict.reasons[0]).toMatchObject({ count: 200, action: 'restart-app' });
  },
);

test(
  'where configuration lets it, an empty card that wants a reset gets it unasked',
  limits,
  async () => {
    const all = await scene({ policy: { xid: {}, autoReset: 'idle' } });
    all.drain();
    await all.harness.advance(5_000);
    all.harness.kernel.write(xid(0, 63));
    await all.harness.advance(60_000);
    checkWell(all);
  },
);

test('without the authority to cut nothing is reset', limits, async () => {
  const fake = new FakeNode('L40S');
  const made = new HealthHarness(fake, {
    authority: 'place',
    policy: { xid: {}, autoReset: 'idle' },
  });
  harness = made;
  await made.advance(2_000);
  const uuid = fake.cards[0]?.uuid;
  if (uuid === undefined) throw new Error('a card is needed');
  made.kernel.write(xid(0, 95));
  await made.advance(5_000);
  made.health.heal(uuid);
  await made.advance(20_000);
  expect(made.state(uuid)).toMatchObject({
    recovery: 'draining',
    waitsFor: expect.stringContaining('authority is place'),
  });
  expect(fake.history).toEqual([]);
});

test(
  'a reboot ends every incident, and the kernel log of the new boot is read from its beginning',
  limits,
  async () => {
    const { harness: made, sick } = await scene();
    made.kernel.write(xid(0, 79));
    await made.advance(3_000);
    expect(made.state(sick).card).toBe('failed');
    expect(() => made.health.heal(sick)).toThrow('a reset does not mend this');
    // A restarted agent knows it still, and counts nothing twice.
    await made.restart();
    await made.advance(3_000);
    expect(made.state(sick).card).toBe('failed');
    expect(made.health.views()[0]?.gpu.verdict.reasons[0]?.count).toBe(1);
    made.fake.reboot();
    made.kernel.clear();
    made.kernel.write(xid(1, 13));
    await made.restart();
    await made.advance(20_000);
    expect(made.state(sick).card).toBe('ok');
    expect(made.health.views()[1]?.xidTotals).toEqual(new Map([['13', 1]]));
  },
);

test('a card that will not be reset fails, and says what to do', limits, async () => {
  const all = await scene();
  const { harness: made, sick } = all;
  all.drain();
  made.kernel.write(xid(0, 95));
  await made.advance(5_000);
  made.resetRefusal = new AppError('GPU_REFUSED', 'cannot reset', { hint: 'reboot that machine' });
  made.health.heal(sick);
  await made.advance(20_000);
  expect(made.state(sick)).toMatchObject({ card: 'failed', recovery: 'failed' });
  const { detail } = made.health.views()[0]?.recovery ?? {};
  expect(detail).toBe('cannot reset; reboot that machine');
  // Asked again, it is tried again.
  made.resetRefusal = null;
  made.health.heal(sick);
  await made.advance(60_000);
  checkWell(all);
});

test('a card that is busy at every try fails in the end', limits, async () => {
  const all = await scene();
  const { harness: made, sick } = all;
  all.drain();
  made.kernel.write(xid(0, 95));
  await made.advance(5_000);
  made.resetRefusal = new AppError('GPU_BUSY', 'in use by another client');
  made.health.heal(sick);
  await made.advance(180_000);
  expect(made.state(sick).recovery).toBe('failed');
  expect(made.health.views()[0]?.recovery?.attempts).toBe(3);
});

test('a card that is not well after its reset is not taken back', limits, async () => {
  const all = await scene();
  const { harness: made, sick } = all;
  all.drain();
  made.kernel.write(xid(0, 95));
  await made.advance(5_000);
  made.health.heal(sick);
  const later = made.clock.wallMs() + 1_000_000;
  made.readings.set(sick, goodReadings({ atMs: later, rowRemapPending: true }));
  await made.advance(20_000);
  expect(made.state(sick).recovery).toBe('verifying');
  await made.advance(240_000);
  expect(made.state(sick)).toMatchObject({ card: 'failed', recovery: 'failed' });
});

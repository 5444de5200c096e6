import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startHarness, type Harness } from '../fakes/agent/core-harness.ts';
import { FakeNode, type FakeCard } from '../fakes/agent/fake-node.ts';
import { replica, replicaGone, shapes, slice, sliceGone, target } from '../fakes/agent/targets.ts';

// The agent is killed at every boundary of sharing a card, of ending it, and of recovering from a fault: before and
// after each write to its store, and before and after each touch of the host. A new one on the same file must finish
// or undo, give the compute mode back, and leave the other card alone.

/** Some hundreds of agents. */
const limits = { timeout: 120_000 };

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tgm-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Scene {
  readonly fake: FakeNode;
  readonly harness: Harness;
  readonly shared: FakeCard;
  readonly other: FakeCard;
  /** Brings what `wish` says about, through a death at boundary `crashAt`; answers how many boundaries there were. */
  readonly settle: (crashAt: number | null, wish: () => void) => Promise<number>;
}

let scenes = 0;

/** A host with a card to share, and another one that serves a MIG model already. */
async function scene(): Promise<Scene> {
  const fake = new FakeNode('L40S,A100-40GB');
  const [shared, other] = fake.cards;
  if (shared === undefined || other === undefined) throw new Error('two cards');
  const harness = startHarness(fake, {}, null, join(folder, `${(scenes += 1)}.db`));
  await harness.advance(500);
  const settle = async (crashAt: number | null, wish: () => void): Promise<number> => {
    const from = fake.touches;
    fake.crashIn = crashAt;
    for (let tries = 0; tries < 4; tries += 1) {
      try {
        wish();
      } catch {
        // Died while it accepted.
      }
      await harness.advance(12_000);
      if (!fake.crashed) break;
      await harness.restart();
      await harness.advance(500);
    }
    fake.crashIn = null;
    return fake.touches - from;
  };
  return { fake, harness, shared, other, settle };
}

function wishes({ harness, shared, other }: Scene) {
  const kept = slice('k.0', other.uuid, shapes.half(0));
  const a = slice('a.0', shared.uuid, shapes.mps(9_216));
  const b = slice('b.0', shared.uuid, shapes.mps(4_608));
  const keeper = replica('keep', [kept]);
  const sharers = [replica('vad', [a], { processes: 2 }), replica('ner', [b])];
  let generation = 0;
  const say = (parts: Parameters<typeof target>[1]) => (): void => {
    harness.core.acceptTarget(target((generation += 1), parts));
  };
  // Accepting again after a crash is another generation of the same wish.
  return {
    before: say({ slices: [kept], replicas: [keeper] }),
    up: say({ slices: [kept, a, b], replicas: [keeper, ...sharers] }),
    down: say({
      slices: [kept],
      replicas: [keeper],
      tombstones: [replicaGone('vad'), replicaGone('ner'), sliceGone(a), sliceGone(b)],
    }),
  };
}

function phases({ harness }: Scene): Record<string, string> {
  return Object.fromEntries(harness.core.replicas().map((each) => [each.model, each.phase]));
}

function aboutOther({ fake, other }: Scene): readonly string[] {
  return fake.history.filter((line) => line.includes(other.uuid) || line.includes('keep'));
}

function expectShared(at: Scene, hint: string): void {
  const { harness, shared, fake } = at;
  expect(phases(at), hint).toEqual({ keep: 'ready', vad: 'ready', ner: 'ready' });
  expect(shared, hint).toMatchObject({
    mpsRunning: true,
    mpsFault: null,
    computeMode: 'Exclusive_Process',
    mpsDefaults: { smPercent: 25, memoryMib: 4_608 },
  });
  expect(harness.store.computeModes(), hint).toMatchObject([{ modeBefore: 'Default' }]);
  expect(harness.store.openIntents(), hint).toEqual([]);
  expect(fake.violations, hint).toEqual([]);
}

function expectGivenBack(at: Scene, hint: string): void {
  const { harness, shared, fake } = at;
  expect(shared, hint).toMatchObject({ mpsRunning: false, computeMode: 'Default' });
  expect(harness.store.computeModes(), hint).toEqual([]);
  expect(harness.store.mpsCards(), hint).toEqual([]);
  expect(harness.store.mpsDefaults(), hint).toEqual([]);
  expect(harness.store.openIntents(), hint).toEqual([]);
  expect(fake.violations, hint).toEqual([]);
}

/** Runs a scenario once undisturbed, and then once for each boundary that this has shown. */
async function atEveryBoundary(
  boundariesMin: number,
  run: (crashAt: number | null) => Promise<number>,
): Promise<void> {
  const boundaries = await run(null);
  expect(boundaries).toBeGreaterThan(boundariesMin);
  for (let at = 1; at <= boundaries; at += 1) await run(at);
}

test('sharing a card, and ending it, survive a kill at every boundary', limits, async () => {
  const start = async (crashAt: number | null): Promise<number> => {
    const at = await scene();
    const wish = wishes(at);
    await at.settle(null, wish.before);
    const kept = aboutOther(at);
    const touches = await at.settle(crashAt, wish.up);
    expectShared(at, `up, killed at ${crashAt}`);
    expect(aboutOther(at), `the other card, killed at ${crashAt}`).toEqual(kept);
    await at.settle(null, wish.down);
    expectGivenBack(at, `down after a start that was killed at ${crashAt}`);
    await at.harness.stop();
    return touches;
  };
  await atEveryBoundary(20, start);
  const end = async (crashAt: number | null): Promise<number> => {
    const at = await scene();
    const wish = wishes(at);
    await at.settle(null, wish.up);
    const kept = aboutOther(at);
    const touches = await at.settle(crashAt, wish.down);
    expectGivenBack(at, `down, killed at ${crashAt}`);
    expect(phases(at)).toMatchObject({ keep: 'ready' });
    expect(aboutOther(at), `the other card, killed at ${crashAt}`).toEqual(kept);
    await at.harness.stop();
    return touches;
  };
  await atEveryBoundary(20, end);
});

test(
  'a fault restarts all who share the card, once, though the agent is killed at any boundary',
  limits,
  async () => {
    await atEveryBoundary(10, async (crashAt) => {
      const at = await scene();
      const wish = wishes(at);
      await at.settle(null, wish.up);
      const kept = aboutOther(at);
      at.fake.history.length = 0;
      const touches = await at.settle(crashAt, () => {
        if (at.fake.history.length === 0) at.shared.mpsFault = 'an illegal address';
        at.harness.core.poke();
      });
      expectShared(at, `killed at ${crashAt}`);
      const done = at.fake.history.filter((line) => /^(start|stop) /.test(line));
      expect([...done].sort(), `killed at ${crashAt}`).toEqual([
        'start ner-00000001',
        'start vad-00000001',
        'stop ner-00000001',
        'stop vad-00000001',
      ]);
      expect(aboutOther(at)).toEqual([]);
      expect(kept).not.toEqual([]);
      expect(at.harness.store.mpsRecoveries()).toMatchObject([{ open: false }]);
      const told = at.harness.store.events({ limit: 100, subject: `gpus/${at.shared.uuid}` });
      expect(
        told.filter((each) => each.kind === 'mps-fault').map((each) => each.message),
      ).toContain(
        'server 4711: an illegal address (its log names no client); restarting ner-00000001, vad-00000001',
      );
      await at.harness.stop();
      return touches;
    });
  },
);

test('a card that faults again and again is left alone after five restarts', limits, async () => {
  const at = await scene();
  await at.settle(null, wishes(at).up);
  at.fake.history.length = 0;
  for (let round = 0; round < 400; round += 1) {
    at.shared.mpsFault = at.fake.replicas.has('vad-00000001') ? 'again' : null;
    await at.harness.advance(1_000);
  }
  const starts = at.fake.history.filter((line) => line === 'start vad-00000001');
  expect(starts).toHaveLength(4);
  expect(phases(at)).toMatchObject({ keep: 'ready', vad: 'waiting', ner: 'waiting' });
  const reason = at.harness.core.replicas().find((each) => each.model === 'vad')?.reason;
  expect(reason).toContain('faulted 5 times within an hour (last: server 4711: again');
  await at.harness.stop();
});

test('a process that is no replica keeps the card from being shared, by name', limits, async () => {
  const at = await scene();
  at.shared.foreign = [{ pid: 77, memoryMib: 100 }];
  await at.settle(null, wishes(at).up);
  expect(at.shared).toMatchObject({ mpsRunning: false, computeMode: 'Default' });
  const status = at.harness.core.status().gpus.find((each) => each.gpu === at.shared.uuid);
  expect(status).toMatchObject({
    outcome: 'waiting',
    detail: expect.stringContaining('process 77 (python3)'),
  });
  at.shared.foreign = [];
  at.harness.core.poke();
  await at.harness.advance(12_000);
  expectShared(at, 'once it has ended');
  await at.harness.stop();
});

test('a reboot forgets the compute mode that was to be given back', limits, async () => {
  const at = await scene();
  const wish = wishes(at);
  await at.settle(null, wish.up);
  at.fake.reboot();
  await at.harness.restart();
  await at.harness.advance(20_000);
  expect(at.shared).toMatchObject({ mpsRunning: true, computeMode: 'Exclusive_Process' });
  await at.settle(null, wish.down);
  expectGivenBack(at, 'after a reboot');
  await at.harness.stop();
});

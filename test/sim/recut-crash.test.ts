import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InstanceTombstone } from '../../shared/domain/node-target.ts';
import { startHarness, type Harness } from '../fakes/agent/core-harness.ts';
import { FakeNode, type FakeCard } from '../fakes/agent/fake-node.ts';
import { replica, shapes, slice, target } from '../fakes/agent/targets.ts';

// The agent is killed at every boundary of destroying what others made: before and after each write to its store, and
// before and after each touch of the card, between the compute and the GPU instance too. A new one on the same file
// must finish, once, and leave alone what the order does not name.

const limits = { timeout: 120_000 };

let folder = '';
let scenes = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tgr-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Scene {
  readonly fake: FakeNode;
  readonly harness: Harness;
  readonly card: FakeCard;
  readonly gone: InstanceTombstone;
  /** Lives through a death at boundary `crashAt`; answers how many boundaries there were. */
  readonly settle: (
    crashAt: number | null,
    wish: () => void,
    whileDead?: () => void,
  ) => Promise<number>;
}

/** One card that others have cut into two halves, of which the first is to go. */
async function scene(): Promise<Scene> {
  const fake = new FakeNode('A100-40GB');
  const [card] = fake.cards;
  if (card === undefined) throw new Error('one card');
  card.migEnabled = true;
  card.migPending = true;
  for (const start of [0, 4]) fake.createInstance(card.uuid, 9, start).uuid = `MIG-others-${start}`;
  const harness = startHarness(fake, {}, null, join(folder, `${(scenes += 1)}.db`));
  await harness.advance(500);
  const gone = {
    kind: 'instance',
    gpu: card.uuid,
    giProfileId: 9,
    start: 0,
    gpuInstanceId: card.instances[0]?.gpuInstanceId ?? 0,
    layoutRevision: harness.store.layouts()[0]?.revision ?? 0,
  } as const;
  const settle: Scene['settle'] = async (crashAt, wish, whileDead = () => undefined) => {
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
      whileDead();
      await harness.restart();
      await harness.advance(500);
    }
    fake.crashIn = null;
    return fake.touches - from;
  };
  return { fake, harness, card, gone, settle };
}

function wishes({ harness, card, gone }: Scene) {
  const held = slice('q.0', card.uuid, shapes.small(0));
  let generation = 0;
  const say = (parts: Parameters<typeof target>[1]) => (): void => {
    harness.core.acceptTarget(target((generation += 1), parts));
  };
  return {
    recut: say({ tombstones: [gone] }),
    serve: say({ slices: [held], replicas: [replica('vad', [held])] }),
  };
}

function placesOf({ card }: Scene): readonly string[] {
  return card.instances.map(({ giProfileId, start }) => `${giProfileId}@${start}`).sort();
}

function destroyed({ fake }: Scene): readonly string[] {
  return fake.history.filter((line) => line.startsWith('destroy '));
}

async function atEveryBoundary(run: (crashAt: number | null) => Promise<number>): Promise<void> {
  const boundaries = await run(null);
  expect(boundaries).toBeGreaterThan(8);
  for (let at = 1; at <= boundaries; at += 1) await run(at);
}

test(
  'an order to destroy survives a kill at every boundary, and goes no further',
  limits,
  async () => {
    await atEveryBoundary(async (crashAt) => {
      const at = await scene();
      const wish = wishes(at);
      const touches = await at.settle(crashAt, wish.recut);
      const hint = `killed at ${crashAt}`;
      expect(placesOf(at), hint).toEqual(['9@4']);
      expect(destroyed(at), hint).toEqual([`destroy 9@0 ${at.card.uuid}`]);
      expect(at.card.instances[0]?.uuid, hint).toBe('MIG-others-4');
      expect(at.harness.core.status().tombstonesDone, hint).toEqual([at.gone]);
      expect(at.harness.core.status().gpus, hint).toMatchObject([{ outcome: 'converged' }]);
      expect(at.harness.store.openIntents(), hint).toEqual([]);
      // A layout that we changed ourselves is no drift: what follows is planned from it.
      expect(at.harness.store.layouts(), hint).toMatchObject([{ driftRevision: 1, revision: 2 }]);
      await at.settle(null, wish.serve);
      expect(placesOf(at), hint).toEqual(['19@0', '9@4']);
      expect(at.harness.core.status().tombstonesDone, hint).toEqual([]);
      expect(at.fake.violations, hint).toEqual([]);
      await at.harness.stop();
      return touches;
    });
  },
);

test(
  'an order that is withdrawn is not gone on with, whenever the agent was killed',
  limits,
  async () => {
    await atEveryBoundary(async (crashAt) => {
      const at = await scene();
      const wish = wishes(at);
      let orders = 0;
      const touches = await at.settle(crashAt, () => {
        orders += 1;
        if (orders === 1) wish.recut();
        else at.harness.core.acceptTarget(target(1_000 + orders, {}));
      });
      expect(placesOf(at), `killed at ${crashAt}`).toContain('9@4');
      // Finished or not begun, never half-way.
      const bare = at.card.instances.filter(({ uuid }) => uuid === null);
      expect(bare, `killed at ${crashAt}`).toEqual([]);
      expect(destroyed(at).length).toBeLessThanOrEqual(1);
      expect(at.harness.store.openIntents()).toEqual([]);
      await at.harness.stop();
      return touches;
    });
  },
);

test('what others cut there while the agent was dead is theirs', limits, async () => {
  await atEveryBoundary(async (crashAt) => {
    const at = await scene();
    let theirs: string | null = null;
    const touches = await at.settle(crashAt, wishes(at).recut, () => {
      if (theirs !== null) return;
      at.card.instances = at.card.instances.filter(({ start }) => start !== 0);
      theirs = 'MIG-new';
      at.fake.createInstance(at.card.uuid, 9, 0).uuid = theirs;
    });
    if (theirs !== null) {
      expect(
        at.card.instances.map(({ uuid }) => uuid),
        `killed at ${crashAt}`,
      ).toContain(theirs);
    }
    await at.harness.stop();
    return touches;
  });
});

test('a reboot takes the instance, and the order with it', limits, async () => {
  const at = await scene();
  at.card.stuck = 'the driver is busy';
  await at.settle(null, wishes(at).recut);
  expect(at.harness.core.status().gpus).toMatchObject([{ outcome: 'failed' }]);
  expect(placesOf(at)).toEqual(['9@0', '9@4']);
  at.card.stuck = null;
  at.fake.reboot();
  await at.harness.restart();
  await at.harness.advance(5_000);
  expect(at.harness.core.status().tombstonesDone).toEqual([at.gone]);
  expect(destroyed(at)).toEqual([]);
  await at.harness.stop();
});

test('an instance that is put to use before the order comes stays, and the card says why', async () => {
  const at = await scene();
  at.card.foreign = [{ pid: 77, memoryMib: 500 }];
  await at.settle(null, wishes(at).recut);
  expect(at.harness.core.status().gpus).toMatchObject([
    { outcome: 'refused', detail: expect.stringContaining('process 77') },
  ]);
  expect(placesOf(at)).toEqual(['9@0', '9@4']);
  expect(at.harness.core.status().tombstonesDone).toEqual([]);
  await at.harness.stop();
});

test('a driver that stops half-way is asked again, order or not, and the journal does not grow', async () => {
  const at = await scene();
  const wish = wishes(at);
  at.fake.destroyRefusal = () => true;
  await at.settle(null, wish.recut);
  expect(at.card.instances.map(({ uuid }) => uuid)).toEqual([null, 'MIG-others-4']);
  at.harness.core.acceptTarget(target(2, {}));
  await at.harness.advance(300_000);
  // The last try, and the one before it until the next look.
  expect(at.harness.store.openIntents().length).toBeLessThanOrEqual(2);
  expect(at.harness.store.openIntents()).not.toEqual([]);
  at.fake.destroyRefusal = () => false;
  await at.harness.advance(120_000);
  expect(placesOf(at)).toEqual(['9@4']);
  expect(at.harness.store.openIntents()).toEqual([]);
  await at.harness.stop();
});

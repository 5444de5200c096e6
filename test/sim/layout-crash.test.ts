import { describe, expect, test } from 'vitest';
import { layoutShape } from '../../agent/observe/layout.ts';
import { AppError, errorChain, isAppError } from '../../shared/platform/errors.ts';
import { FakeNode } from '../fakes/agent/fake-node.ts';
import { LayoutHarness } from '../fakes/agent/layout-harness.ts';
import { replica, shapes, slice, target } from '../fakes/agent/targets.ts';

// The agent is killed at every boundary of a change: before and after each write and each effect on the card.

function document(mig: boolean, ...instances: string[]): string {
  const list = instances.map((each) => `      - ${each}\n`).join('');
  const below = mig ? `\n    instances:${list === '' ? ' []' : `\n${list}`}` : '';
  return `apiVersion: tangram/v1\nkind: MigLayout\ncards:\n  - gpu: 0\n    mig: ${mig}${below}\n`;
}

interface Scenario {
  readonly name: string;
  readonly card: string;
  /** `undefined`: the card has MIG off. */
  readonly before: readonly string[] | undefined;
  readonly wish: string;
  readonly interrupt?: boolean;
  readonly stopDcgm?: boolean;
  /** Starts of our replicas: `kept` on the 3g at 4, `lost` on the 1g at 0. */
  readonly replicas?: readonly ('kept' | 'lost')[];
  /** What the change may end as. */
  readonly after: string;
  readonly prepare?: (harness: LayoutHarness) => void;
}

const scenarios: readonly Scenario[] = [
  {
    name: 'turn MIG on and cut the card',
    card: 'A100-40GB',
    before: undefined,
    wish: document(true, '{ profile: 3g.20gb, start: 4 }', '{ profile: 1g.5gb, start: 0 }'),
    after: 'mig:19@0,9@4',
  },
  {
    name: 'cut the free half anew beside a replica',
    card: 'A100-40GB',
    before: ['{ profile: 3g.20gb, start: 4 }', '{ profile: 1g.5gb, start: 0 }'],
    wish: document(true, '{ profile: 3g.20gb }', '{ profile: 2g.10gb, count: 2 }'),
    replicas: ['kept'],
    stopDcgm: true,
    after: 'mig:14@0,14@2,9@4',
  },
  {
    name: 'interrupt one replica and leave the other alone',
    card: 'A100-40GB',
    before: ['{ profile: 3g.20gb, start: 4 }', '{ profile: 1g.5gb, start: 0 }'],
    wish: document(true, '{ profile: 3g.20gb, start: 4 }', '{ profile: 4g.20gb, start: 0 }'),
    interrupt: true,
    replicas: ['kept', 'lost'],
    after: 'mig:5@0,9@4',
  },
  {
    name: 'destroy everything and turn MIG off',
    card: 'H100-80GB',
    before: ['{ profile: 1g.10gb, start: 0 }', '{ profile: 1g.10gb, start: 2 }'],
    wish: document(false),
    after: 'no-mig:',
  },
  {
    name: 'a step that fails takes everything back',
    card: 'A100-40GB',
    before: ['{ profile: 1g.5gb, start: 0 }', '{ profile: 3g.20gb, start: 4 }'],
    wish: document(true, '{ profile: 4g.20gb, start: 0 }', '{ profile: 3g.20gb, start: 4 }'),
    replicas: ['kept'],
    after: 'mig:19@0,9@4',
    prepare: ({ fake }) => (fake.createRefusal = ({ giProfileId }) => giProfileId === 5),
  },
  {
    name: 'a mode that waits for a reset of the card',
    card: 'A100-40GB',
    before: undefined,
    wish: document(true, '{ profile: 7g.40gb }'),
    after: 'mig:0@0',
    prepare: (harness) => harness.pendingModes.add(harness.fake.cards[0]?.uuid ?? ''),
  },
];

async function prepared(scenario: Scenario): Promise<LayoutHarness> {
  const harness = new LayoutHarness(new FakeNode(scenario.card));
  await harness.advance(1_000);
  if (scenario.before !== undefined) {
    await harness.apply(document(true, ...scenario.before));
    await harness.advance(1_000);
  }
  const { fake } = harness;
  const gpu = fake.cards[0]?.uuid;
  if (gpu === undefined) throw new Error('the fake has a card');
  const wanted = scenario.replicas ?? [];
  if (wanted.length > 0) {
    const parts = [
      { on: slice('kept.0', gpu, shapes.half(4)), name: 'kept' as const },
      { on: slice('lost.0', gpu, shapes.small(0)), name: 'lost' as const },
    ].filter((each) => wanted.includes(each.name));
    const revisions = { [gpu]: harness.core.inventory()?.gpus[0]?.layoutRevision ?? 0 };
    const slices = parts.map((each) => each.on);
    const replicas = parts.map((each) => replica(each.name, [each.on]));
    harness.core.acceptTarget(target(1, { slices, replicas, revisions }));
    await harness.advance(5_000);
    expect([...fake.replicas.keys()].sort()).toEqual(parts.map((each) => `${each.name}-00000001`));
  }
  scenario.prepare?.(harness);
  fake.history.length = 0;
  harness.hookCalls.length = 0;
  return harness;
}

function shapeNow({ fake }: LayoutHarness): string {
  const card = fake.cards[0];
  return layoutShape(card?.migEnabled ?? null, card?.instances ?? []);
}

/** What must never change while the free part of the card does. */
function keptFacts({ fake }: LayoutHarness): unknown {
  const instance = fake.cards[0]?.instances.find(
    (each) => each.giProfileId === 9 && each.start === 4,
  );
  return { instance: { ...instance }, replica: fake.replicas.get('kept-00000001')?.runtimeId };
}

async function attempt(harness: LayoutHarness, scenario: Scenario): Promise<void> {
  const { interrupt = false, stopDcgm = false } = scenario;
  await harness.apply(scenario.wish, { interrupt, stopDcgm }).catch(() => undefined);
}

async function checkOver(harness: LayoutHarness, scenario: Scenario, before: string) {
  const { fake, store } = harness;
  expect([scenario.after, before]).toContain(shapeNow(harness));
  expect(fake.cards[0]?.instances.every((each) => each.uuid !== null)).toBe(true);
  expect(fake.violations).toEqual([]);
  expect(store.openLayoutChanges()).toEqual([]);
  const kinds = harness.core.events({ limit: 1_000, subject: null }).map((each) => each.kind);
  expect(kinds).not.toContain('layout-drift');
  expect(kinds).not.toContain('layout-failed');
  const stops = harness.hookCalls.filter((each) => each === 'stop DCGM').length;
  const starts = harness.hookCalls.filter((each) => each === 'start DCGM').length;
  expect(starts >= stops).toBe(true);
  // Nothing is left that keeps the loop from the card.
  await harness.advance(3_000);
  expect(fake.history.filter((line) => line.startsWith('stop kept'))).toEqual([]);
}

describe.for(scenarios)('$name', (scenario) => {
  test('without a crash', async () => {
    const harness = await prepared(scenario);
    const kept = keptFacts(harness);
    const before = shapeNow(harness);
    await attempt(harness, scenario);
    expect(shapeNow(harness)).toBe(scenario.after);
    if (scenario.replicas !== undefined) expect(keptFacts(harness)).toEqual(kept);
    await checkOver(harness, scenario, before);
    await harness.close();
  });

  test('killed at every boundary: finished or undone, and what is kept is not touched', async () => {
    const measured = await prepared(scenario);
    const from = measured.fake.touches;
    await attempt(measured, scenario);
    const boundaries = measured.fake.touches - from;
    await measured.close();
    expect(boundaries).toBeGreaterThan(10);
    const ends = new Set<string>();
    for (let at = 1; at <= boundaries; at += 1) {
      const harness = await prepared(scenario);
      const kept = keptFacts(harness);
      const before = shapeNow(harness);
      harness.fake.crashIn = at;
      await attempt(harness, scenario);
      await harness.restart();
      await harness.advance(20_000);
      ends.add(shapeNow(harness));
      expect({ at, crashed: true, shape: shapeNow(harness) }).toEqual({
        at,
        crashed: true,
        shape: expect.toSatisfy((shape) => shape === scenario.after || shape === before),
      });
      if (scenario.replicas !== undefined)
        expect({ at, kept: keptFacts(harness) }).toEqual({ at, kept });
      await checkOver(harness, scenario, before);
      await harness.close();
    }
    // Killed before it was written down, nothing has happened; killed after, it goes on.
    expect(ends.size).toBe(scenario.prepare !== undefined && scenario.before !== undefined ? 1 : 2);
  });

  test('killed again while it is mended', async () => {
    const measured = await prepared(scenario);
    const from = measured.fake.touches;
    await attempt(measured, scenario);
    const boundaries = measured.fake.touches - from;
    await measured.close();
    for (let at = 3; at <= boundaries; at += 7) {
      for (const again of [1, 3, 6, 11]) {
        const harness = await prepared(scenario);
        const kept = keptFacts(harness);
        const before = shapeNow(harness);
        harness.fake.crashIn = at;
        await attempt(harness, scenario);
        await harness.restart();
        harness.fake.crashIn = again;
        await harness.advance(5_000);
        await harness.restart();
        await harness.advance(20_000);
        if (scenario.replicas !== undefined) {
          expect({ at, again, kept: keptFacts(harness) }).toEqual({ at, again, kept });
        }
        await checkOver(harness, scenario, before);
        await harness.close();
      }
    }
  });
});

test('a step that fails is undone, and the refusal says why', async () => {
  const harness = new LayoutHarness(new FakeNode('A100-40GB'));
  await harness.advance(1_000);
  harness.fake.createRefusal = () => true;
  const refused: unknown = await harness
    .apply(document(true, '{ profile: 7g.40gb }'))
    .catch((error: unknown) => error);
  expect(errorChain(refused)).toMatch(/undone.*create 7g\.40gb at 0.*refused here/);
  expect(shapeNow(harness)).toBe('no-mig:');
  await harness.close();
});

test('a card that only a reboot resets waits for it, and is cut then', async () => {
  const harness = new LayoutHarness(new FakeNode('A100-40GB'));
  const gpu = harness.fake.cards[0]?.uuid ?? '';
  await harness.advance(1_000);
  harness.pendingModes.add(gpu);
  harness.resetRefusal = new AppError('GPU_REFUSED', 'Resetting GPU is not supported');
  await harness.apply(document(true, '{ profile: 3g.20gb, count: 2 }'));
  expect(harness.lines.map((line) => line.text)).toContainEqual(
    expect.stringContaining('next reboot'),
  );
  expect(shapeNow(harness)).toBe('no-mig:');
  harness.pendingModes.clear();
  harness.fake.reboot();
  await harness.restart();
  await harness.advance(10_000);
  expect(shapeNow(harness)).toBe('mig:9@0,9@4');
  await harness.close();
});

test('a mode that cannot take effect is taken back, and names who holds the card', async () => {
  const harness = new LayoutHarness(new FakeNode('A100-40GB'));
  const gpu = harness.fake.cards[0]?.uuid ?? '';
  await harness.advance(1_000);
  harness.pendingModes.add(gpu);
  harness.resetRefusal = new AppError('GPU_BUSY', 'In use by another client');
  const refused: unknown = await harness
    .apply(document(true, '{ profile: 7g.40gb }'))
    .catch((error: unknown) => error);
  expect(errorChain(refused)).toContain('process 4711 (Xorg)');
  await harness.close();
});

test.for(['A100-40GB', 'H100-80GB'])(
  'after a reboot an %s gets its layout back before its replicas start',
  async (card) => {
    const fake = new FakeNode(card);
    const harness = new LayoutHarness(fake);
    await harness.advance(1_000);
    await harness.apply(
      document(true, '{ profile: 4, start: 0 }'.replace('4,', '19,'), '{ profile: 9, start: 4 }'),
    );
    const gpu = fake.cards[0]?.uuid;
    if (gpu === undefined) throw new Error('the fake has a card');
    const on = slice('kept.0', gpu, shapes.half(4));
    const revisions = { [gpu]: harness.core.inventory()?.gpus[0]?.layoutRevision ?? 0 };
    harness.core.acceptTarget(
      target(1, { slices: [on], replicas: [replica('kept', [on])], revisions }),
    );
    await harness.advance(5_000);
    expect(fake.replicas.size).toBe(1);
    fake.history.length = 0;
    // Hopper forgets its mode, Ampere does not.
    if (card.startsWith('H100')) for (const each of fake.cards) each.migPending = false;
    fake.reboot();
    await harness.restart();
    await harness.advance(10_000);
    expect(shapeNow(harness)).toBe('mig:19@0,9@4');
    const made = fake.history.findIndex((line) => line.startsWith('create-ci 9@4'));
    const started = fake.history.indexOf('start kept-00000001');
    expect(made).toBeGreaterThanOrEqual(0);
    expect(started).toBeGreaterThan(made);
    await harness.close();
  },
);

test('a driver that is late after a reboot is waited for, and nothing starts before', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = new LayoutHarness(fake);
  await harness.advance(1_000);
  await harness.apply(document(true, '{ profile: 3g.20gb, start: 4 }'));
  const gpu = fake.cards[0]?.uuid;
  if (gpu === undefined) throw new Error('the fake has a card');
  const on = slice('kept.0', gpu, shapes.half(4));
  const revisions = { [gpu]: harness.core.inventory()?.gpus[0]?.layoutRevision ?? 0 };
  const replicas = [replica('kept', [on])];
  harness.core.acceptTarget(target(1, { slices: [on], replicas, revisions }));
  await harness.advance(5_000);
  fake.reboot();
  fake.smiBroken = 'the driver is not loaded';
  fake.history.length = 0;
  await harness.restart();
  await harness.advance(30_000);
  expect(fake.history).toEqual([]);
  fake.smiBroken = null;
  await harness.advance(60_000);
  expect(shapeNow(harness)).toBe('mig:9@4');
  expect(fake.history.at(-1)).toBe('start kept-00000001');
  const events = harness.core.events({ limit: 100, subject: `gpus/${gpu}` });
  expect(events.filter((each) => each.kind === 'layout-not-restored')).toHaveLength(1);
  expect(events.map((each) => each.kind)).toContain('layout-restored');
  await harness.close();
});

test('what somebody made after the reboot stays, and what has no room beside it is told', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = new LayoutHarness(fake);
  await harness.advance(1_000);
  await harness.apply(document(true, '{ profile: 3g.20gb, count: 2 }'));
  fake.reboot();
  const gpu = fake.cards[0]?.uuid ?? '';
  fake.createInstance(gpu, 14, 0).uuid = 'MIG-foreign';
  await harness.restart();
  await harness.advance(10_000);
  expect(shapeNow(harness)).toBe('mig:14@0,9@4');
  const events = harness.core.events({ limit: 100, subject: `gpus/${gpu}` });
  expect(events.find((each) => each.kind === 'layout-not-restored')?.message).toBe(
    '3g.20gb at 0 has no room beside what is there',
  );
  await harness.close();
});

test('two applies do not meet, and a plan of other cards is refused', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = new LayoutHarness(fake);
  await harness.advance(1_000);
  const source = { name: 'test', text: document(true, '{ profile: 7g.40gb }'), config: null };
  const never = new AbortController().signal;
  const plan = await harness.during(harness.keeper.plan({ source, interrupt: false }, never));
  const request = { source, interrupt: false, stopDcgm: false, planId: plan.id };
  const first = harness.keeper.apply(request, () => undefined);
  const second: unknown = await harness.keeper
    .apply(request, () => undefined)
    .catch((error: unknown) => error);
  expect(isAppError(second, 'GPU_BUSY')).toBe(true);
  await harness.during(first);
  const third: unknown = await harness.keeper
    .apply(request, () => undefined)
    .catch((error: unknown) => error);
  expect(isAppError(third, 'PLAN_STALE')).toBe(true);
  await harness.close();
});

test('after a reset a card gets back what was asked for and what slices were made of', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = new LayoutHarness(fake);
  await harness.advance(1_000);
  await harness.apply(document(true, '{ profile: 3g.20gb, start: 0 }'));
  const gpu = fake.cards[0]?.uuid;
  if (gpu === undefined) throw new Error('the fake has a card');
  const on = slice('cut.0', gpu, shapes.half(4));
  const revisions = { [gpu]: harness.core.inventory()?.gpus[0]?.layoutRevision ?? 0 };
  harness.core.acceptTarget(target(1, { slices: [on], replicas: [], revisions }));
  await harness.advance(5_000);
  expect(shapeNow(harness)).toBe('mig:9@0,9@4');
  const [before] = harness.store.bindings();
  const hold = harness.core.holdCard(gpu);
  await hold.settled;
  for (const card of fake.cards) card.instances = [];
  await harness.during(harness.keeper.restore(gpu, new AbortController().signal));
  hold.release();
  await harness.advance(5_000);
  expect(shapeNow(harness)).toBe('mig:9@0,9@4');
  const [after] = harness.store.bindings();
  expect(after).toMatchObject({ slice: before?.slice, adopted: before?.adopted });
  expect(after?.deviceUuid).not.toBe(before?.deviceUuid);
  expect(fake.cards[0]?.instances.map((each) => each.uuid)).toContain(after?.deviceUuid);
  const kinds = harness.core.events({ limit: 100, subject: null }).map((each) => each.kind);
  expect(kinds).not.toContain('layout-drift');
  await harness.close();
});

test('a slice that an interrupting layout took away says so', async () => {
  const harness = await prepared({
    name: '',
    card: 'A100-40GB',
    before: ['{ profile: 3g.20gb, start: 4 }', '{ profile: 1g.5gb, start: 0 }'],
    wish: '',
    after: '',
    replicas: ['kept', 'lost'],
  });
  await harness.apply(document(true, '{ profile: 3g.20gb, start: 4 }'), { interrupt: true });
  await harness.advance(30_000);
  expect(harness.core.status().slices).toMatchObject([
    { slice: 'kept.0', phase: 'ready' },
    {
      slice: 'lost.0',
      phase: 'failed',
      reason: '1g.5gb at 0 was destroyed by agentctl mig apply; apply a layout that has it',
    },
  ]);
  expect(harness.core.replicas().find((each) => each.replica === 'lost-00000001')).toMatchObject({
    phase: 'waiting',
    reason: expect.stringMatching(/^slice lost.0 has lost its instance: 1g.5gb at 0 was destroyed/),
  });
  await harness.apply(
    document(true, '{ profile: 3g.20gb, start: 4 }', '{ profile: 1g.5gb, start: 0 }'),
  );
  await harness.advance(30_000);
  expect(harness.core.status().slices).toMatchObject([{ phase: 'ready' }, { phase: 'ready' }]);
  await harness.close();
});

test('a layout that was changed by hand is drift: shown, and not repaired', async () => {
  const harness = new LayoutHarness(new FakeNode('A100-40GB'));
  await harness.advance(1_000);
  await harness.apply(document(true, '{ profile: 3g.20gb, count: 2 }'));
  const card = harness.fake.cards[0];
  if (card === undefined) throw new Error('the fake has a card');
  card.instances = card.instances.slice(0, 1);
  await harness.advance(30_000);
  expect(card.instances).toHaveLength(1);
  const kinds = harness.core.events({ limit: 100, subject: null }).map((each) => each.kind);
  expect(kinds).toContain('layout-drift');
  await harness.restart();
  await harness.advance(30_000);
  expect(card.instances).toHaveLength(1);
  await harness.close();
});

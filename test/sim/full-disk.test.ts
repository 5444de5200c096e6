import { expect, test } from 'vitest';
import { startHarness } from '../fakes/agent/core-harness.ts';
import { FakeNode } from '../fakes/agent/fake-node.ts';
import { replica, shapes, slice, target } from '../fakes/agent/targets.ts';

/** An agent that serves one model, on a card with room for a second. */
async function serving() {
  const fake = new FakeNode('A100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  const gpu = fake.cards[0]?.uuid;
  if (gpu === undefined) throw new Error('the fake has a card');
  const a = slice('a.0', gpu, shapes.half(0));
  const b = slice('b.0', gpu, shapes.small(4));
  const [vad, ner] = [replica('vad', [a]), replica('ner', [b])];
  harness.core.acceptTarget(target(1, { slices: [a], replicas: [vad] }));
  await harness.advance(5_000);
  const phases = (): Record<string, string> =>
    Object.fromEntries(harness.core.replicas().map(({ model, phase }) => [model, phase]));
  expect(phases()).toEqual({ vad: 'ready' });
  fake.history.length = 0;
  const kinds = (): readonly string[] =>
    harness.core.events({ limit: 100, subject: 'node' }).map(({ kind }) => kind);
  const second = target(2, { slices: [a, b], replicas: [vad, ner] });
  return { fake, harness, phases, kinds, second };
}

test('on a full disk a target is refused and nothing is done; what runs is looked at and told of as ever', async () => {
  const { fake, harness, phases, kinds, second } = await serving();
  fake.diskFull = true;
  expect(() => harness.core.acceptTarget(second)).toThrow('no room');
  await harness.advance(60_000);
  expect(fake.history).toEqual([]);
  expect(harness.core.lastRound()).toMatchObject({
    outcome: 'failed',
    refusal: 'the disk is full',
  });
  expect(phases()).toEqual({ vad: 'ready' });
  fake.healthy = () => false;
  await harness.advance(60_000);
  expect(phases()).toEqual({ vad: 'unhealthy' });
  fake.healthy = () => true;
  await harness.advance(60_000);
  // Told once, however many rounds it lasts.
  expect(kinds().filter((kind) => kind === 'store-full')).toHaveLength(1);

  fake.diskFull = false;
  expect(harness.core.acceptTarget(second)).toEqual({ kind: 'accepted' });
  await harness.advance(10_000);
  expect(phases()).toEqual({ vad: 'ready', ner: 'ready' });
  expect(harness.core.lastRound()).toMatchObject({ outcome: 'converged', refusal: null });
  expect(kinds().filter((kind) => kind === 'store-writable')).toHaveLength(1);
  await harness.stop();
});

test('what ends on a full disk is told, and started again once there is room', async () => {
  const { fake, harness, phases } = await serving();
  fake.diskFull = true;
  const [running] = fake.replicas.values();
  if (running === undefined) throw new Error('one runs');
  running.state = 'exited';
  await harness.advance(60_000);
  expect(fake.history).toEqual([]);
  expect(phases()['vad']).not.toBe('ready');
  fake.diskFull = false;
  await harness.advance(60_000);
  expect(phases()).toEqual({ vad: 'ready' });
  await harness.stop();
});

test.for(Array.from({ length: 24 }, (_, at) => at))(
  'a disk that fills up after %i more writes costs nothing but time',
  async (left) => {
    const { fake, harness, phases, second } = await serving();
    fake.roomFor = left;
    try {
      harness.core.acceptTarget(second);
    } catch {
      // The first of the writes.
    }
    await harness.advance(90_000);
    expect(phases()['vad']).toBe('ready');
    fake.diskFull = false;
    fake.roomFor = null;
    harness.core.acceptTarget(second);
    await harness.advance(90_000);
    expect(phases()).toEqual({ vad: 'ready', ner: 'ready' });
    const starts = fake.history.filter((each) => each.startsWith('start '));
    expect(starts).toEqual(['start ner-00000001']);
    await harness.stop();
  },
);

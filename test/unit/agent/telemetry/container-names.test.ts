import { expect, test } from 'vitest';
import { ContainerNames } from '../../../../agent/telemetry/container-names.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

/** An engine that keeps containers, answers when told to, and counts its questions. */
function setUp(running: Record<string, string>) {
  const clock = new ManualClock();
  const engine = { running, asked: 0, fails: false, hangs: false };
  const names = new ContainerNames({
    clock,
    log: silentLog,
    signal: new AbortController().signal,
    list: async () => {
      engine.asked += 1;
      if (engine.fails) throw new Error('no engine');
      if (engine.hangs) await new Promise(() => undefined);
      return new Map(
        Object.entries(engine.running).map(([id, name]) => [id, { name, image: 'train:3' }]),
      );
    },
  });
  return { clock, engine, names };
}

test('the engine is asked when a container is new, and only then', async () => {
  const { engine, names } = setUp({ a: 'nightly' });
  expect(await names.of([])).toEqual(new Map());
  expect(engine.asked).toBe(0);
  expect((await names.of(['a'])).get('a')).toEqual({ name: 'nightly', image: 'train:3' });
  await names.of(['a']);
  expect(engine.asked).toBe(1);
});

test('an id that the engine does not know is asked for every 10 s at most', async () => {
  const { clock, engine, names } = setUp({});
  await names.of(['b']);
  await clock.advance(9_000);
  await names.of(['b']);
  expect(engine.asked).toBe(1);
  engine.running = { b: 'late' };
  await clock.advance(1_000);
  expect((await names.of(['b'])).get('b')?.name).toBe('late');
});

test('containers that are gone are forgotten with the next question', async () => {
  const { clock, engine, names } = setUp({ a: 'first' });
  await names.of(['a']);
  engine.running = { b: 'second' };
  await clock.advance(10_000);
  expect([...(await names.of(['b'])).keys()]).toEqual(['b']);
});

test('an engine that fails leaves what was known', async () => {
  const { clock, engine, names } = setUp({ a: 'first' });
  await names.of(['a']);
  engine.fails = true;
  await clock.advance(10_000);
  expect((await names.of(['a', 'b'])).get('a')?.name).toBe('first');
});

test('nobody waits longer than a second for an engine that hangs, and it is asked once', async () => {
  const { clock, engine, names } = setUp({ a: 'first' });
  engine.hangs = true;
  const answer = names.of(['a']);
  const other = names.of(['a']);
  await clock.advance(1_000);
  expect((await answer).size).toBe(0);
  expect((await other).size).toBe(0);
  expect(engine.asked).toBe(1);
});

import { expect, test } from 'vitest';
import { StreamWatch } from '../../../../coordinator/api/stream-watch.ts';
import { HeardUntil } from '../../../../coordinator/fleet/heard-until.ts';
import { ManualClock, settle } from '../../../fakes/manual-clock.ts';

const heartbeatMs = 1_000;

function setUp() {
  const clock = new ManualClock();
  const heardUntil = new HeardUntil();
  const watch = new StreamWatch(clock, heartbeatMs, heardUntil);
  const pass = async (ms: number): Promise<void> => {
    await clock.advance(ms);
    await settle();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, heardUntil, watch, pass };
}

test('every stream is looked at four times in a heartbeat, and until then agents were heard', async () => {
  const { clock, heardUntil, watch, pass } = setUp();
  const looks: number[] = [];
  const forget = watch.watch({ look: (nowMs) => looks.push(nowMs) });
  const beganMs = clock.monotonicMs();
  for (let look = 0; look < 4; look += 1) await pass(heartbeatMs / 4);
  expect(looks.map((atMs) => atMs - beganMs)).toEqual([250, 500, 750, 1_000]);
  expect(heardUntil.ms(beganMs + 9_000)).toBe(beganMs + 1_000);
  forget();
  expect(heardUntil.ms(beganMs + 9_000)).toBe(beganMs + 9_000);
});

test('where the last stream ends in a look, silence goes on by the clock', async () => {
  const { clock, heardUntil, watch, pass } = setUp();
  const forget = watch.watch({ look: () => forget() });
  await pass(heartbeatMs / 4);
  const nowMs = clock.monotonicMs();
  expect(heardUntil.ms(nowMs + 60_000)).toBe(nowMs + 60_000);
});

import { expect, test } from 'vitest';
import { serviceManager } from '../../../../shared/platform/service-manager.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

function managed(env: Record<string, string>) {
  const clock = new ManualClock();
  const said: string[] = [];
  const manager = serviceManager(env, {
    clock,
    notify: (words) => {
      said.push(`${clock.monotonicMs()} ${words.join(' ')}`);
      return Promise.resolve(true);
    },
  });
  return { clock, said, manager };
}

test('nothing is said where nobody listens', async () => {
  const { said, manager } = managed({ WATCHDOG_USEC: '1000000' });
  await manager.ready('serving');
  await manager.stopping();
  expect(said).toEqual([]);
});

test('a manager hears that it serves, twice in each of its waits that it lives, and that it ends', async () => {
  const { clock, said, manager } = managed({
    NOTIFY_SOCKET: '/run/systemd/notify',
    WATCHDOG_USEC: '20000000',
  });
  const began = clock.monotonicMs();
  const over = new AbortController();
  let alive = true;
  await manager.ready('serving on 7443');
  const watching = manager.watch(() => alive, over.signal);
  await clock.advance(10_000);
  alive = false;
  await clock.advance(20_000);
  alive = true;
  await clock.advance(10_000);
  over.abort();
  await watching;
  await manager.stopping();
  expect(said.map((line) => line.replace(/^\d+/, (ms) => String(Number(ms) - began)))).toEqual([
    '0 --ready --status=serving on 7443',
    '0 WATCHDOG=1',
    '10000 WATCHDOG=1',
    '40000 WATCHDOG=1',
    '40000 STOPPING=1',
  ]);
});

test.each(['', 'soon', '-5', '0'])('a wait of %j is none', async (wait) => {
  const { clock, said, manager } = managed({ NOTIFY_SOCKET: '/x', WATCHDOG_USEC: wait });
  const over = new AbortController();
  const watching = manager.watch(() => true, over.signal);
  await clock.advance(60_000);
  over.abort();
  await watching;
  expect(said).toEqual([]);
});

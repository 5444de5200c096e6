import { setTimeout as sleepFor } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { expect, test } from 'vitest';
import { withDeadline } from '../../../../shared/platform/deadline.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

const never = (limit: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    limit.addEventListener('abort', () => reject(limit.reason as Error));
  });

test('what is done in time is answered, and neither timer nor listener is left', async () => {
  const clock = new ManualClock();
  const { signal } = new AbortController();
  const seen: AbortSignal[] = [];
  const answer = await withDeadline({ signal, timeoutMs: 1_000, clock }, async (limit) => {
    seen.push(limit);
    await Promise.resolve();
    return 'done';
  });
  expect(answer).toBe('done');
  await clock.advance(2_000);
  expect(seen.map(({ aborted }) => aborted)).toEqual([false]);
});

test('what takes longer is ended with a TimeoutError', async () => {
  const clock = new ManualClock();
  const { signal } = new AbortController();
  const work = withDeadline({ signal, timeoutMs: 1_000, clock }, never);
  const ended = expect(work).rejects.toMatchObject({
    name: 'TimeoutError',
    message: 'not done in 1000 ms',
  });
  await clock.advance(1_000);
  await ended;
});

test.for(['before it begins', 'while it works'])('the caller may end it %s', async (when) => {
  const caller = new AbortController();
  const reason = new Error('enough');
  if (when === 'before it begins') caller.abort(reason);
  const work = withDeadline({ signal: caller.signal, timeoutMs: 60_000 }, async (limit) => {
    limit.throwIfAborted();
    return never(limit);
  });
  if (when === 'while it works') caller.abort(reason);
  await expect(work).rejects.toBe(reason);
});

test('the time is kept although the collector ran meanwhile', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const { signal } = new AbortController();
  const work = withDeadline({ signal, timeoutMs: 150 }, never);
  const ended = expect(work).rejects.toMatchObject({ name: 'TimeoutError' });
  for (let at = 0; at < 5; at += 1) {
    collect();
    await sleepFor(10);
  }
  await ended;
});

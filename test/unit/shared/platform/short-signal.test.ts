import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { shortSignal } from '../../../../shared/platform/short-signal.ts';

test('it aborts with the long signal, and with its reason', () => {
  const long = new AbortController();
  const { signal } = shortSignal(long.signal);
  expect(signal.aborted).toBe(false);
  const reason = new Error('the process ends');
  long.abort(reason);
  expect(signal.reason).toBe(reason);
});

test('it is aborted from the beginning where the long signal is', () => {
  const reason = new Error('too late');
  expect(shortSignal(AbortSignal.abort(reason)).signal.reason).toBe(reason);
});

test('its end aborts it alone, and leaves nothing at the long signal', () => {
  const long = new AbortController();
  const short = shortSignal(long.signal);
  expect(getEventListeners(long.signal, 'abort')).toHaveLength(1);
  short.end();
  expect(short.signal.aborted).toBe(true);
  expect(long.signal.aborted).toBe(false);
  expect(getEventListeners(long.signal, 'abort')).toHaveLength(0);
});

test('an end after the long signal changes no reason', () => {
  const long = new AbortController();
  const short = shortSignal(long.signal);
  const reason = new Error('the process ends');
  long.abort(reason);
  short.end();
  expect(short.signal.reason).toBe(reason);
});

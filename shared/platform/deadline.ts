import { systemClock, type Clock } from './clock.ts';

interface Deadline {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly clock?: Clock;
}

/**
 * Runs `work` under a signal that fires with `signal`, or after `timeoutMs` with a `TimeoutError`; both are let go once
 * `work` is over. By hand and not `AbortSignal.any([…, AbortSignal.timeout()])`: on Node 20 the collector may take a
 * timeout that nobody else holds, and then it never fires.
 */
export async function withDeadline<T>(
  { signal, timeoutMs, clock = systemClock }: Deadline,
  work: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const over = new AbortController();
  const stop = (): void => limit.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const late = clock.sleep(timeoutMs, over.signal).then(
    () => limit.abort(new DOMException(`not done in ${timeoutMs} ms`, 'TimeoutError')),
    () => undefined,
  );
  try {
    return await work(limit.signal);
  } finally {
    over.abort();
    signal.removeEventListener('abort', stop);
    await late;
  }
}

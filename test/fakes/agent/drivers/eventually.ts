import { systemClock } from '../../../../shared/platform/clock.ts';

/** Asks again until `check` gives something, or fails after `ms` with what it gave last. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | null> | T | null,
  ms = 60_000,
): Promise<T> {
  const deadline = systemClock.monotonicMs() + ms;
  for (;;) {
    const found = await check();
    if (found !== null) return found;
    if (systemClock.monotonicMs() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await systemClock.sleep(25, new AbortController().signal);
  }
}

import type { Clock } from './clock.ts';

/** How long one piece of work may hold the thread that also places models and answers agents. */
const holdMsMax = 8;

/**
 * Long work calls it between its parts: once it has held the thread for long enough, everybody else goes first.
 * Rejects with the signal's reason once that aborts.
 */
export type Breathe = () => Promise<void>;

export function createBreather(clock: Clock, signal: AbortSignal): Breathe {
  let since = clock.monotonicMs();
  return async () => {
    signal.throwIfAborted();
    if (clock.monotonicMs() - since < holdMsMax) return;
    await new Promise((resolve) => setImmediate(resolve));
    since = clock.monotonicMs();
    signal.throwIfAborted();
  };
}

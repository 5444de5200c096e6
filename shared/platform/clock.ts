import { setTimeout as sleepFor } from 'node:timers/promises';

/** Time as an argument: the cores never touch `Date` or timers, so a test moves time by hand. */
export interface Clock {
  /** Wall clock, ms since the epoch: for people and for the store. It may jump. */
  wallMs(): number;
  /** Never goes back: for leases, ages and back-offs. */
  monotonicMs(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleepFor(ms, undefined, { signal });
  },
};

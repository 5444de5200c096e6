import type { Clock } from '../../shared/platform/clock.ts';
import type { AllocationRecord } from '../store/values.ts';
import { DeadlineTimers } from './deadline-timers.ts';

/** Until a client that could not reach anybody has had time to renew. */
const graceMs = 30_000;

/**
 * Says whose time is over.
 * Invariants: what another leader has granted lasts `graceMs`, or as long as it was granted for, at least; a wall clock
 * that jumps ends nothing and prolongs nothing beyond what was granted.
 */
export class AllocationTimers {
  readonly #timers: DeadlineTimers;

  constructor(clock: Clock) {
    this.#timers = new DeadlineTimers(clock);
  }

  useEpoch(epoch: number): void {
    this.#timers.useEpoch(epoch);
  }

  /** Granted by ourselves, now. */
  start({ spec, deadlineMs }: AllocationRecord): void {
    this.#timers.start(spec.name, deadlineMs);
  }

  forget({ spec }: AllocationRecord): void {
    this.#timers.forget(spec.name);
  }

  isDue({ spec, createdAtMs, deadlineMs, claim, ttlMs }: AllocationRecord): boolean {
    const longest = claim === null ? deadlineMs - createdAtMs : ttlMs;
    return this.#timers.isDue(spec.name, deadlineMs, (leftMs) =>
      Math.min(longest, Math.max(graceMs, leftMs)),
    );
  }
}

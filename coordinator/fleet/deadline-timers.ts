import type { Clock } from '../../shared/platform/clock.ts';

interface Timer {
  readonly deadlineMs: number;
  /** Monotonic. */
  readonly dueAtMs: number;
}

/**
 * Says which stored deadlines are over, by a clock that nobody sets: the wall clock only carries them from one leader
 * to the next.
 * Invariants: a deadline that is moved is reckoned anew; a wall clock that jumps ends nothing that was reckoned already.
 */
export class DeadlineTimers {
  readonly #clock: Clock;
  readonly #timers = new Map<string, Timer>();
  #epoch = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** In a new term nothing that was reckoned before holds: somebody else may have led meanwhile. */
  useEpoch(epoch: number): void {
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#timers.clear();
  }

  /** Set by ourselves, now. */
  start(name: string, deadlineMs: number): void {
    this.#set(name, deadlineMs, deadlineMs - this.#clock.wallMs());
  }

  forget(name: string): void {
    this.#timers.delete(name);
  }

  /** `limit` bounds how much time is left, in milliseconds, where another leader has set the deadline. */
  isDue(name: string, deadlineMs: number, limit: (leftMs: number) => number): boolean {
    const known = this.#timers.get(name);
    const timer =
      known?.deadlineMs === deadlineMs
        ? known
        : this.#set(name, deadlineMs, limit(deadlineMs - this.#clock.wallMs()));
    return this.#clock.monotonicMs() >= timer.dueAtMs;
  }

  #set(name: string, deadlineMs: number, leftMs: number): Timer {
    const timer = { deadlineMs, dueAtMs: this.#clock.monotonicMs() + leftMs };
    this.#timers.set(name, timer);
    return timer;
  }
}

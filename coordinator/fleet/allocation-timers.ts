import { allocationLimits } from '../../shared/domain/allocation.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { AllocationRecord } from '../store/values.ts';

/** Until a client that could not reach anybody has had time to renew. */
const graceMs = 30_000;

interface Timer {
  readonly deadlineMs: number;
  /** Monotonic. */
  readonly dueAtMs: number;
}

/**
 * Says whose time is over, by a clock that nobody sets: the wall clock only carries a deadline from one leader to the next.
 * Invariants: what another leader has granted lasts `graceMs`, or as long as it was granted for, at least; a wall clock
 * that jumps ends nothing and prolongs nothing beyond what was granted.
 */
export class AllocationTimers {
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

  /** Granted by ourselves, now. */
  start(record: AllocationRecord): void {
    this.#set(record, record.deadlineMs - this.#clock.wallMs());
  }

  forget(record: AllocationRecord): void {
    this.#timers.delete(record.spec.name);
  }

  isDue(record: AllocationRecord): boolean {
    const known = this.#timers.get(record.spec.name);
    const timer = known?.deadlineMs === record.deadlineMs ? known : this.#inherit(record);
    return this.#clock.monotonicMs() >= timer.dueAtMs;
  }

  #inherit(record: AllocationRecord): Timer {
    const longest = record.claim === null ? allocationLimits.waitMsMax : record.ttlMs;
    const left = record.deadlineMs - this.#clock.wallMs();
    return this.#set(record, Math.min(longest, Math.max(graceMs, left)));
  }

  #set({ spec, deadlineMs }: AllocationRecord, leftMs: number): Timer {
    const timer = { deadlineMs, dueAtMs: this.#clock.monotonicMs() + leftMs };
    this.#timers.set(spec.name, timer);
    return timer;
  }
}

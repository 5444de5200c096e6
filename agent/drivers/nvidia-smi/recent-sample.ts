import type { Clock } from '../../../shared/platform/clock.ts';
import type { GpuQuery } from '../../formats/csv/gpu-query.ts';
import { cardKey, type ExpectedCards } from './gather-sample.ts';
import type { GpuRow } from './nvidia-smi.ts';

/** A sample that is older tells of another time: the cards are asked again. */
const freshMs = 2_000;

/**
 * What the sampling loop has read last, so that a question for the same columns a moment later starts no process.
 * Invariants: never older than `freshMs`; never from before the end of a change of mode; never from a loop that failed.
 */
export class RecentSample {
  readonly #clock: Clock;
  #kept: { readonly cards: readonly GpuRow[]; readonly monotonicMs: number } | null = null;
  #changing = 0;
  #expected: ExpectedCards | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What a whole sample has; null: not known, or not to be relied on any more. */
  get expected(): ExpectedCards | null {
    return this.#expected;
  }

  /** The cards that an ordinary query has just counted, and what it said of others. */
  counted({ gpus, unreadable }: GpuQuery): void {
    this.#expected = { cards: gpus.map(cardKey), complaints: unreadable };
  }

  /** One sample of the loop. A part of the cards is no answer to a question for all of them. */
  keep(cards: readonly GpuRow[]): void {
    const whole = cards.length > 0 && cards.length === this.#expected?.cards.length;
    this.#kept =
      whole && this.#changing === 0 ? { cards, monotonicMs: this.#clock.monotonicMs() } : null;
  }

  /** null: there is none that may stand for the present. */
  read(): readonly GpuRow[] | null {
    if (this.#kept === null) return null;
    return this.#clock.monotonicMs() - this.#kept.monotonicMs <= freshMs ? this.#kept.cards : null;
  }

  /** The loop failed: whatever it said last, the cards may not answer now. */
  forget(): void {
    this.#kept = null;
    this.#expected = null;
  }

  /** Runs a change of what a sample tells; what was read before its end is not kept. */
  async whileChanging<T>(change: () => Promise<T>): Promise<T> {
    this.#changing += 1;
    this.#kept = null;
    try {
      return await change();
    } finally {
      this.#changing -= 1;
      this.#kept = null;
    }
  }
}

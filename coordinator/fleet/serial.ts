import { AppError } from '../../shared/platform/errors.ts';

/**
 * Lets one writer in at a time, in order of arrival.
 * Invariants: a failed task does not hold up the next; at most `waitingMax` wait.
 */
export class Serial {
  readonly #waitingMax: number;
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#waitingMax) {
      throw new AppError('LIMIT_REACHED', `${this.#waiting} writers wait already`, {
        hint: 'try again in a moment',
      });
    }
    this.#waiting += 1;
    const before = this.#tail;
    let release: (() => void) | undefined;
    this.#tail = new Promise((resolve) => {
      release = resolve;
    });
    try {
      await before;
      return await task();
    } finally {
      this.#waiting -= 1;
      release?.();
    }
  }
}

/**
 * Wakes a level-triggered loop early. Any number of `wake` calls before a `wait` count as one.
 * Invariants: one waiter at a time; a wake is never lost.
 */
export class Wake {
  #pending = false;
  #resolve: (() => void) | undefined;

  wake(): void {
    this.#pending = true;
    this.#resolve?.();
  }

  /** Resolves at the next wake (at once when one is pending), or when `signal` aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    if (!this.#pending && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          signal.removeEventListener('abort', done);
          resolve();
        };
        this.#resolve = done;
        signal.addEventListener('abort', done, { once: true });
      });
    }
    this.#pending = false;
    this.#resolve = undefined;
  }
}

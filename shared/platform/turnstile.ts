/**
 * Lets one task in at a time, in the order of asking.
 * Invariants: a task that failed or was given up never blocks the next one.
 */
export class Turnstile {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `task` once everybody before it is done; rejects with the signal's reason if it aborts meanwhile. */
  async enter<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const before = this.#last;
    const turn = before.then(async () => {
      signal.throwIfAborted();
      return task();
    });
    this.#last = turn.catch(() => {});
    return turn;
  }
}

import { Wake } from '../../shared/platform/wake.ts';

/** How one reading of the stream went. */
export type StreamEnding =
  /** Somebody else needed the cards, or the reading was interrupted on purpose. */
  | { readonly kind: 'released' }
  /** `error` null: the stream came to its own end. */
  | { readonly kind: 'ended'; readonly items: number; readonly error: unknown };

/**
 * A child process that is read for as long as it lasts, and that lets go of the cards when they are about to change.
 * Invariants: at most one reading at a time; none between `release` and `resume`.
 */
export class ReleasableStream {
  readonly #resumed = new Wake();
  #holds = 0;
  #reading: { readonly controller: AbortController; readonly ended: Promise<void> } | null = null;

  /** Waits while the cards are held. False: it was held, or `signal` aborted, so that the caller looks again. */
  async isFree(signal: AbortSignal): Promise<boolean> {
    if (this.#holds === 0) return true;
    await this.#resumed.wait(signal);
    return false;
  }

  /** Reads what `open` yields until it ends, fails, is released, or `outer` aborts. Never throws. */
  async read<T>(
    open: (signal: AbortSignal) => AsyncIterable<T>,
    accept: (item: T) => void,
    outer: AbortSignal,
  ): Promise<StreamEnding> {
    const controller = new AbortController();
    const signal = AbortSignal.any([outer, controller.signal]);
    let items = 0;
    const reading = (async (): Promise<StreamEnding> => {
      let error: unknown = null;
      try {
        for await (const item of open(signal)) {
          accept(item);
          items += 1;
        }
      } catch (cause) {
        error = cause;
      }
      return signal.aborted ? { kind: 'released' } : { kind: 'ended', items, error };
    })();
    this.#reading = { controller, ended: reading.then(() => undefined) };
    const ending = await reading;
    this.#reading = null;
    return ending;
  }

  /** Ends the reading under way; the next one may begin at once. */
  interrupt(): void {
    this.#reading?.controller.abort();
  }

  /** Ends the reading and keeps it ended. Resolves when no handle is open. */
  async release(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#holds += 1;
    this.interrupt();
    await this.#reading?.ended;
  }

  /** Undoes one `release`. */
  resume(): void {
    this.#holds = Math.max(0, this.#holds - 1);
    if (this.#holds === 0) this.#resumed.wake();
  }
}

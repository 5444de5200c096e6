import type { Clock } from '../../../shared/platform/clock.ts';
import { shortSignal } from '../../../shared/platform/short-signal.ts';

/** The longest wait for released samplers: their children are killed at once, only the bookkeeping may lag. */
const releaseMsMax = 3_000;

interface Holder {
  readonly release: AbortController;
  readonly gone: Promise<void>;
}

/**
 * Lets go of the cards while they are changed: a sampling child holds the device, and a MIG mode change (or a reset)
 * would wait for it forever.
 * Invariants: while somebody is inside `whileClosed` no sampler runs; samplers take up again by themselves.
 */
export class SamplerGate {
  readonly #clock: Clock;
  readonly #holders = new Set<Holder>();
  #closed = 0;
  #waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `change` with no sampler alive. */
  async whileClosed<T>(change: () => Promise<T>, signal: AbortSignal): Promise<T> {
    this.#closed += 1;
    try {
      await this.#releaseAll(signal);
      return await change();
    } finally {
      this.#closed -= 1;
      if (this.#closed === 0) {
        for (const goOn of this.#waiting.splice(0)) goOn();
      }
    }
  }

  /** Waits until nothing is being changed, then holds; `released` aborts when the cards must be let go. */
  async hold(signal: AbortSignal): Promise<{ readonly released: AbortSignal; letGo(): void }> {
    while (this.#closed > 0) {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    signal.throwIfAborted();
    const release = new AbortController();
    const over = new AbortController();
    const gone = new Promise<void>((resolve) => {
      over.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const holder = { release, gone };
    this.#holders.add(holder);
    return {
      released: release.signal,
      letGo: () => {
        this.#holders.delete(holder);
        over.abort();
      },
    };
  }

  async #releaseAll(signal: AbortSignal): Promise<void> {
    const holders = [...this.#holders];
    if (holders.length === 0) return;
    for (const holder of holders) holder.release.abort(new Error('the cards are being changed'));
    const waiting = shortSignal(signal);
    // All are gone, or the caller gave up.
    const late = this.#clock.sleep(releaseMsMax, waiting.signal).catch(() => {});
    await Promise.race([Promise.all(holders.map((holder) => holder.gone)), late]);
    waiting.end();
  }
}

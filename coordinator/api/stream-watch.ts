import type { Clock } from '../../shared/platform/clock.ts';
import type { HeardUntil } from '../fleet/heard-until.ts';

/** Something that may be due without anything having come. */
export interface Watched {
  /** `nowMs`: monotonic. */
  look(nowMs: number): void;
}

/** How late silence is noticed: a quarter of the time in which something should come. */
const looksPerHeartbeat = 4;

/**
 * Looks at every open control stream a few times in each heartbeat. One timer for all of them: with one each, thousands of timers and
 * promises a second cost a coordinator more than what its agents say.
 */
export class StreamWatch {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #heardUntil: HeardUntil | null;
  readonly #watched = new Set<Watched>();
  /** Of the loop that runs while anything is watched. */
  #stop: AbortController | null = null;

  /** `heardUntil`: is told after each look; null: nobody asks. */
  constructor(clock: Clock, heartbeatMs: number, heardUntil: HeardUntil | null = null) {
    this.#heardUntil = heardUntil;
    this.#clock = clock;
    this.#everyMs = heartbeatMs / looksPerHeartbeat;
  }

  /** Answers how to end it. */
  watch(stream: Watched): () => void {
    this.#watched.add(stream);
    if (this.#stop === null) {
      this.#stop = new AbortController();
      void this.#run(this.#stop.signal);
    }
    return () => this.#forget(stream);
  }

  #forget(stream: Watched): void {
    this.#watched.delete(stream);
    if (this.#watched.size > 0) return;
    this.#stop?.abort();
    this.#stop = null;
    this.#heardUntil?.nobodyIsThere();
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(this.#everyMs, signal).catch(() => undefined);
      // A timer of a process that was held up comes before the sockets are read.
      if (this.#heardUntil !== null) await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return;
      const nowMs = this.#clock.monotonicMs();
      for (const stream of this.#watched) stream.look(nowMs);
      // The last of them may have ended in this look.
      if (!signal.aborted) this.#heardUntil?.looked(nowMs, this.#everyMs);
    }
  }
}

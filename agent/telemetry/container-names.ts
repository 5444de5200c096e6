import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { ContainerName } from '../drivers/docker/container-name.ts';

/** An id that the engine did not know, of another runtime, is not asked for more often than this. */
const againMs = 10_000;
/** Nobody who looks at the cards waits longer than this for names. */
const waitMsMax = 1_000;

export interface ContainerNamesDeps {
  /** Of all containers that run now, by id. */
  readonly list: (signal: AbortSignal) => Promise<ReadonlyMap<string, ContainerName>>;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends a question that is under way when the agent ends. */
  readonly signal: AbortSignal;
}

/**
 * Names of containers that are not ours, asked for when one that was not seen before uses a card. Invariants: at most one
 * question at a time, shared by all who wait; what is remembered is what the engine listed last.
 */
export class ContainerNames {
  readonly #deps: ContainerNamesDeps;
  #known: ReadonlyMap<string, ContainerName> = new Map();
  #askedMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;

  constructor(deps: ContainerNamesDeps) {
    this.#deps = deps;
  }

  /** What is known of `ids`; the engine may know none of them, or not answer in time. */
  async of(ids: readonly string[]): Promise<ReadonlyMap<string, ContainerName>> {
    const { clock } = this.#deps;
    const fresh = clock.monotonicMs() - this.#askedMs < againMs;
    if (ids.some((id) => !this.#known.has(id)) && (!fresh || this.#asking !== null)) {
      this.#asking ??= this.#ask();
      const waiting = new AbortController();
      const limit = clock.sleep(waitMsMax, waiting.signal).catch(() => undefined);
      await Promise.race([this.#asking, limit]);
      waiting.abort();
    }
    return this.#known;
  }

  async #ask(): Promise<void> {
    const { list, clock, log, signal } = this.#deps;
    this.#askedMs = clock.monotonicMs();
    try {
      this.#known = await list(signal);
    } catch (error) {
      // The ids tell enough to go on with.
      log.debug({ reason: errorChain(error) }, 'cannot read the names of the containers');
    } finally {
      this.#asking = null;
    }
  }
}

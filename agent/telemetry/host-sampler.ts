import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { Host, HostSample } from '../drivers/host/host.ts';

export interface HostSamplerDeps {
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Log;
  readonly periodMs: number;
}

/** Invariants: one reading at a time; a failed reading leaves the last one, which only grows older. */
export class HostSampler {
  readonly #deps: HostSamplerDeps;
  #latest: { readonly sample: HostSample; readonly monotonicMs: number } | null = null;
  #failing = false;

  constructor(deps: HostSamplerDeps) {
    this.#deps = deps;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const sample = await this.#deps.host.sample(signal);
        this.#latest = { sample, monotonicMs: this.#deps.clock.monotonicMs() };
        this.#failing = false;
      } catch (err) {
        // Said once, not once a second.
        if (!this.#failing && !signal.aborted) this.#deps.log.warn({ err }, 'cannot read the host');
        this.#failing = true;
      }
      await this.#deps.clock.sleep(this.#deps.periodMs, signal).catch(() => undefined);
    }
  }

  /** null: none yet. */
  latest(): { readonly sample: HostSample; readonly ageMs: number } | null {
    if (this.#latest === null) return null;
    const ageMs = Math.max(0, this.#deps.clock.monotonicMs() - this.#latest.monotonicMs);
    return { sample: this.#latest.sample, ageMs };
  }
}

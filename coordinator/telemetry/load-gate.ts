import type { Clock } from '../../shared/platform/clock.ts';

/** How late timers may be, smoothed, before telemetry is shed, and how punctual again before it is taken. */
const lagLimits = { shedMs: 100, resumeMs: 25 } as const;
/** What the newest turn counts: one late timer is a collection of garbage, several are a process that is behind. */
const newestShare = 0.2;
const turnMs = 100;

/**
 * Says whether this process is behind with what matters more than telemetry. It measures how late its own timer comes:
 * everything that the process does delays it.
 */
export class LoadGate {
  readonly #clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
  #shedding = false;
  #smoothedMs = 0;
  #lagMs = 0;

  constructor(clock: Pick<Clock, 'monotonicMs' | 'sleep'>) {
    this.#clock = clock;
  }

  /** Telemetry is neither read nor acknowledged now. */
  get shedding(): boolean {
    return this.#shedding;
  }

  /** Of the last turn. */
  get lagMs(): number {
    return this.#lagMs;
  }

  /** Measures until `signal` aborts; `onResume` is called whenever telemetry is taken again. */
  async run(onResume: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const beganMs = this.#clock.monotonicMs();
      await this.#clock.sleep(turnMs, signal).catch(() => undefined);
      this.#judge(this.#clock.monotonicMs() - beganMs - turnMs, onResume);
    }
  }

  #judge(lagMs: number, onResume: () => void): void {
    this.#lagMs = Math.max(0, lagMs);
    this.#smoothedMs += newestShare * (this.#lagMs - this.#smoothedMs);
    if (this.#smoothedMs > lagLimits.shedMs) this.#shedding = true;
    if (!this.#shedding || this.#smoothedMs > lagLimits.resumeMs) return;
    this.#shedding = false;
    onResume();
  }
}

import type { Clock } from '../../shared/platform/clock.ts';

/** How late a timer may come before telemetry is shed, and for how long it must be punctual before it is taken again. */
const lagLimits = { shedMs: 100, resumeMs: 25, punctualTurns: 10 } as const;
const turnMs = 100;

/**
 * Says whether this process is behind with what matters more than telemetry. It measures how late its own timer comes:
 * everything that the process does delays it.
 */
export class LoadGate {
  readonly #clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
  #shedding = false;
  #punctual = 0;
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
    if (lagMs > lagLimits.shedMs) this.#shedding = true;
    this.#punctual = lagMs < lagLimits.resumeMs ? this.#punctual + 1 : 0;
    if (!this.#shedding || this.#punctual < lagLimits.punctualTurns) return;
    this.#shedding = false;
    onResume();
  }
}

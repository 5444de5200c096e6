import type { Clock } from '../../shared/platform/clock.ts';

const stepsPerTurn = 256;

/**
 * Lets a long computation be seen and stopped: every few hundred steps it tells how far it is and gives the process a turn.
 * No result depends on it.
 */
export class Pace {
  readonly clock: Clock;
  private readonly tell: (done: number) => void;
  private readonly signal: AbortSignal;
  private steps = 0;

  constructor(clock: Clock, tell: (done: number) => void, signal: AbortSignal) {
    this.clock = clock;
    this.tell = tell;
    this.signal = signal;
  }

  /** `done`: from 0 to 1. Rejects with the reason of the signal once it is aborted. */
  async step(done: number): Promise<void> {
    this.steps += 1;
    if (this.steps % stepsPerTurn !== 0) return;
    this.tell(done);
    await this.clock.sleep(0, this.signal);
  }
}

import type { Clock } from '../../shared/platform/clock.ts';

/**
 * When either side of one connection last gave a sign of life, on whichever stream: a batch of samples says that this agent
 * lives as well as a heartbeat does, and its acknowledgement says the same of the coordinator. Only for coordinators that do
 * not take pings for it. Monotonic, ms.
 */
export class LineSigns {
  readonly #clock: Clock;
  #saidMs: number;
  #heardMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#saidMs = clock.monotonicMs();
    this.#heardMs = clock.monotonicMs();
  }

  get saidMs(): number {
    return this.#saidMs;
  }

  get heardMs(): number {
    return this.#heardMs;
  }

  said(): void {
    this.#saidMs = this.#clock.monotonicMs();
  }

  heard(): void {
    this.#heardMs = this.#clock.monotonicMs();
  }
}

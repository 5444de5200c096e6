import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { SlowQueries } from '../drivers/nvidia-smi/slow-queries.ts';
import type { GpuReport } from '../formats/report/report.ts';

/** A report that takes long is asked less often, so that it holds up other commands a tenth of the time at most. */
const restPerReport = 9;
/** The first report waits until the agent has read its cards: the two would queue for the tool. */
const firstMs = 3_000;
/** However often it is asked for, not more often than this. */
const againMsMin = 5_000;
const stalePeriods = 3;

/** What the sampling loop does not tell, as of the last whole report. */
export interface CardDetailsReader {
  /** null: none yet. An old one is not left out: its reader decides, by `staleMs` or its own patience. */
  latest(): { readonly details: GpuReport; readonly ageMs: number } | null;
  /** From this age on, a report tells of another time. */
  readonly staleMs: number;
}

export interface CardDetailsDeps {
  readonly nvidiaSmi: Pick<SlowQueries, 'readReport'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly periodMs: number;
}

/**
 * Reads `nvidia-smi -q -x` of all cards now and then, for health, attribution and metrics.
 * Invariants: one report at a time; a failed one leaves the last, which only grows older.
 */
export class CardDetails implements CardDetailsReader {
  readonly #deps: CardDetailsDeps;
  #latest: { readonly details: GpuReport; readonly monotonicMs: number } | null = null;
  #lastReason = '';
  #hurry = new AbortController();

  constructor(deps: CardDetailsDeps) {
    this.#deps = deps;
  }

  get staleMs(): number {
    return stalePeriods * this.#deps.periodMs;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, periodMs } = this.#deps;
    await clock.sleep(firstMs, signal).catch(() => undefined);
    while (!signal.aborted) {
      this.#hurry = new AbortController();
      const fromMs = clock.monotonicMs();
      await this.#read(signal);
      const tookMs = clock.monotonicMs() - fromMs;
      const restMs = Math.max(againMsMin, restPerReport * tookMs);
      await clock.sleep(restMs, signal).catch(() => undefined);
      const hurried = AbortSignal.any([signal, this.#hurry.signal]);
      await clock.sleep(Math.max(0, periodMs - restMs), hurried).catch(() => undefined);
    }
  }

  latest(): { readonly details: GpuReport; readonly ageMs: number } | null {
    if (this.#latest === null) return null;
    const { details, monotonicMs } = this.#latest;
    return { details, ageMs: Math.max(0, this.#deps.clock.monotonicMs() - monotonicMs) };
  }

  /** Something has happened to a card: the next report is read as soon as may be. */
  poke(): void {
    this.#hurry.abort();
  }

  async #read(signal: AbortSignal): Promise<void> {
    try {
      const details = await this.#deps.nvidiaSmi.readReport(signal);
      this.#latest = { details, monotonicMs: this.#deps.clock.monotonicMs() };
      this.#lastReason = '';
    } catch (error) {
      const reason = errorChain(error);
      // Said once, not once a minute.
      const level = reason === this.#lastReason || signal.aborted ? 'debug' : 'warn';
      this.#lastReason = reason;
      this.#deps.log[level]({ reason }, 'cannot read the report of the cards');
    }
  }
}

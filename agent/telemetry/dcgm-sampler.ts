import { backoffMs, jittered } from '../../shared/platform/backoff.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain, isAppError } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { Dcgmi, DcgmRow } from '../drivers/dcgm/dcgmi.ts';
import { ReleasableStream, type StreamEnding } from './releasable-stream.ts';

const restartLimits = { firstMs: 1_000, maxMs: 60_000 };
/** A host without DCGM, or without its host engine, gets one seldom: it is looked for now and then. */
const awayMs = 300_000;
const steadySamples = 5;
const stalePeriods = 5;
const staleMsMin = 10_000;

export interface DcgmSampleSet {
  readonly rows: readonly DcgmRow[];
  readonly ageMs: number;
}

export interface DcgmSamplerDeps {
  readonly dcgmi: Dcgmi;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly periodMs: number;
}

/**
 * Keeps `dcgmi dmon` running where there is one.
 * Invariants: at most one child; none between `release` and `resume`; what it said last grows old and is then not told.
 */
export class DcgmSampler {
  readonly #deps: DcgmSamplerDeps;
  readonly #stream = new ReleasableStream();
  #latest: { readonly rows: readonly DcgmRow[]; readonly monotonicMs: number } | null = null;
  #reason: string | null = null;
  #layout = '';

  constructor(deps: DcgmSamplerDeps) {
    this.#deps = deps;
  }

  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      if (!(await this.#stream.isFree(signal))) continue;
      const ending = await this.#read(signal);
      if (signal.aborted || ending.kind === 'released') continue;
      failures = ending.items >= steadySamples ? 0 : failures + 1;
      const error = ending.error ?? new Error('dcgmi ended');
      const away = isAppError(error, 'DRIVER_AWAY');
      this.#say(errorChain(error), away);
      const waitMs = away ? awayMs : backoffMs(failures, restartLimits);
      await this.#deps.clock
        .sleep(jittered(waitMs, this.#deps.random), signal)
        .catch(() => undefined);
    }
  }

  /** Ends the child and keeps it ended. Resolves when it is gone. */
  release(signal: AbortSignal): Promise<void> {
    return this.#stream.release(signal);
  }

  /** Undoes one `release`. */
  resume(): void {
    this.#stream.resume();
  }

  /** Told the instances that there are; when they change, DCGM's own numbers of them do, too, and are asked anew. */
  noteLayout(layout: string): void {
    if (layout === this.#layout) return;
    const first = this.#layout === '';
    this.#layout = layout;
    if (!first) this.#stream.interrupt();
  }

  /** null: there is none, or none that may stand for the present. */
  latest(): DcgmSampleSet | null {
    if (this.#latest === null) return null;
    const { rows, monotonicMs } = this.#latest;
    const ageMs = Math.max(0, this.#deps.clock.monotonicMs() - monotonicMs);
    return ageMs > Math.max(staleMsMin, stalePeriods * this.#deps.periodMs)
      ? null
      : { rows, ageMs };
  }

  /** Why there is nothing; null: there is. */
  get reason(): string | null {
    return this.latest() === null ? (this.#reason ?? 'no sample yet') : null;
  }

  async #read(outer: AbortSignal): Promise<StreamEnding> {
    const { dcgmi, periodMs, clock } = this.#deps;
    const ending = await this.#stream.read(
      (signal) => dcgmi.sample(periodMs, signal),
      (rows) => {
        this.#latest = { rows, monotonicMs: clock.monotonicMs() };
        this.#reason = null;
      },
      outer,
    );
    // Numbers of instances may mean others now.
    if (ending.kind === 'released') this.#latest = null;
    return ending;
  }

  /** Once a reason, however often it comes back. */
  #say(reason: string, away: boolean): void {
    const again = reason === this.#reason;
    this.#reason = reason;
    if (again) return;
    if (away) this.#deps.log.info({ reason }, 'no DCGM here: utilisation under MIG is not known');
    else this.#deps.log.warn({ reason }, 'sampling through DCGM ended; it is started again');
  }
}

import { backoffMs, jittered } from '../../shared/platform/backoff.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain, isAppError } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import { Wake } from '../../shared/platform/wake.ts';
import type { Dcgmi, DcgmRow } from '../drivers/dcgm/dcgmi.ts';

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
  readonly #resumed = new Wake();
  #latest: { readonly rows: readonly DcgmRow[]; readonly monotonicMs: number } | null = null;
  #holds = 0;
  #child: { readonly controller: AbortController; readonly ended: Promise<void> } | null = null;
  #reason: string | null = null;
  #layout = '';

  constructor(deps: DcgmSamplerDeps) {
    this.#deps = deps;
  }

  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      if (this.#holds > 0) {
        await this.#resumed.wait(signal);
        continue;
      }
      const ending = await this.#runChild(signal);
      if (signal.aborted || ending.kind === 'released') continue;
      failures = ending.samples >= steadySamples ? 0 : failures + 1;
      const away = isAppError(ending.error, 'DRIVER_AWAY');
      this.#say(errorChain(ending.error), away);
      const waitMs = away ? awayMs : backoffMs(failures, restartLimits);
      await this.#deps.clock
        .sleep(jittered(waitMs, this.#deps.random), signal)
        .catch(() => undefined);
    }
  }

  /** Ends the child and keeps it ended. Resolves when it is gone. */
  async release(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#holds += 1;
    this.#child?.controller.abort();
    await this.#child?.ended;
  }

  /** Undoes one `release`. */
  resume(): void {
    this.#holds = Math.max(0, this.#holds - 1);
    if (this.#holds === 0) this.#resumed.wake();
  }

  /** Told the instances that there are; when they change, DCGM's own numbers of them do, too, and are asked anew. */
  noteLayout(layout: string): void {
    if (layout === this.#layout) return;
    const first = this.#layout === '';
    this.#layout = layout;
    if (!first) this.#child?.controller.abort();
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

  async #runChild(outer: AbortSignal): Promise<ChildEnding> {
    const controller = new AbortController();
    const signal = AbortSignal.any([outer, controller.signal]);
    const { dcgmi, periodMs, clock } = this.#deps;
    let samples = 0;
    const reading = (async (): Promise<ChildEnding> => {
      try {
        for await (const rows of dcgmi.sample(periodMs, signal)) {
          this.#latest = { rows, monotonicMs: clock.monotonicMs() };
          this.#reason = null;
          samples += 1;
        }
        if (signal.aborted) return { kind: 'released' };
        return { kind: 'ended', samples, error: new Error('dcgmi ended') };
      } catch (error) {
        return signal.aborted ? { kind: 'released' } : { kind: 'ended', samples, error };
      }
    })();
    this.#child = { controller, ended: reading.then(() => undefined) };
    const ending = await reading;
    this.#child = null;
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

type ChildEnding =
  | { readonly kind: 'released' }
  | { readonly kind: 'ended'; readonly samples: number; readonly error: unknown };

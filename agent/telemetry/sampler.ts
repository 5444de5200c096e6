import { backoffMs, jittered } from '../../shared/platform/backoff.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { GpuRow, NvidiaSmi } from '../drivers/nvidia-smi/nvidia-smi.ts';
import { gpuMetrics } from './catalogue.ts';
import { rowValues } from './columns.ts';
import { ReleasableStream, type StreamEnding } from './releasable-stream.ts';
import { SampleRing } from './ring.ts';

/** Ten minutes at 1 Hz. */
const ringCapacity = 600;
/** A host has at most this many cards; a tool that prints more is not believed. */
const ringsMax = 64;
/** A command that dies sooner has not recovered: its first sample comes from another invocation. */
const steadySamples = 5;
const restartLimits = { firstMs: 500, maxMs: 30_000 };
/**
 * A loop that so often dies after the first sample, which an ordinary query has read, will not get well by itself: on
 * some drivers only the first look of a loop tells anything. Single queries stand in until it is tried again.
 */
const loopTriesMax = 5;
const singleQueriesMs = 600_000;
/** A single query starts the tool anew. One that takes long is asked less often, so that it costs a tenth of the time at most. */
const restPerQuery = 9;
/** A sample is stale after so many periods without a newer one. */
const stalePeriods = 5;
const staleMsMin = 5_000;

export interface GpuSampleSet {
  /** Wall clock, ms since the epoch. */
  readonly atMs: number;
  readonly cards: readonly GpuRow[];
}

export interface SamplerDeps {
  readonly nvidiaSmi: NvidiaSmi;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly periodMs: number;
}

/**
 * Reads every card once a period through one long-lived command, and starts it again when it ends; where that never
 * lasts, through single ones.
 * Invariants: at most one command runs; none runs between `release` and `resume`; a failed command never
 * changes the newest sample, which only grows older.
 */
export class GpuSampler {
  readonly #deps: SamplerDeps;
  readonly #rings = new Map<string, SampleRing>();
  readonly #listeners = new Set<(sample: GpuSampleSet) => void>();
  readonly #stream = new ReleasableStream();
  #latest: { readonly sample: GpuSampleSet; readonly monotonicMs: number } | null = null;
  #restarts = 0;
  #lastError: string | null = null;

  constructor(deps: SamplerDeps) {
    this.#deps = deps;
  }

  /** Samples until `signal` aborts; failures are logged, counted and retried, never thrown. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let loopTries = 0;
    while (!signal.aborted) {
      if (!(await this.#stream.isFree(signal))) continue;
      const single = loopTries >= loopTriesMax;
      const ending = await this.#read(single, signal);
      if (signal.aborted || ending.kind === 'released') continue;
      if (single && ending.error === null) {
        loopTries = 0;
        continue;
      }
      const steady = ending.items >= steadySamples;
      failures = steady ? 0 : failures + 1;
      // Without any sample it is not the loop that is at fault.
      loopTries = steady || ending.items === 0 ? 0 : loopTries + 1;
      this.#restarts += 1;
      if (loopTries >= loopTriesMax) this.#lastError = null;
      const error = ending.error ?? new Error('the sampling command ended');
      await this.#backOff(error, { failures, single: loopTries >= loopTriesMax }, signal);
    }
  }

  async #backOff(
    cause: unknown,
    { failures, single }: { readonly failures: number; readonly single: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const reason = errorChain(cause);
    // A tool that is missing would otherwise say so for ever.
    const level = reason === this.#lastError ? 'debug' : 'warn';
    this.#lastError = reason;
    const waitMs = jittered(backoffMs(failures, restartLimits), this.#deps.random);
    this.#deps.log[level](
      { reason, retryMs: Math.round(waitMs) },
      single
        ? 'the sampling loop never lasts; single queries stand in for it'
        : 'sampling the cards ended; it is started again',
    );
    await this.#deps.clock.sleep(waitMs, signal).catch(() => undefined);
  }

  /** Ends the command and keeps it ended: the cards are about to change. Resolves when no handle is open. */
  release(signal: AbortSignal): Promise<void> {
    return this.#stream.release(signal);
  }

  /** Undoes one `release`. */
  resume(): void {
    this.#stream.resume();
  }

  /** The newest sample and how old it is; null: none yet. */
  latest(): { readonly sample: GpuSampleSet; readonly ageMs: number } | null {
    if (this.#latest === null) return null;
    const ageMs = Math.max(0, this.#deps.clock.monotonicMs() - this.#latest.monotonicMs);
    return { sample: this.#latest.sample, ageMs };
  }

  /** From this age on a sample tells of another time: it is shown as stale, and no series is made of it. */
  get staleMs(): number {
    return Math.max(staleMsMin, stalePeriods * this.#deps.periodMs);
  }

  /** One metric of one card over the last `windowMs`; null: no such card or metric. */
  history(
    gpu: string,
    metric: string,
    windowMs: number,
  ): { readonly atMs: number[]; readonly values: number[] } | null {
    const at = gpuMetrics.findIndex((row) => row.name === metric);
    const ring = this.#rings.get(gpu);
    if (at < 0 || ring === undefined) return null;
    return ring.read(at, this.#deps.clock.wallMs() - windowMs);
  }

  get restartsTotal(): number {
    return this.#restarts;
  }

  /** Why the command last ended; null: it never did, or it has sampled since. */
  get lastError(): string | null {
    return this.#lastError;
  }

  /** Called with every sample; a listener must not take long. Answers how to stop listening. */
  onSample(listener: (sample: GpuSampleSet) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #read(single: boolean, signal: AbortSignal): Promise<StreamEnding> {
    const open = (inner: AbortSignal): AsyncIterable<readonly GpuRow[]> =>
      single ? this.#singleQueries(inner) : this.#loop(inner);
    return this.#stream.read(open, (cards) => this.#accept(cards), signal);
  }

  #loop(signal: AbortSignal): AsyncIterable<readonly GpuRow[]> {
    return this.#deps.nvidiaSmi.sampleGpus(this.#deps.periodMs, signal);
  }

  /** Ends when it is time to try the loop again. */
  async *#singleQueries(signal: AbortSignal): AsyncGenerator<readonly GpuRow[], void, void> {
    const { clock, nvidiaSmi, periodMs } = this.#deps;
    const untilMs = clock.monotonicMs() + singleQueriesMs;
    while (clock.monotonicMs() < untilMs) {
      const fromMs = clock.monotonicMs();
      yield await nvidiaSmi.queryGpus(signal);
      const tookMs = clock.monotonicMs() - fromMs;
      await clock.sleep(Math.max(periodMs - tookMs, restPerQuery * tookMs), signal);
    }
  }

  #accept(cards: readonly GpuRow[]): void {
    const sample: GpuSampleSet = { atMs: this.#deps.clock.wallMs(), cards };
    this.#latest = { sample, monotonicMs: this.#deps.clock.monotonicMs() };
    this.#lastError = null;
    for (const row of cards) this.#ring(row.uuid)?.push(sample.atMs, rowValues(row));
    for (const listener of this.#listeners) listener(sample);
  }

  #ring(gpu: string): SampleRing | undefined {
    const known = this.#rings.get(gpu);
    if (known !== undefined || this.#rings.size >= ringsMax) return known;
    const made = new SampleRing(ringCapacity, gpuMetrics.length);
    this.#rings.set(gpu, made);
    return made;
  }
}

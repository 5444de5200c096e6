import { backoffMs, jittered } from '../../shared/platform/backoff.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import { Wake } from '../../shared/platform/wake.ts';
import type { GpuRow, NvidiaSmi } from '../drivers/nvidia-smi/nvidia-smi.ts';
import { gpuMetrics } from './catalogue.ts';
import { rowValues } from './columns.ts';
import { SampleRing } from './ring.ts';

/** Ten minutes at 1 Hz. */
const ringCapacity = 600;
/** A host has at most this many cards; a tool that prints more is not believed. */
const ringsMax = 64;
/** A command that dies sooner has not recovered: its first sample comes from another invocation. */
const steadySamples = 5;
const restartLimits = { firstMs: 500, maxMs: 30_000 };

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
 * Reads every card once a period through one long-lived command, and starts it again when it ends.
 * Invariants: at most one command runs; none runs between `release` and `resume`; a failed command never
 * changes the newest sample, which only grows older.
 */
export class GpuSampler {
  readonly #deps: SamplerDeps;
  readonly #rings = new Map<string, SampleRing>();
  readonly #listeners = new Set<(sample: GpuSampleSet) => void>();
  readonly #resumed = new Wake();
  #latest: { readonly sample: GpuSampleSet; readonly monotonicMs: number } | null = null;
  #holds = 0;
  #child: { readonly controller: AbortController; readonly ended: Promise<void> } | null = null;
  #restarts = 0;
  #lastError: string | null = null;

  constructor(deps: SamplerDeps) {
    this.#deps = deps;
  }

  /** Samples until `signal` aborts; failures are logged, counted and retried, never thrown. */
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
      this.#restarts += 1;
      const reason = errorChain(ending.error);
      // A tool that is missing would otherwise say so for ever.
      const level = reason === this.#lastError ? 'debug' : 'warn';
      this.#lastError = reason;
      const waitMs = jittered(backoffMs(failures, restartLimits), this.#deps.random);
      this.#deps.log[level](
        { reason, retryMs: Math.round(waitMs) },
        'sampling the cards ended; it is started again',
      );
      await this.#deps.clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }

  /** Ends the command and keeps it ended: the cards are about to change. Resolves when no handle is open. */
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

  /** The newest sample and how old it is; null: none yet. */
  latest(): { readonly sample: GpuSampleSet; readonly ageMs: number } | null {
    if (this.#latest === null) return null;
    const ageMs = Math.max(0, this.#deps.clock.monotonicMs() - this.#latest.monotonicMs);
    return { sample: this.#latest.sample, ageMs };
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

  async #runChild(outer: AbortSignal): Promise<ChildEnding> {
    const controller = new AbortController();
    const signal = AbortSignal.any([outer, controller.signal]);
    let samples = 0;
    const reading = (async (): Promise<ChildEnding> => {
      try {
        for await (const cards of this.#deps.nvidiaSmi.sampleGpus(this.#deps.periodMs, signal)) {
          this.#accept(cards);
          samples += 1;
        }
        if (signal.aborted) return { kind: 'released' };
        return { kind: 'ended', samples, error: new Error('the sampling command ended') };
      } catch (error) {
        return signal.aborted ? { kind: 'released' } : { kind: 'ended', samples, error };
      }
    })();
    this.#child = { controller, ended: reading.then(() => undefined) };
    const ending = await reading;
    this.#child = null;
    return ending;
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

type ChildEnding =
  | { readonly kind: 'released' }
  | { readonly kind: 'ended'; readonly samples: number; readonly error: unknown };

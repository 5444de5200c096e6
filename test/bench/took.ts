import { performance } from 'node:perf_hooks';

/** What a run took: by the clock on the wall, and of the processor with all its threads (compiler and collector too). */
export interface Took {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Runs once and says how long it took. */
export function timed(run: () => void): Took {
  const startMs = performance.now();
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - startMs, cpuMs: (user + system) / 1_000 };
}

/** The value that so many percent of all are not above; NaN of none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100));
  return sorted[at] ?? Number.NaN;
}

/** `p50 5.3, p99 9.1, max 12.0 ms`, of one of the two times. */
export function renderSpread(all: readonly Took[], of: keyof Took): string {
  const values = all.map((each) => each[of]);
  const [p50, p99, max] = [50, 99, 100].map((at) => percentile(values, at).toFixed(1));
  return `p50 ${p50}, p99 ${p99}, max ${max} ms`;
}

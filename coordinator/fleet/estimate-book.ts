import type { PlanStep } from '../../shared/domain/change.ts';
import { statedEstimates, type Estimate, type Estimates } from '../../shared/domain/estimates.ts';
import type { ModelName } from '../../shared/domain/ids.ts';
import type { EstimateRecord } from '../store/values.ts';

/** What was learned, by subject: `start/<model>`, `step/<kind>`. */
export type EstimateBook = ReadonlyMap<string, EstimateRecord>;

export const estimateLimits = {
  /** The median of so many is what is predicted; half as many say something else before it moves. */
  samplesMax: 15,
  /** A duration that is longer than this was not one start. */
  sampleMsMax: 86_400_000,
  subjectsMax: 4_096,
  imageLengthMax: 1_024,
} as const;

export function startSubject(model: ModelName): string {
  return `start/${model}`;
}

export function stepSubject(kind: PlanStep['kind']): string {
  return `step/${kind}`;
}

/** `record` with one duration more. null: it is none that can be learned from. */
export function learn(
  record: EstimateRecord | undefined,
  seen: { readonly ms: number; readonly image: string; readonly atMs: number },
): EstimateRecord | null {
  const ms = Math.round(seen.ms);
  if (ms < 0 || ms > estimateLimits.sampleMsMax) return null;
  const known = record?.samplesMs ?? [];
  // Another image may load in another time: the last of the old ones is no more than a first guess.
  const kept = record === undefined || record.image === seen.image ? known : known.slice(-1);
  return {
    samplesMs: [...kept, ms].slice(-estimateLimits.samplesMax),
    count: Math.min(Number.MAX_SAFE_INTEGER, (record?.count ?? 0) + 1),
    image: seen.image,
    updatedAtMs: seen.atMs,
  };
}

/** The lower median: of two samples the shorter, so that one slow start alone predicts nothing. */
export function medianMs(samples: readonly number[]): number | null {
  const sorted = samples.toSorted((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** What plans are priced with: what was learned, and what is stated for the rest. */
export function estimatesOf(book: EstimateBook): Estimates {
  const starts = new Map<ModelName, Estimate>();
  for (const [subject, record] of book) {
    const estimate = learnedOf(record);
    if (estimate === null || !subject.startsWith('start/')) continue;
    // A subject is made of a model's name alone: see `startSubject`.
    starts.set(subject.slice('start/'.length) as ModelName, estimate);
  }
  const steps = { ...statedEstimates.steps };
  for (const kind of Object.keys(steps) as PlanStep['kind'][]) {
    const estimate = learnedOf(book.get(stepSubject(kind)));
    if (estimate !== null) steps[kind] = estimate;
  }
  return { ...statedEstimates, steps, starts };
}

function learnedOf(record: EstimateRecord | undefined): Estimate | null {
  const ms = medianMs(record?.samplesMs ?? []);
  return ms === null ? null : { seconds: Math.ceil(ms / 1_000), source: 'learned' };
}

/** Subjects that are forgotten when there are too many: those that were heard of longest ago. */
export function surplusSubjects(book: EstimateBook): readonly string[] {
  const surplus = Math.max(0, book.size - estimateLimits.subjectsMax);
  return [...book]
    .sort(([left, a], [right, b]) => a.updatedAtMs - b.updatedAtMs || (left < right ? -1 : 1))
    .slice(0, surplus)
    .map(([subject]) => subject);
}

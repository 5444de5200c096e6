import type { NodeName } from '../../shared/domain/ids.ts';
import type { History } from './history.ts';
import type { Point, Span } from './node-series.ts';
import type { Samples } from './samples.ts';

/** One watched metric of one card. */
export interface SeriesKey {
  readonly node: NodeName;
  readonly metric: string;
  readonly row: string;
}

export interface Asked extends Span {
  readonly stepMs: number;
}

export interface Past {
  readonly samples: Pick<Samples, 'series'>;
  readonly history: Pick<History, 'read'>;
}

export const rangeLimits = { pointsMax: 1_000, stepMsMin: 1_000 } as const;

const minuteMs = 60_000;
/** Rows of the history that one question reads: more than two months of a card. */
const coarseMax = 6_000;

/**
 * A series in steps of `stepMs`, oldest first: mean by time, least and greatest. Each moment comes from the finest that
 * is kept of it and fits the step; steps of which nothing is known are left out.
 */
export function readRange(past: Past, of: SeriesKey, asked: Asked): readonly Point[] {
  return inSteps(finest(past, of, asked), asked);
}

/** What is kept of the span, each moment once. */
function finest({ samples, history }: Past, of: SeriesKey, asked: Asked): readonly Point[] {
  const series = samples.series(of.node);
  const minutes = [...(series?.minutes(of.metric, of.row, asked) ?? [])];
  const seconds = [...(series?.seconds(of.metric, of.row, asked) ?? [])];
  const lastMinute = minutes.at(-1);
  // Where a step holds whole minutes, seconds only tell what no minute tells yet.
  const secondsFromMs =
    asked.stepMs >= minuteMs && lastMinute !== undefined
      ? lastMinute.atMs + lastMinute.spanMs
      : (seconds[0]?.atMs ?? Infinity);
  const near = [
    ...minutes.filter((point) => point.atMs + point.spanMs <= secondsFromMs),
    ...seconds.filter((point) => point.atMs >= secondsFromMs),
  ];
  const nearFromMs = near[0]?.atMs ?? Infinity;
  const far = history
    .read(of, asked, coarseMax)
    .filter((point) => point.atMs + point.spanMs <= nearFromMs);
  return [...far, ...near];
}

function inSteps(points: readonly Point[], { stepMs }: Asked): readonly Point[] {
  const steps: Point[] = [];
  let open: { atMs: number; sum: number; spanMs: number; least: number; greatest: number } | null =
    null;
  const close = (): void => {
    if (open === null) return;
    const { atMs, sum, spanMs, least, greatest } = open;
    steps.push({ atMs, spanMs: stepMs, mean: sum / spanMs, least, greatest });
  };
  for (const point of points) {
    const atMs = Math.floor(point.atMs / stepMs) * stepMs;
    if (open === null || open.atMs !== atMs) {
      close();
      open = { atMs, sum: 0, spanMs: 0, least: Infinity, greatest: -Infinity };
    }
    open.sum += point.mean * point.spanMs;
    open.spanMs += point.spanMs;
    open.least = Math.min(open.least, point.least);
    open.greatest = Math.max(open.greatest, point.greatest);
  }
  close();
  return steps;
}

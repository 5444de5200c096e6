/** When a link that comes and goes keeps its node from being used. */
export interface FlapLimits {
  /** That often within `flapWindowMs` is flapping. */
  readonly flapsMin: number;
  readonly flapWindowMs: number;
  /** After the last time nothing new is placed there for this long, twice as long for each time more. */
  readonly holdFirstMs: number;
  readonly holdMaxMs: number;
}

/** Enough for the longest wait; what is older tells nothing more. */
const flapsKept = 16;

/** When a link was lost, oldest first, with one more; monotonic. What is older than the window is forgotten. */
export function withFlap(
  flapsAtMs: readonly number[],
  nowMs: number,
  { flapWindowMs }: FlapLimits,
): readonly number[] {
  const recent = flapsAtMs.filter((atMs) => nowMs - atMs <= flapWindowMs);
  return [...recent, nowMs].slice(-flapsKept);
}

/** For how long after its last loss a node that flaps gets nothing new, in milliseconds; 0: it does not flap now. */
export function holdDownMs(
  flapsAtMs: readonly number[],
  nowMs: number,
  { flapsMin, holdFirstMs, holdMaxMs }: FlapLimits,
): number {
  const last = flapsAtMs.at(-1);
  if (last === undefined || flapsAtMs.length < flapsMin) return 0;
  const holdMs = Math.min(holdMaxMs, holdFirstMs * 2 ** (flapsAtMs.length - flapsMin));
  return nowMs - last < holdMs ? holdMs : 0;
}

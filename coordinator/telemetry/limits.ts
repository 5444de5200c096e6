/**
 * Metrics whose past is kept. Of the others only the newest value is: four figures of 40,000 cards fit where all twenty
 * would not (README.md has the arithmetic).
 */
export const watchedMetrics = [
  'gpu_utilization_ratio',
  'gpu_memory_used_bytes',
  'gpu_power_watts',
  'gpu_temperature_celsius',
] as const;

/** How far back one node's rings reach. */
export interface RingDepth {
  /** Slots of one second. */
  readonly seconds: number;
  /** Slots of one minute: mean, least and greatest. */
  readonly minutes: number;
}

export const deepestRings: RingDepth = { seconds: 600, minutes: 360 };
export const shallowestRings: RingDepth = { seconds: 75, minutes: 60 };

/** By halves: the deepest with which the whole fleet fits into its memory is used. */
export const ringDepths: readonly RingDepth[] = [
  deepestRings,
  { seconds: 300, minutes: 180 },
  { seconds: 150, minutes: 90 },
  shallowestRings,
];

export const telemetryLimits = {
  /** Memory of all rings together. */
  ringBytesMax: 144 * 1024 * 1024,
  nodesMax: 10_000,
  /** An agent's clock that is further off is not believed: its batches count as of their arrival. */
  clockSkewMsMax: 60_000,
  /** A row of the history on disk. */
  coarsePeriodMs: 15 * 60_000,
} as const;

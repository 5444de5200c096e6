import type { Variant } from './voice-detector.ts';

/** One sample model: a manifest beside this file, and the weights that it serves. */
export interface Sample {
  readonly name: string;
  readonly variant: Variant;
}

/** What `npm start` applies: two on MIG instances, one on an MPS share. */
export const samples: readonly Sample[] = [
  { name: 'vad-v6', variant: 'v6' },
  { name: 'vad-v5', variant: 'v5' },
  { name: 'vad-legacy', variant: 'legacy' },
];

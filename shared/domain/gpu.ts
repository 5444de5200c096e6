/** What a card is used as. One at a time; a change of mode is a priced step. */
export type GpuMode = 'idle' | 'whole' | 'mig' | 'mps' | 'timeshare' | 'foreign';

/**
 * What we may do to a card. `observe` is the default; an operator raises it.
 * `place` uses what is there; `cut` also changes the card's layout and mode.
 */
export type Authority = 'observe' | 'place' | 'cut';

export type GpuHealth =
  | { readonly state: 'ok' }
  /** Runs, but should be looked at: a pending row remap, a thermal slowdown. */
  | { readonly state: 'degraded'; readonly reason: string }
  /** Nothing new is placed on it. */
  | { readonly state: 'failed'; readonly reason: string };

/** Who keeps a slice to its size. Always shown to people. */
export type Enforcement = 'hardware' | 'kernel' | 'process' | 'none';

/** How separate a slice must be, weakest first. `any` admits timeshare. */
export type Isolation = 'any' | 'mps' | 'mig' | 'whole';

const isolationRank: Readonly<Record<Isolation, number>> = { any: 0, mps: 1, mig: 2, whole: 3 };

/** Whether a slice of kind `offered` is at least as separate as `asked`. */
export function isolationSatisfies(offered: Isolation, asked: Isolation): boolean {
  return isolationRank[offered] >= isolationRank[asked];
}

const authorityRank: Readonly<Record<Authority, number>> = { observe: 0, place: 1, cut: 2 };

export function authorityAllows(held: Authority, needed: Authority): boolean {
  return authorityRank[held] >= authorityRank[needed];
}

import type { Holder } from './holder.ts';

/** `measured`: a counter told it of this very user. `shared`: a part of a larger figure, shared out by a rule. */
export type Basis = 'measured' | 'shared';

export interface Figure {
  readonly value: number;
  readonly basis: Basis;
}

/** Of one user of one card. null: not known, which is never 0. */
export interface UserShare {
  readonly memoryMib: Figure | null;
  /** Its part in the memory of the MPS server; null: it is no client of one. */
  readonly serverMib: Figure | null;
  /** Of the whole card, 0 to 1. */
  readonly smRatio: Figure | null;
  /** Above what the idle card draws. */
  readonly powerWatts: Figure | null;
}

export interface HolderShare extends UserShare {
  readonly holder: Holder;
  /** Promised to it, not used by it. Part of `strandedMib`. */
  readonly reservedMib: number | null;
}

/**
 * One card, shared out. Invariants: the users' memory and server parts with the four parts of `memory` add up to
 * `totalMib`; the users' SM with `sm` to 1; the users' power with `power` to `totalWatts`. An unknown user counts nothing:
 * what it has is in `unattributed`.
 */
export interface CardShares {
  readonly holders: readonly HolderShare[];
  /** Everything on the card that is not ours, together; null: there is nothing. */
  readonly foreign: UserShare | null;
  /** null: the card does not tell its memory. */
  readonly memory: MemoryParts | null;
  /** null: the card does not tell its use, nor all of its instances theirs. */
  readonly sm: SmParts | null;
  readonly power: PowerParts | null;
}

export interface MemoryParts {
  readonly totalMib: number;
  /** Of the driver and of contexts, and of an MPS server without clients. */
  readonly overheadMib: number;
  /** In use, by processes that do not tell how much. */
  readonly unattributedMib: number;
  /** Free, and promised to somebody who does not use it, or of no use to any further slice. */
  readonly strandedMib: number;
  /** Free, and can be given out. */
  readonly idleMib: number;
}

export interface SmParts {
  readonly idleRatio: number;
  readonly unattributedRatio: number;
}

export interface PowerParts {
  readonly totalWatts: number;
  readonly idleWatts: number;
  readonly unattributedWatts: number;
}

import type { SliceId } from '../../shared/domain/ids.ts';
import type { SliceKind } from '../../shared/domain/slice.ts';
import type { Holder } from './holder.ts';

// What is known of one card at one moment, as the sharing out of it needs it. null: not told, which is never 0.

/** Whose process it is. */
export type Owner =
  | Holder
  | { readonly kind: 'foreign' }
  /** Holds memory for all clients of the card's MPS daemon and runs nothing itself. */
  | { readonly kind: 'mps-server' };

/** null: a process of nobody who holds anything of ours. */
export function holderOf(owner: Owner): Holder | null {
  return owner.kind === 'replica' || owner.kind === 'allocation' ? owner : null;
}

export interface ProcessReading {
  readonly pid: number;
  readonly owner: Owner;
  readonly memoryMib: number | null;
  /** Of the whole card, 0 to 1. */
  readonly smRatio: number | null;
  /** Talks to the card through the MPS server. */
  readonly mpsClient: boolean;
}

export interface SliceReading {
  /** null: an instance that we did not make. */
  readonly slice: SliceId | null;
  readonly kind: SliceKind;
  /** What the holder may use. */
  readonly promisedMib: number;
  /** Of a MIG instance, by its own counter; it includes what the driver keeps in there. */
  readonly usedMib: number | null;
  /** Of the whole card, 0 to 1, by the instance's own counter. */
  readonly smRatio: number | null;
  /** `nobody`: it is ours and free to be given out. */
  readonly holder: Holder | { readonly kind: 'foreign' } | { readonly kind: 'nobody' };
}

export interface CardReading {
  readonly memoryTotalMib: number | null;
  /** Whoever uses it; without `memoryReservedMib` where the tool tells that apart. */
  readonly memoryUsedMib: number | null;
  /** Kept by the driver and firmware. */
  readonly memoryReservedMib: number | null;
  /** Free memory that no further MIG instance can take; 0 on other cards. */
  readonly memoryUnusableMib: number;
  readonly powerWatts: number | null;
  /** The least that this card has been seen to draw. */
  readonly powerIdleWatts: number | null;
  /** Share of time in which any kernel ran, 0 to 1. Not told under MIG. */
  readonly smRatio: number | null;
  /** null: they could not be read, which is not "none". */
  readonly processes: readonly ProcessReading[] | null;
  readonly slices: readonly SliceReading[];
}

import type { AllocationSpec } from '../../shared/domain/allocation.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { AllocationName } from '../../shared/domain/ids.ts';
import type { AllocationProcess } from '../../shared/domain/node-target.ts';
import type { GpuHandout } from '../../shared/domain/inventory.ts';
import type { OnceCall } from './answers.ts';
import type { Evidence, Refusal } from '../../shared/placement/engine.ts';

/** Where an allocation is in its life. */
export type AllocationState =
  /** Waits for room. */
  | 'pending'
  /** Has its place; its slices are being made. */
  | 'preparing'
  | 'ready'
  /** Its node is silent; it keeps its slices. */
  | 'lost'
  /** Over; its slices are nobody's yet. */
  | 'reclaiming';

export interface AllocationView {
  readonly spec: AllocationSpec;
  readonly state: AllocationState;
  /** One line for people; empty: nothing to say. */
  readonly reason: string;
  /** null: it waits for room. */
  readonly claim: Claim | null;
  readonly createdAtMs: number;
  /** Wall clock; null: it is over. */
  readonly expiresAtMs: number | null;
  /** null: not ready. */
  readonly access: AllocationAccess | null;
  readonly processes: readonly AllocationProcess[];
}

/** What its processes need. */
export interface AllocationAccess {
  readonly deviceUuids: readonly string[];
  readonly handout: GpuHandout;
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly string[];
}

export interface AllocationExplanation {
  readonly view: AllocationView;
  /** null: it has a place. */
  readonly refusal: Refusal | null;
  readonly evidence: readonly Evidence[];
  /** The decision of the log that put it there; null: it has no place, or the row is no longer kept. */
  readonly decision: number | null;
}

/** See `OnceCall`. */
export interface AllocationOnce<T> {
  readonly once?: OnceCall<T> | undefined;
}

export interface AllocateOptions extends AllocationOnce<AllocationView> {
  /** How long it may wait for room; 0: not at all. */
  readonly waitMs: number;
  readonly validateOnly: boolean;
}

export type AllocationEvent =
  | {
      readonly kind: 'allocation';
      readonly allocation: AllocationView;
      readonly revision: string;
    }
  | { readonly kind: 'deleted'; readonly name: AllocationName; readonly revision: string }
  | { readonly kind: 'synced' | 'bookmark'; readonly revision: string };

/** The part of the core for clients that start their own workloads. */
export interface Allocations {
  /**
   * The same spec under the same name again answers what there is. Throws REQUEST_INVALID, ALLOCATION_TAKEN,
   * ALLOCATION_NO_ROOM, LIMIT_REACHED.
   */
  allocate(spec: AllocationSpec, options: AllocateOptions): Promise<AllocationView>;
  /** `ttlMs` null: as long as before. Throws ALLOCATION_UNKNOWN, ALLOCATION_OVER, REQUEST_INVALID. */
  renew(
    name: AllocationName,
    options: { readonly ttlMs: number | null } & AllocationOnce<AllocationView>,
  ): Promise<AllocationView>;
  /** null: it is gone at once. Throws ALLOCATION_UNKNOWN. */
  release(
    name: AllocationName,
    options: AllocationOnce<AllocationView | null>,
  ): Promise<AllocationView | null>;
  /** In order of name. */
  list(): readonly AllocationView[];
  get(name: AllocationName): AllocationView | undefined;
  explain(name: AllocationName): AllocationExplanation | undefined;
  /** As `watchModels`. */
  watch(signal: AbortSignal, resume?: string): AsyncIterable<AllocationEvent>;
  /** A name that no allocation has. */
  drawName(): AllocationName;
}

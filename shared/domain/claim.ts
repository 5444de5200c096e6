import type { AllocationName, ClaimId, ModelName, NodeName, ReplicaId } from './ids.ts';
import type { Slice } from './slice.ts';

/** Who a claim is for. */
export type ClaimHolder =
  | {
      readonly kind: 'replica';
      readonly replica: ReplicaId;
      readonly model: ModelName;
      readonly modelVersion: number;
    }
  /** Reserved for a client that starts its own workload. Never moved. */
  | { readonly kind: 'allocation'; readonly allocation: AllocationName };

/**
 * What holds slices. An ended claim is `reclaiming` until the agent sees no process of it,
 * and its slices are handed to nobody before that.
 */
export interface Claim {
  readonly id: ClaimId;
  readonly holder: ClaimHolder;
  readonly node: NodeName;
  readonly slices: readonly Slice[];
  /** Host resources, so that a node is not promised twice. */
  readonly cpuMillis: number;
  readonly memoryMib: number;
  readonly state: 'held' | 'reclaiming';
  /** Models that may not share the node, as the holder's model said when this was decided; absent: none. */
  readonly apartFrom?: readonly ModelName[];
  /** Wall clock of the decision, ms since the epoch. */
  readonly createdAtMs: number;
}

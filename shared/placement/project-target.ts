import type { GpuUuid } from '../domain/ids.ts';
import type { Inventory } from '../domain/inventory.ts';
import {
  tombstoneKey,
  type AllocationTarget,
  type GpuTarget,
  type NodeTarget,
  type ReplicaTarget,
  type Tombstone,
} from '../domain/node-target.ts';
import type { Slice } from '../domain/slice.ts';
import type { Claim } from '../domain/claim.ts';
import type { Workload } from '../domain/model.ts';

/** A target without its stamp (cluster, epoch, generation): what its generation stands for. */
export type TargetContent = Pick<
  NodeTarget,
  'gpus' | 'replicas' | 'tombstones' | 'allocations' | 'declarations'
>;

/** A claim with what its holder runs. */
export interface RunnableClaim {
  readonly claim: Claim;
  readonly workload: Workload;
  readonly processes: number;
}

/**
 * Projects what is claimed of one node to what its agent is to do. Pure, and in a fixed order, so that the same
 * records always give the same content and never a new generation.
 */
export function projectTarget(
  inventory: Inventory,
  claims: readonly RunnableClaim[],
  tombstones: readonly Tombstone[],
): TargetContent {
  const dying = new Set(
    tombstones.flatMap((tombstone) => (tombstone.kind === 'slice' ? [tombstone.slice] : [])),
  );
  const slices = claims.flatMap((record) => record.claim.slices);
  const allocations = claims
    .map(allocationTarget)
    .filter((target) => target !== null)
    .sort((left, right) => (left.claim < right.claim ? -1 : 1));
  return {
    gpus: inventory.gpus
      .map((gpu) => {
        const own = slices.filter((slice) => slice.gpu === gpu.uuid);
        return gpuTarget(gpu.uuid, gpu.layoutRevision, { own, dying });
      })
      .filter((target) => target !== null)
      .sort((left, right) => (left.gpu < right.gpu ? -1 : 1)),
    replicas: claims
      .map(replicaTarget)
      .filter((target) => target !== null)
      .sort((left, right) => (left.replica < right.replica ? -1 : 1)),
    tombstones: [...tombstones].sort((left, right) =>
      tombstoneKey(left) < tombstoneKey(right) ? -1 : 1,
    ),
    // A node without them is told what it was always told.
    ...(allocations.length === 0 ? {} : { allocations }),
  };
}

/** null: we want nothing of this card, so we do not speak of it and whatever is there stays. */
function gpuTarget(
  gpu: GpuUuid,
  layoutRevision: number,
  slices: { readonly own: readonly Slice[]; readonly dying: ReadonlySet<string> },
): GpuTarget | null {
  const first = slices.own[0];
  if (first === undefined) return null;
  return {
    gpu,
    layoutRevision,
    // A card has one mode at a time; placement lint watches that its slices agree.
    mode: first.shape.kind,
    // The slice of a claim that is being reclaimed stays wanted until its replica has stopped.
    slices: slices.own
      .filter((slice) => !slices.dying.has(slice.id))
      .sort((left, right) => (left.id < right.id ? -1 : 1)),
  };
}

function replicaTarget(record: RunnableClaim): ReplicaTarget | null {
  const { claim, workload, processes } = record;
  if (claim.state !== 'held' || claim.holder.kind !== 'replica') return null;
  return {
    replica: claim.holder.replica,
    model: claim.holder.model,
    modelVersion: claim.holder.modelVersion,
    workload,
    slices: claim.slices.map((slice) => slice.id),
    processes,
  };
}

/** Until its claim is gone: the agent goes on telling who is seen on its slices. */
function allocationTarget({ claim, processes }: RunnableClaim): AllocationTarget | null {
  const { id, holder, slices, state } = claim;
  if (holder.kind !== 'allocation') return null;
  return {
    claim: id,
    allocation: holder.allocation,
    slices: slices.map((slice) => slice.id),
    processes,
    reclaiming: state === 'reclaiming',
  };
}

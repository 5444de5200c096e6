import { unreachable } from './assert.ts';
import type {
  AllocationName,
  ClaimId,
  ClusterId,
  GpuUuid,
  ModelName,
  NodeName,
  ReplicaId,
  SliceId,
} from './ids.ts';
import type { MigPlacement } from './mig-profile.ts';
import type { Slice } from './slice.ts';
import type { Workload } from './model.ts';

/** What one card is to be. */
export interface GpuTarget {
  readonly gpu: GpuUuid;
  /** The layout that this was planned from; a card that has moved on refuses its target, alone. */
  readonly layoutRevision: number;
  readonly mode: 'idle' | 'whole' | 'mig' | 'mps' | 'timeshare';
  /** Every slice that is to exist on it. A slice that is missing here is not destroyed: see `Tombstone`. */
  readonly slices: readonly Slice[];
}

export interface ReplicaTarget {
  readonly replica: ReplicaId;
  readonly model: ModelName;
  readonly modelVersion: number;
  readonly workload: Workload;
  /** Empty: a replica on CPU. More than one: whole cards that are claimed and replaced together. */
  readonly slices: readonly SliceId[];
  /** How many client processes share the slice: MPS limits are divided among them. */
  readonly processes: number;
}

/**
 * What the coordinator knows of a holder beside what its node needs to know. An agent keeps the text and gives it back as it
 * is, so that a coordinator which has lost its store knows what it had been asked for.
 */
export interface Declaration {
  /** `models/<name>` or `allocations/<name>`. */
  readonly of: string;
  /** Read by coordinators alone. */
  readonly text: string;
}

/** Slices that a client uses by itself: made and kept like all others, and nothing is started on them. */
export interface AllocationTarget {
  /** Tells two lives of one name apart. */
  readonly claim: ClaimId;
  readonly allocation: AllocationName;
  readonly slices: readonly SliceId[];
  /** How many client processes share the slice: MPS limits are divided among them. */
  readonly processes: number;
  /** Its time is over: the agent tells whether a process of it is left. */
  readonly reclaiming: boolean;
}

/**
 * The only thing that makes an agent stop or destroy. Kept until the agent reports it gone:
 * an empty or restored store has no tombstones, so it can wipe nothing.
 */
export type Tombstone =
  | { readonly kind: 'replica'; readonly replica: ReplicaId }
  | {
      readonly kind: 'slice';
      readonly slice: SliceId;
      readonly incarnation: number;
      readonly gpu: GpuUuid;
    }
  | InstanceTombstone;

/**
 * A MIG instance that nobody of ours made, holds or uses, and that a plan said it would destroy. It names the very
 * instance that the plan saw: an agent that finds another one, or any user of it, leaves it and says why.
 */
export interface InstanceTombstone extends MigPlacement {
  readonly kind: 'instance';
  readonly gpu: GpuUuid;
  readonly gpuInstanceId: number;
  /** The card's layout that the plan was made from. */
  readonly layoutRevision: number;
}

/** What a claim that ends leaves to be done. */
export type ClaimTombstone = Exclude<Tombstone, InstanceTombstone>;

/** Equal for equal tombstones, and for no others. */
export function tombstoneKey(tombstone: Tombstone): string {
  switch (tombstone.kind) {
    case 'replica':
      return `replica/${tombstone.replica}`;
    case 'slice':
      return `slice/${tombstone.slice}/${tombstone.incarnation}`;
    case 'instance': {
      const { gpu, giProfileId, start, gpuInstanceId, layoutRevision } = tombstone;
      return `instance/${gpu}/${giProfileId}@${start}/${gpuInstanceId}/${layoutRevision}`;
    }
    default:
      return unreachable(tombstone);
  }
}

/** What the coordinator wants of one node: complete, immutable, ordered by (epoch, generation). */
export interface NodeTarget {
  readonly clusterId: ClusterId;
  /** The leader's term. */
  readonly epoch: number;
  readonly generation: number;
  readonly node: NodeName;
  readonly gpus: readonly GpuTarget[];
  readonly replicas: readonly ReplicaTarget[];
  readonly tombstones: readonly Tombstone[];
  /** Absent: none. */
  readonly allocations?: readonly AllocationTarget[];
  /** Of every holder above that one is known of, once each. Absent: none. */
  readonly declarations?: readonly Declaration[];
}

/**
 * What an earlier target gave this node, and the one in force does not name: it was sent by a coordinator that knows nothing
 * of it. Absence is no command, so it is still here.
 */
export interface LeftClaim {
  /** Of the last target that named it. */
  readonly epoch: number;
  readonly holder:
    | { readonly kind: 'replica'; readonly target: ReplicaTarget }
    | { readonly kind: 'allocation'; readonly target: AllocationTarget };
  /** What it holds; fewer than its target names where one of them was never made. */
  readonly slices: readonly Slice[];
  /** null: its agent was told none. */
  readonly declaration: string | null;
}

/** A node tells of so many at a time: the next once these are named again. */
export const leftClaimsMax = 256;

/** Whether `next` supersedes `last`. Equal versions with other content are an error of the sender. */
export function compareTargets(
  last: Pick<NodeTarget, 'epoch' | 'generation'>,
  next: Pick<NodeTarget, 'epoch' | 'generation'>,
): 'older' | 'same' | 'newer' {
  if (next.epoch !== last.epoch) return next.epoch < last.epoch ? 'older' : 'newer';
  if (next.generation === last.generation) return 'same';
  return next.generation < last.generation ? 'older' : 'newer';
}

/** What a node has done with what it was told; written by the agent alone. */
export interface NodeStatus {
  readonly node: NodeName;
  /** The newest target the agent has accepted. */
  readonly acceptedEpoch: number;
  readonly acceptedGeneration: number;
  readonly gpus: readonly GpuStatus[];
  readonly slices: readonly SliceStatus[];
  readonly tombstonesDone: readonly Tombstone[];
  /** Absent: none, or an agent that knows of none. */
  readonly allocations?: readonly AllocationStatus[];
  /** The first `leftClaimsMax`. Absent: none, or an agent that does not tell. */
  readonly left?: readonly LeftClaim[];
}

/** Looks that must find nobody before a slice may go: one alone may fall between two processes. */
export const quietLooksNeeded = 2;

/** What a client needs to use its slices, and who of it was seen there. */
export interface AllocationStatus {
  readonly claim: ClaimId;
  /** Every slice of it is there. */
  readonly ready: boolean;
  /** What it waits for; empty: nothing. */
  readonly reason: string;
  /** `GPU-…` or `MIG-…`, in the order of its slices; empty until it is ready. */
  readonly deviceUuids: readonly string[];
  /** What its processes must have in their environment; empty until it is ready. */
  readonly env: Readonly<Record<string, string>>;
  /** Directories of the host that a container of it must see at the same path. */
  readonly mounts: readonly string[];
  /** Seen on its slices or with its mark, at most `allocationProcessesMax` of them. */
  readonly processes: readonly AllocationProcess[];
  /** As the target said when the agent looked. */
  readonly reclaiming: boolean;
  /**
   * Looks in a row, each begun after the target said `reclaiming`, that found no process; at most `quietLooksNeeded`.
   */
  readonly quietLooks: number;
}

export interface AllocationProcess {
  readonly pid: number;
  readonly name: string;
  /** It carries the mark, or nobody else can be on its slice; otherwise it uses the card and may be anybody's. */
  readonly certain: boolean;
}

export const allocationProcessesMax = 16;

export interface GpuStatus {
  readonly gpu: GpuUuid;
  readonly outcome: 'converged' | 'waiting' | 'progressed' | 'failed' | 'blind' | 'refused';
  /** One line: what it waits for, or why it failed or refused. */
  readonly detail: string;
}

export interface SliceStatus {
  readonly slice: SliceId;
  readonly incarnation: number;
  readonly gpu: GpuUuid;
  readonly phase: 'absent' | 'ready' | 'failed';
  /** `MIG-…` for a MIG slice, the card's UUID otherwise; null while absent. */
  readonly deviceUuid: string | null;
  readonly reason: string;
}

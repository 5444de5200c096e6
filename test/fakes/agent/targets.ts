import {
  parseAllocationName,
  parseClaimId,
  parseModelName,
  parseReplicaId,
  parseSliceId,
  type GpuUuid,
} from '../../../shared/domain/ids.ts';
import type { Workload } from '../../../shared/domain/model.ts';
import type {
  AllocationTarget,
  GpuTarget,
  NodeTarget,
  ReplicaTarget,
  Tombstone,
} from '../../../shared/domain/node-target.ts';
import type { Slice, SliceShape } from '../../../shared/domain/slice.ts';
import { cluster, must, node } from './fake-core.ts';

export const workload: Workload = {
  image: null,
  command: ['serve'],
  args: [],
  env: {},
  port: 8_000,
  health: { path: '/healthz', startupDeadlineMs: 300_000 },
  cpuMillis: 0,
  memoryMib: 0,
  mounts: [],
  writableRoot: false,
};

export function slice(id: string, gpu: GpuUuid, shape: SliceShape, incarnation = 1): Slice {
  return { id: must(parseSliceId(id)), incarnation, node, gpu, shape };
}

/** Shapes of an A100-40GB. */
export const shapes = {
  whole: { kind: 'whole', memoryMib: 40_960 },
  small: (start: number): SliceShape => ({
    kind: 'mig',
    giProfileId: 19,
    start,
    profile: '1g.5gb',
    size: 1,
    memoryMib: 4_864,
  }),
  half: (start: number): SliceShape => ({
    kind: 'mig',
    giProfileId: 9,
    start,
    profile: '3g.20gb',
    size: 4,
    memoryMib: 19_968,
  }),
  mps: (memoryMib: number): SliceShape => ({ kind: 'mps', memoryMib, smPercent: 25 }),
} as const;

export function replica(
  name: string,
  slices: readonly Slice[],
  over: Partial<ReplicaTarget> = {},
): ReplicaTarget {
  return {
    replica: must(parseReplicaId(`${name}-00000001`)),
    model: must(parseModelName(name)),
    modelVersion: 1,
    workload,
    slices: slices.map((each) => each.id),
    processes: 1,
    ...over,
  };
}

/** A target that wants exactly these slices and replicas. */
export function target(
  generation: number,
  parts: {
    readonly slices?: readonly Slice[];
    readonly replicas?: readonly ReplicaTarget[];
    readonly tombstones?: readonly Tombstone[];
    readonly allocations?: readonly AllocationTarget[];
    /** By card; 1 where it is not given. */
    readonly revisions?: Readonly<Record<string, number>>;
  },
): NodeTarget {
  const slices = parts.slices ?? [];
  const gpus = [...new Set(slices.map((each) => each.gpu))].map((gpu): GpuTarget => {
    const own = slices.filter((each) => each.gpu === gpu);
    return {
      gpu,
      layoutRevision: parts.revisions?.[gpu] ?? 1,
      mode: own[0]?.shape.kind ?? 'idle',
      slices: own,
    };
  });
  return {
    clusterId: cluster,
    epoch: 1,
    generation,
    node,
    gpus,
    replicas: parts.replicas ?? [],
    tombstones: parts.tombstones ?? [],
    ...(parts.allocations === undefined ? {} : { allocations: parts.allocations }),
  };
}

/** An allocation that holds these slices. */
export function allocation(
  name: string,
  slices: readonly Slice[],
  over: Partial<AllocationTarget> = {},
): AllocationTarget {
  return {
    claim: must(parseClaimId(`allocation:${name}-00000001`)),
    allocation: must(parseAllocationName(name)),
    slices: slices.map((each) => each.id),
    processes: 1,
    reclaiming: false,
    ...over,
  };
}

export function replicaGone(name: string): Tombstone {
  return { kind: 'replica', replica: must(parseReplicaId(`${name}-00000001`)) };
}

export function sliceGone(gone: Slice): Tombstone {
  return { kind: 'slice', slice: gone.id, incarnation: gone.incarnation, gpu: gone.gpu };
}

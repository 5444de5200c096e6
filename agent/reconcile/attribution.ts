import type { GpuUuid, ModelName, ReplicaId, SliceId } from '../../shared/domain/ids.ts';
import type { MigInstance } from '../../shared/domain/inventory.ts';
import { isSamePlacement } from '../../shared/domain/mig-layout.ts';
import type { Slice, SliceShape } from '../../shared/domain/slice.ts';
import type { RunningActual, SliceBinding } from '../observe/world.ts';
import { bindingOf, recordOf, type PlanInput } from './plan-input.ts';

/** Which processes belong to which replica and on which slice: labels of telemetry and rows of `agentctl ps`. */
export interface Attribution {
  readonly replica: ReplicaId;
  readonly model: ModelName;
  readonly modelVersion: number;
  /** Container id, or pid of the leader: processes born after the last look are known by it. */
  readonly runtimeId: string;
  readonly pids: readonly number[];
  /** Empty: a replica on CPU. */
  readonly slices: readonly AttributedSlice[];
}

export interface AttributedSlice {
  /** null: it runs there, and nothing tells on which slice. */
  readonly slice: SliceId | null;
  readonly gpu: GpuUuid;
  readonly shape: SliceShape | null;
  /** What the replica sees: `MIG-…`, or the card's UUID. */
  readonly deviceUuid: string;
  /** null: not a MIG slice. */
  readonly gpuInstanceId: number | null;
}

/** Pure: one row a running replica. */
export function attributionOf(input: PlanInput): readonly Attribution[] {
  return input.world.running
    .filter((each) => each.state === 'running')
    .map((each) => ({
      replica: each.replica,
      model: each.model,
      modelVersion: each.modelVersion,
      runtimeId: each.runtimeId,
      pids: each.pids,
      slices: slicesOf(input, each),
    }));
}

/** The slices that a running replica is on. */
export function slicesOf(input: PlanInput, entry: RunningActual): readonly AttributedSlice[] {
  const held = recordOf(input, entry.replica)?.slices ?? wantedSlices(input, entry.replica);
  const bound = held.flatMap((slice) => {
    const binding = bindingOf(input, slice.id);
    return binding === undefined ? [] : [boundSlice(binding)];
  });
  if (bound.length > 0) return bound;
  return input.world.gpus.flatMap((gpu) =>
    entry.deviceUuids.flatMap((deviceUuid): AttributedSlice[] => {
      const instance = gpu.inventory.instances.find((each) => each.uuid === deviceUuid);
      if (instance === undefined && deviceUuid !== gpu.uuid) return [];
      // It runs before what it runs on is noted: then what it was meant for tells.
      const meant = held.find((slice) => isIn(slice, gpu.uuid, instance));
      return [
        {
          slice: instance?.slice ?? meant?.id ?? null,
          gpu: gpu.uuid,
          shape: meant?.shape ?? null,
          deviceUuid,
          gpuInstanceId: instance?.gpuInstanceId ?? null,
        },
      ];
    }),
  );
}

function boundSlice({ slice, deviceUuid, gpuInstanceId }: SliceBinding): AttributedSlice {
  return { slice: slice.id, gpu: slice.gpu, shape: slice.shape, deviceUuid, gpuInstanceId };
}

function wantedSlices(input: PlanInput, replica: ReplicaId): readonly Slice[] {
  return input.wanted.find(({ target }) => target.replica === replica)?.slices ?? [];
}

/** Whether the slice is that instance, or without one a part of the card itself. */
function isIn({ gpu, shape }: Slice, card: GpuUuid, instance: MigInstance | undefined): boolean {
  if (gpu !== card) return false;
  if (shape.kind !== 'mig') return instance === undefined;
  return instance !== undefined && isSamePlacement(shape, instance);
}

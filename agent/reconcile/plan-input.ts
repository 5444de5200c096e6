import { authorityAllows, type Authority } from '../../shared/domain/gpu.ts';
import type { GpuUuid, ReplicaId, SliceId } from '../../shared/domain/ids.ts';
import type { RuntimeKind } from '../../shared/domain/inventory.ts';
import type { RecordedLayout } from '../../shared/domain/mig-layout.ts';
import type {
  AllocationProcess,
  AllocationTarget,
  GpuTarget,
  InstanceTombstone,
  ReplicaTarget,
  Tombstone,
} from '../../shared/domain/node-target.ts';
import type { Slice } from '../../shared/domain/slice.ts';
import type { NodePolicy } from '../policy/policy.ts';
import type {
  ComputeModeRecord,
  GpuActual,
  Intent,
  MpsDefaultsRecord,
  MpsRecovery,
  ReplicaRecord,
  SliceBinding,
  World,
} from '../observe/world.ts';

export type SliceTombstone = Extract<Tombstone, { kind: 'slice' }>;

/** A replica that is to run, with the slices that it is to run on. */
export interface WantedReplica {
  readonly target: ReplicaTarget;
  readonly slices: readonly Slice[];
  readonly specHash: string;
}

/** An allocation of the target, and who of it is there. */
export interface AllocationUse {
  readonly target: AllocationTarget;
  /** Those that are in force, or still bound. */
  readonly slices: readonly Slice[];
  /** null: nobody could look in this round. */
  readonly processes: readonly AllocationProcess[] | null;
  /** See `AllocationStatus.quietLooks`. */
  readonly quietLooks: number;
}

/** Everything that a plan depends on. */
export interface PlanInput {
  readonly world: World;
  /** What is in force on each card; slices that a tombstone names are left out. */
  readonly gpuTargets: readonly GpuTarget[];
  readonly wanted: readonly WantedReplica[];
  readonly allocations: readonly AllocationUse[];
  readonly replicasGone: ReadonlySet<ReplicaId>;
  /** Without those that are done. */
  readonly slicesGone: readonly SliceTombstone[];
  /** Without those that are done. */
  readonly instancesGone: readonly InstanceTombstone[];
  readonly bindings: readonly SliceBinding[];
  readonly records: readonly ReplicaRecord[];
  readonly intents: readonly Intent[];
  /** Slices whose instance an operator's layout has taken away: they are missing, and that is no drift. */
  readonly slicesCutAway: ReadonlySet<SliceId>;
  /** What somebody asked this agent for, and what it brings back after a reboot. */
  readonly layoutsRecorded: readonly RecordedLayout[];
  /** Cards whose layout an operator's change is at work on. */
  readonly layoutsChanging: ReadonlySet<GpuUuid>;
  /** Where the clients of each card find its MPS daemon; a card that is absent cannot be shared. */
  readonly mpsPipes: ReadonlyMap<GpuUuid, string>;
  /** What the MPS daemons were last told to allow one client. */
  readonly mpsDefaults: readonly MpsDefaultsRecord[];
  /** What the cards whose compute mode we have changed had before. */
  readonly computeModes: readonly ComputeModeRecord[];
  /** The last one of each card. */
  readonly mpsRecoveries: readonly MpsRecovery[];
  readonly config: PlanConfig;
}

export interface PlanConfig {
  readonly runtime: 'auto' | 'docker' | 'process';
  readonly policy: NodePolicy;
  readonly stopGraceMs: number;
  /** Whether a shared card is kept to its daemon's clients, where we may change it. */
  readonly mpsComputeMode: 'exclusive' | 'keep';
  /** What MPS clients in containers must see of the host's shared memory; null: nothing. */
  readonly mpsShmDirectory: string | null;
}

/** The binding of a slice that holds in this boot. */
export function bindingOf(input: PlanInput, slice: SliceId): SliceBinding | undefined {
  return input.bindings.find(
    (each) => each.slice.id === slice && each.bootId === input.world.bootId,
  );
}

export function bindingsOn(input: PlanInput, gpu: GpuUuid): readonly SliceBinding[] {
  return input.bindings.filter(
    (each) => each.slice.gpu === gpu && each.bootId === input.world.bootId,
  );
}

export function recordOf(input: PlanInput, replica: ReplicaId): ReplicaRecord | undefined {
  return input.records.find((each) => each.replica === replica);
}

export function runtimeBlind(input: PlanInput, runtime: RuntimeKind): string | null {
  const reason = input.world.runtimesBlind.get(runtime);
  return reason === undefined ? `this node has no ${runtime} runtime` : reason;
}

/** The running replica that uses a slice, if one does: by its record, or by what it was handed. */
export function holderOf(
  input: PlanInput,
  slice: SliceId,
  deviceUuid: string | null,
): ReplicaId | undefined {
  const holder = input.world.running.find((each) => {
    if (each.state !== 'running') return false;
    const record = recordOf(input, each.replica);
    return (
      (record?.slices.some((held) => held.id === slice) ?? false) ||
      (deviceUuid !== null &&
        deviceUuid.startsWith('MIG-') &&
        each.deviceUuids.includes(deviceUuid))
    );
  });
  return holder?.replica;
}

/** Any running replica that was handed this card or an instance of it. */
export function runningOn(input: PlanInput, gpu: GpuActual): ReplicaId | undefined {
  const devices = new Set<string>([
    gpu.uuid,
    ...gpu.inventory.instances.flatMap((each) => (each.uuid === null ? [] : [each.uuid])),
  ]);
  return input.world.running.find(
    (each) => each.state === 'running' && each.deviceUuids.some((device) => devices.has(device)),
  )?.replica;
}

/** Why we may not do what needs `needed` on a card; null when we may. */
export function authorityRefusal(gpu: GpuActual, needed: Authority): string | null {
  const held = gpu.inventory.authority;
  if (authorityAllows(held, needed)) return null;
  return `authority on ${gpu.uuid} is ${held}; an operator must raise it to ${needed}`;
}

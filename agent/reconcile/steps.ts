import { unreachable } from '../../shared/domain/assert.ts';
import type { GpuUuid, ReplicaId, SliceId } from '../../shared/domain/ids.ts';
import type { RuntimeKind } from '../../shared/domain/inventory.ts';
import type { InstanceTombstone, ReplicaTarget } from '../../shared/domain/node-target.ts';
import type { Slice } from '../../shared/domain/slice.ts';
import type { MpsRecovery, StartSpec } from '../observe/world.ts';

/** Why nothing can be done yet. Stable words; the detail is for people. */
export type WaitReason =
  | 'authority'
  | 'card-missing'
  | 'card-unhealthy'
  | 'card-unreadable'
  | 'card-in-use'
  | 'compute-mode'
  | 'drift'
  | 'foreign-processes'
  | 'instance-incomplete'
  | 'instance-kept'
  | 'memory'
  | 'mig-mode-pending'
  | 'mig-unsupported'
  | 'mode-mismatch'
  | 'mps-clients'
  | 'mps-fault'
  | 'mps-unavailable'
  | 'mps-user'
  | 'older-incarnation'
  | 'placement-occupied'
  | 'policy'
  | 'replica-backoff'
  | 'runtime-away'
  | 'runtime-unfit'
  | 'slice-in-use'
  | 'slice-not-ready';

/** What a wait is about; null where it is not about one. */
export interface WaitSubject {
  readonly gpu: GpuUuid | null;
  readonly slice: SliceId | null;
  readonly replica: ReplicaId | null;
}

export interface StepArgs {
  stopReplica: {
    readonly replica: ReplicaId;
    readonly runtime: RuntimeKind;
    readonly graceMs: number;
    readonly why: 'tombstone' | 'replace' | 'leftover' | 'mps-fault' | 'layout';
  };
  startReplica: {
    readonly runtime: RuntimeKind;
    readonly spec: StartSpec;
    /** What the record of the replica remembers. */
    readonly target: ReplicaTarget;
    readonly slices: readonly Slice[];
  };
  /** Nothing of it is left: its record goes and its tombstone is done. */
  removeReplicaRecord: { readonly replica: ReplicaId };
  setMigMode: { readonly gpu: GpuUuid; readonly enabled: boolean };
  createMigInstance: {
    readonly gpu: GpuUuid;
    readonly slice: Slice;
    readonly giProfileId: number;
    readonly profile: string;
    readonly start: number;
  };
  destroyMigInstance: {
    readonly gpu: GpuUuid;
    readonly giProfileId: number;
    readonly profile: string;
    readonly start: number;
    readonly gpuInstanceId: number;
    readonly computeInstanceIds: readonly number[];
  };
  /** To EXCLUSIVE_PROCESS, for a daemon that is about to start. */
  setComputeMode: { readonly gpu: GpuUuid; readonly modeBefore: string };
  /** Gives back what was there before us; null: somebody or a reboot has done so, and it is only to be forgotten. */
  restoreComputeMode: { readonly gpu: GpuUuid; readonly mode: 'DEFAULT' | null };
  startMps: { readonly gpu: GpuUuid };
  /** What one client of the card's daemon may use at most, whatever it asks for. */
  setMpsDefaults: {
    readonly gpu: GpuUuid;
    readonly smPercent: number;
    readonly memoryMib: number;
  };
  stopMps: { readonly gpu: GpuUuid };
  /** Writes down that all who share a card are stopped, because of a fault that hit them all. */
  beginMpsRecovery: { readonly gpu: GpuUuid; readonly recovery: MpsRecovery };
  /** They are stopped and the server is well: who is wanted may start. */
  endMpsRecovery: { readonly gpu: GpuUuid; readonly recovery: MpsRecovery };
  /** From now on this slice is that piece of the card. */
  bindSlice: {
    readonly slice: Slice;
    readonly gpuInstanceId: number | null;
    readonly deviceUuid: string;
    readonly adopted: boolean;
  };
  /** Nothing of it is left, or it was never ours to destroy: its tombstone is done. */
  forgetSlice: { readonly slice: SliceId; readonly incarnation: number; readonly gpu: GpuUuid };
  /** An instance that others made is not there any more: its tombstone is done. */
  forgetInstance: { readonly gpu: GpuUuid; readonly gone: InstanceTombstone };
  /** Not done, and nothing to do yet. The reason is shown to people. */
  wait: { readonly reason: WaitReason; readonly detail: string } & WaitSubject;
}

export type StepKind = keyof StepArgs;
/** Mapped then indexed: a real discriminated union. */
export type Step = { [K in StepKind]: { readonly kind: K } & StepArgs[K] }[StepKind];
export type WaitStep = Extract<Step, { kind: 'wait' }>;
/** Whether it moved the world on: an image that is still being pulled did not. */
export type StepProgress = 'done' | 'pending';
export type Handlers = {
  readonly [K in Exclude<StepKind, 'wait'>]: (
    step: Extract<Step, { kind: K }>,
    signal: AbortSignal,
  ) => Promise<StepProgress>;
};

/** The steps of what must be done in order: the cards that replicas join, or one replica on CPU. */
export interface UnitPlan {
  /** Smallest member: stable while the unit's members are. */
  readonly key: string;
  readonly gpus: readonly GpuUuid[];
  readonly replicas: readonly ReplicaId[];
  /** Empty: converged. */
  readonly steps: readonly Step[];
}

export function wait(reason: WaitReason, detail: string, subject: Partial<WaitSubject>): WaitStep {
  return { kind: 'wait', reason, detail, gpu: null, slice: null, replica: null, ...subject };
}

/** One line for people and logs. */
export function renderStep(step: Step): string {
  switch (step.kind) {
    case 'stopReplica':
      return `stop replica ${step.replica}`;
    case 'startReplica':
      return `start replica ${step.spec.replica} as ${step.runtime}`;
    case 'removeReplicaRecord':
      return `forget replica ${step.replica}`;
    case 'setMigMode':
      return `turn MIG ${step.enabled ? 'on' : 'off'} on ${step.gpu}`;
    case 'createMigInstance':
      return `create ${step.profile} at ${step.start} on ${step.gpu}`;
    case 'destroyMigInstance':
      return `destroy ${step.profile} at ${step.start} on ${step.gpu}`;
    case 'setComputeMode':
      return `set the compute mode of ${step.gpu} to EXCLUSIVE_PROCESS`;
    case 'restoreComputeMode':
      return step.mode === null
        ? `forget the compute mode of ${step.gpu}`
        : `set the compute mode of ${step.gpu} to ${step.mode}`;
    case 'startMps':
      return `start the MPS daemon of ${step.gpu}`;
    case 'setMpsDefaults':
      return `let a client on ${step.gpu} use at most ${step.smPercent}% of the SMs and ${step.memoryMib}MiB`;
    case 'stopMps':
      return `stop the MPS daemon of ${step.gpu}`;
    case 'beginMpsRecovery':
      return `stop all who share ${step.gpu}: ${step.recovery.reason}`;
    case 'endMpsRecovery':
      return `let replicas start on ${step.gpu} again`;
    case 'bindSlice':
      return `bind slice ${step.slice.id} to ${step.deviceUuid}`;
    case 'forgetSlice':
      return `forget slice ${step.slice}`;
    case 'forgetInstance':
      return `forget the instance at ${step.gone.start} on ${step.gpu}`;
    case 'wait':
      return `wait (${step.reason}): ${step.detail}`;
    default:
      return unreachable(step);
  }
}

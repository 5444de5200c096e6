import {
  parseGpuUuid,
  parseModelName,
  parseReplicaId,
  parseSliceId,
  type NodeName,
} from '../domain/ids.ts';
import type { RuntimeKind } from '../domain/inventory.ts';
import type { GpuStatus, NodeStatus, SliceStatus } from '../domain/node-target.ts';
import type { ReplicaPhase, ReplicaStatus } from '../domain/replica-state.ts';
import type { Result } from '../domain/result.ts';
import { decodeAllocationStatus, encodeAllocationStatus } from './allocation-link-codec.ts';
import { decoding, emptyAsNull, enumerated, inner, inverted, oneOf, whole } from './fields.ts';
import type { ReplicaStatus__Output } from './generated/tangram/link/v1/ReplicaStatus.ts';
import type {
  StatusReport as WireStatus,
  StatusReport__Output,
} from './generated/tangram/link/v1/StatusReport.ts';
import { decodeLeftClaim, encodeLeftClaim } from './left-claim-codec.ts';
import { decodeTombstone, encodeTombstone } from './target-codec.ts';

const outcomes = {
  GPU_OUTCOME_CONVERGED: 'converged',
  GPU_OUTCOME_WAITING: 'waiting',
  GPU_OUTCOME_PROGRESSED: 'progressed',
  GPU_OUTCOME_FAILED: 'failed',
  GPU_OUTCOME_BLIND: 'blind',
  GPU_OUTCOME_REFUSED: 'refused',
} as const satisfies Readonly<Record<string, GpuStatus['outcome']>>;
const encodeOutcome = inverted(outcomes);

const slicePhases = {
  SLICE_PHASE_ABSENT: 'absent',
  SLICE_PHASE_READY: 'ready',
  SLICE_PHASE_FAILED: 'failed',
} as const satisfies Readonly<Record<string, SliceStatus['phase']>>;
const encodeSlicePhase = inverted(slicePhases);

const replicaPhases = {
  REPLICA_PHASE_WAITING: 'waiting',
  REPLICA_PHASE_PULLING: 'pulling',
  REPLICA_PHASE_STARTING: 'starting',
  REPLICA_PHASE_READY: 'ready',
  REPLICA_PHASE_UNHEALTHY: 'unhealthy',
  REPLICA_PHASE_BACKOFF: 'backoff',
  REPLICA_PHASE_FAILED: 'failed',
  REPLICA_PHASE_STOPPING: 'stopping',
  REPLICA_PHASE_STOPPED: 'stopped',
} as const satisfies Readonly<Record<string, ReplicaPhase>>;
export const encodeReplicaPhase = inverted(replicaPhases);

const runtimes: readonly RuntimeKind[] = ['docker', 'process'];

export function encodeStatus(status: NodeStatus, replicas: readonly ReplicaStatus[]): WireStatus {
  return {
    acceptedEpoch: status.acceptedEpoch,
    acceptedGeneration: status.acceptedGeneration,
    gpus: status.gpus.map((gpu) => ({
      gpuUuid: gpu.gpu,
      outcome: encodeOutcome(gpu.outcome),
      detail: gpu.detail,
    })),
    slices: status.slices.map((slice) => ({
      slice: slice.slice,
      incarnation: slice.incarnation,
      gpuUuid: slice.gpu,
      phase: encodeSlicePhase(slice.phase),
      deviceUuid: slice.deviceUuid ?? '',
      reason: slice.reason,
    })),
    tombstonesDone: status.tombstonesDone.map(encodeTombstone),
    allocations: (status.allocations ?? []).map(encodeAllocationStatus),
    left: (status.left ?? []).map(encodeLeftClaim),
    replicas: replicas.map(({ idleSeconds, ...replica }) => ({
      ...replica,
      phase: encodeReplicaPhase(replica.phase),
      runtime: replica.runtime ?? '',
      runtimeId: replica.runtimeId ?? '',
      address: replica.address ?? '',
      startedAtMs: replica.startedAtMs ?? 0,
      readyAtMs: replica.readyAtMs ?? 0,
      ...(idleSeconds === null ? {} : { idleSeconds }),
    })),
  };
}

/** `node` is the one that the stream speaks for: a report cannot name another. */
export function decodeStatus(
  message: StatusReport__Output,
  node: NodeName,
): Result<{ readonly status: NodeStatus; readonly replicas: readonly ReplicaStatus[] }> {
  return decoding(() => ({
    status: {
      node,
      acceptedEpoch: whole(message.acceptedEpoch, 'accepted_epoch'),
      acceptedGeneration: whole(message.acceptedGeneration, 'accepted_generation'),
      gpus: message.gpus.map((gpu) => ({
        gpu: inner(parseGpuUuid(gpu.gpuUuid), 'gpus.gpu_uuid'),
        outcome: enumerated<GpuStatus['outcome']>(outcomes, gpu.outcome, 'gpus.outcome'),
        detail: gpu.detail,
      })),
      slices: message.slices.map((slice) => ({
        slice: inner(parseSliceId(slice.slice), 'slices.slice'),
        incarnation: whole(slice.incarnation, 'slices.incarnation'),
        gpu: inner(parseGpuUuid(slice.gpuUuid), 'slices.gpu_uuid'),
        phase: enumerated<SliceStatus['phase']>(slicePhases, slice.phase, 'slices.phase'),
        deviceUuid: emptyAsNull(slice.deviceUuid),
        reason: slice.reason,
      })),
      tombstonesDone: message.tombstonesDone.map((each, at) =>
        inner(decodeTombstone(each), `tombstones_done[${at}]`),
      ),
      ...(message.allocations.length === 0
        ? {}
        : {
            allocations: message.allocations.map((each, at) =>
              inner(decodeAllocationStatus(each), `allocations[${at}]`),
            ),
          }),
      ...(message.left.length === 0
        ? {}
        : { left: message.left.map((each, at) => inner(decodeLeftClaim(each), `left[${at}]`)) }),
    },
    replicas: message.replicas.map((each, at) => inner(decodeReplica(each), `replicas[${at}]`)),
  }));
}

function decodeReplica(message: ReplicaStatus__Output): Result<ReplicaStatus> {
  return decoding(() => ({
    replica: inner(parseReplicaId(message.replica), 'replica'),
    model: inner(parseModelName(message.model), 'model'),
    generation: whole(message.generation, 'generation'),
    phase: enumerated<ReplicaPhase>(replicaPhases, message.phase, 'phase'),
    reason: message.reason,
    runtime: message.runtime === '' ? null : oneOf(runtimes, message.runtime, 'runtime'),
    runtimeId: emptyAsNull(message.runtimeId),
    address: emptyAsNull(message.address),
    restarts: whole(message.restarts, 'restarts'),
    startedAtMs: whole(message.startedAtMs, 'started_at_ms') || null,
    readyAtMs: whole(message.readyAtMs, 'ready_at_ms') || null,
    idleSeconds:
      message.idleSeconds === undefined ? null : whole(message.idleSeconds, 'idle_seconds'),
  }));
}

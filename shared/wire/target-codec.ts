import {
  parseClusterId,
  parseGpuUuid,
  parseModelName,
  parseNodeName,
  parseReplicaId,
  parseSliceId,
} from '../domain/ids.ts';
import type { GpuTarget, NodeTarget, ReplicaTarget, Tombstone } from '../domain/node-target.ts';
import type { GpuMode } from '../domain/gpu.ts';
import type { Result } from '../domain/result.ts';
import { decodeAllocationTarget, encodeAllocationTarget } from './allocation-link-codec.ts';
import { decoding, enumerated, fault, inner, required, whole } from './fields.ts';
import type { GpuTarget__Output } from './generated/tangram/link/v1/GpuTarget.ts';
import type {
  NodeTarget as WireTarget,
  NodeTarget__Output,
} from './generated/tangram/link/v1/NodeTarget.ts';
import type {
  ReplicaTarget as WireReplica,
  ReplicaTarget__Output,
} from './generated/tangram/link/v1/ReplicaTarget.ts';
import type {
  Tombstone as WireTombstone,
  Tombstone__Output,
} from './generated/tangram/link/v1/Tombstone.ts';
import { encodeGpuMode, gpuModes } from './inventory-codec.ts';
import { decodeWorkload, encodeWorkload } from './model-codec.ts';
import { decodeSlice, encodeSlice } from './slice-codec.ts';

export function encodeTarget(target: NodeTarget): WireTarget {
  return {
    clusterId: target.clusterId,
    epoch: target.epoch,
    generation: target.generation,
    node: target.node,
    gpus: target.gpus.map((gpu) => ({
      gpuUuid: gpu.gpu,
      layoutRevision: gpu.layoutRevision,
      mode: encodeGpuMode(gpu.mode),
      slices: gpu.slices.map(encodeSlice),
    })),
    replicas: target.replicas.map(encodeReplicaTarget),
    tombstones: target.tombstones.map(encodeTombstone),
    allocations: (target.allocations ?? []).map(encodeAllocationTarget),
    declarations: [...(target.declarations ?? [])],
  };
}

export function encodeReplicaTarget(replica: ReplicaTarget): WireReplica {
  return {
    replica: replica.replica,
    model: replica.model,
    modelVersion: replica.modelVersion,
    workload: encodeWorkload(replica.workload),
    slices: [...replica.slices],
    processes: replica.processes,
  };
}

export function decodeTarget(message: NodeTarget__Output): Result<NodeTarget> {
  return decoding(() => ({
    clusterId: inner(parseClusterId(message.clusterId), 'cluster_id'),
    epoch: whole(message.epoch, 'epoch'),
    generation: whole(message.generation, 'generation'),
    node: inner(parseNodeName(message.node), 'node'),
    gpus: message.gpus.map((gpu, at) => inner(decodeGpuTarget(gpu), `gpus[${at}]`)),
    replicas: message.replicas.map((each, at) =>
      inner(decodeReplicaTarget(each), `replicas[${at}]`),
    ),
    tombstones: message.tombstones.map((each, at) =>
      inner(decodeTombstone(each), `tombstones[${at}]`),
    ),
    ...(message.allocations.length === 0
      ? {}
      : {
          allocations: message.allocations.map((each, at) =>
            inner(decodeAllocationTarget(each), `allocations[${at}]`),
          ),
        }),
    ...(message.declarations.length === 0
      ? {}
      : { declarations: message.declarations.map(({ of, text }) => ({ of, text })) }),
  }));
}

function decodeGpuTarget(message: GpuTarget__Output): Result<GpuTarget> {
  return decoding(() => ({
    gpu: inner(parseGpuUuid(message.gpuUuid), 'gpu_uuid'),
    layoutRevision: whole(message.layoutRevision, 'layout_revision'),
    mode: wantedMode(enumerated<GpuMode>(gpuModes, message.mode, 'mode')),
    slices: message.slices.map((slice, at) => inner(decodeSlice(slice), `slices[${at}]`)),
  }));
}

function wantedMode(mode: GpuMode): GpuTarget['mode'] {
  if (mode === 'foreign') throw fault('mode', 'nobody can ask for a foreign card');
  return mode;
}

export function decodeReplicaTarget(message: ReplicaTarget__Output): Result<ReplicaTarget> {
  return decoding(() => ({
    replica: inner(parseReplicaId(message.replica), 'replica'),
    model: inner(parseModelName(message.model), 'model'),
    modelVersion: whole(message.modelVersion, 'model_version'),
    workload: inner(decodeWorkload(required(message.workload, 'workload')), 'workload'),
    slices: message.slices.map((slice) => inner(parseSliceId(slice), 'slices')),
    processes: whole(message.processes, 'processes') || 1,
  }));
}

export function encodeTombstone(tombstone: Tombstone): WireTombstone {
  if (tombstone.kind === 'replica') return { replica: tombstone.replica };
  if (tombstone.kind === 'instance') {
    const { gpu, giProfileId, start, gpuInstanceId, layoutRevision } = tombstone;
    return { instance: { gpuUuid: gpu, giProfileId, start, gpuInstanceId, layoutRevision } };
  }
  return {
    slice: {
      slice: tombstone.slice,
      incarnation: tombstone.incarnation,
      gpuUuid: tombstone.gpu,
    },
  };
}

export function decodeTombstone(message: Tombstone__Output): Result<Tombstone> {
  return decoding((): Tombstone => {
    if (message.kind === 'replica') {
      return { kind: 'replica', replica: inner(parseReplicaId(message.replica ?? ''), 'replica') };
    }
    if (message.slice) {
      return {
        kind: 'slice',
        slice: inner(parseSliceId(message.slice.slice), 'slice'),
        incarnation: whole(message.slice.incarnation, 'slice.incarnation'),
        gpu: inner(parseGpuUuid(message.slice.gpuUuid), 'slice.gpu_uuid'),
      };
    }
    if (message.instance) {
      const { instance } = message;
      return {
        kind: 'instance',
        gpu: inner(parseGpuUuid(instance.gpuUuid), 'instance.gpu_uuid'),
        giProfileId: whole(instance.giProfileId, 'instance.gi_profile_id'),
        start: whole(instance.start, 'instance.start'),
        gpuInstanceId: whole(instance.gpuInstanceId, 'instance.gpu_instance_id'),
        layoutRevision: whole(instance.layoutRevision, 'instance.layout_revision'),
      };
    }
    throw fault(
      'kind',
      'the tombstone names nothing that is known here',
      'the peer may be newer: upgrade this side',
    );
  });
}

import type { Authority, GpuHealth, GpuMode } from '../domain/gpu.ts';
import { parseBootId, parseGpuUuid, parseNodeName, parseSliceId } from '../domain/ids.ts';
import {
  inventoryLimits,
  type GpuHandout,
  type GpuInventory,
  type Inventory,
  type MigInstance,
  type NvlinkPeer,
  type RuntimeKind,
} from '../domain/inventory.ts';
import type { MigEngines, MigGeometry, MigProfile } from '../domain/mig-profile.ts';
import type { Result } from '../domain/result.ts';
import {
  decoding,
  emptyAsNull,
  enumerated,
  inner,
  inverted,
  oneOf,
  required,
  whole,
} from './fields.ts';
import type {
  GpuInventory as WireGpu,
  GpuInventory__Output,
} from './generated/tangram/link/v1/GpuInventory.ts';
import type {
  Inventory as WireInventory,
  Inventory__Output,
} from './generated/tangram/link/v1/Inventory.ts';
import type { MigEngines__Output } from './generated/tangram/link/v1/MigEngines.ts';
import type {
  MigGeometry as WireGeometry,
  MigGeometry__Output,
} from './generated/tangram/link/v1/MigGeometry.ts';
import type {
  MigInstance as WireInstance,
  MigInstance__Output,
} from './generated/tangram/link/v1/MigInstance.ts';
import type { MigProfile__Output } from './generated/tangram/link/v1/MigProfile.ts';
import type {
  NvlinkPeer as WirePeer,
  NvlinkPeer__Output,
} from './generated/tangram/v1/NvlinkPeer.ts';

export const gpuModes = {
  GPU_MODE_IDLE: 'idle',
  GPU_MODE_WHOLE: 'whole',
  GPU_MODE_MIG: 'mig',
  GPU_MODE_MPS: 'mps',
  GPU_MODE_TIMESHARE: 'timeshare',
  GPU_MODE_FOREIGN: 'foreign',
} as const satisfies Readonly<Record<string, GpuMode>>;
export const encodeGpuMode = inverted(gpuModes);

const authorities = {
  AUTHORITY_OBSERVE: 'observe',
  AUTHORITY_PLACE: 'place',
  AUTHORITY_CUT: 'cut',
} as const satisfies Readonly<Record<string, Authority>>;
const encodeAuthority = inverted(authorities);

const healthStates = {
  GPU_HEALTH_OK: 'ok',
  GPU_HEALTH_DEGRADED: 'degraded',
  GPU_HEALTH_FAILED: 'failed',
} as const satisfies Readonly<Record<string, GpuHealth['state']>>;
const encodeHealthState = inverted(healthStates);

const runtimes: readonly RuntimeKind[] = ['docker', 'process'];
const handouts: readonly GpuHandout[] = ['toolkit', 'cdi', 'env'];

const { gpusMax, imagesMax, imageLengthMax } = inventoryLimits;

export function encodeInventory(inventory: Inventory): WireInventory {
  return {
    node: inventory.node,
    bootId: inventory.bootId,
    agentVersion: inventory.agentVersion,
    driverVersion: inventory.driverVersion ?? '',
    cpuMillis: inventory.cpuMillis,
    memoryMib: inventory.memoryMib,
    labels: { ...inventory.labels },
    runtimes: [...inventory.runtimes],
    gpuHandout: inventory.handout,
    metricsAddress: inventory.metricsAddress ?? '',
    images: [...inventory.images],
    gpus: inventory.gpus.map(encodeGpu),
  };
}

export function decodeInventory(message: Inventory__Output): Result<Inventory> {
  return decoding(() => {
    whole(message.gpus.length > gpusMax ? -1 : message.gpus.length, 'gpus');
    return {
      node: inner(parseNodeName(message.node), 'node'),
      bootId: inner(parseBootId(message.bootId), 'boot_id'),
      agentVersion: message.agentVersion,
      driverVersion: emptyAsNull(message.driverVersion),
      cpuMillis: whole(message.cpuMillis, 'cpu_millis'),
      memoryMib: whole(message.memoryMib, 'memory_mib'),
      labels: { ...message.labels },
      // A newer agent's runtime is one that we cannot ask for: leave it out.
      runtimes: runtimes.filter((kind) => message.runtimes.includes(kind)),
      handout: oneOf(handouts, message.gpuHandout, 'gpu_handout'),
      metricsAddress: emptyAsNull(message.metricsAddress),
      // Hints are no reason to refuse a node: what is too much of them is left out.
      images: message.images
        .filter((image) => image !== '' && image.length <= imageLengthMax)
        .slice(0, imagesMax),
      gpus: message.gpus.map((gpu, at) => inner(decodeGpu(gpu), `gpus[${at}]`)),
    };
  });
}

function encodeGpu(gpu: GpuInventory): WireGpu {
  return {
    uuid: gpu.uuid,
    index: gpu.index,
    productName: gpu.productName,
    pciBusId: gpu.pciBusId,
    memoryTotalMib: gpu.memoryTotalMib,
    memoryForeignMib: gpu.memoryForeignMib,
    smCount: gpu.smCount,
    mode: encodeGpuMode(gpu.mode),
    authority: encodeAuthority(gpu.authority),
    health: encodeHealthState(gpu.health.state),
    healthReason: gpu.health.state === 'ok' ? '' : gpu.health.reason,
    ...(gpu.migEnabled === null ? {} : { migEnabled: gpu.migEnabled }),
    layoutRevision: gpu.layoutRevision,
    geometry: gpu.geometry === null ? null : encodeGeometry(gpu.geometry),
    instances: gpu.instances.map(encodeInstance),
    mpsActive: gpu.mpsActive,
    mpsWithheld: !gpu.mpsOffered,
    nvlinkPeers: encodePeers(gpu.nvlinkPeers),
    ...(gpu.numaNode === null ? {} : { numaNode: gpu.numaNode }),
  };
}

function decodeGpu(message: GpuInventory__Output): Result<GpuInventory> {
  return decoding(() => ({
    uuid: inner(parseGpuUuid(message.uuid), 'uuid'),
    index: whole(message.index, 'index'),
    productName: message.productName,
    pciBusId: message.pciBusId,
    memoryTotalMib: whole(message.memoryTotalMib, 'memory_total_mib'),
    memoryForeignMib: whole(message.memoryForeignMib, 'memory_foreign_mib'),
    smCount: whole(message.smCount, 'sm_count'),
    mode: enumerated<GpuMode>(gpuModes, message.mode, 'mode'),
    authority: enumerated<Authority>(authorities, message.authority, 'authority'),
    health: decodeHealth(message),
    migEnabled: message.migEnabled ?? null,
    layoutRevision: whole(message.layoutRevision, 'layout_revision'),
    geometry: message.geometry === null ? null : decodeGeometry(message.geometry),
    instances: message.instances.map(decodeInstance),
    mpsActive: message.mpsActive,
    mpsOffered: !message.mpsWithheld,
    nvlinkPeers: decodePeers(message.nvlinkPeers),
    numaNode: message.numaNode === undefined ? null : whole(message.numaNode, 'numa_node'),
  }));
}

export function encodePeers(peers: readonly NvlinkPeer[]): WirePeer[] {
  return peers.map(({ gpu, links }) => ({ gpuUuid: gpu, links }));
}

function decodePeers(messages: readonly NvlinkPeer__Output[]): NvlinkPeer[] {
  whole(messages.length > gpusMax ? -1 : messages.length, 'nvlink_peers');
  return messages.map(({ gpuUuid, links }) => ({
    gpu: inner(parseGpuUuid(gpuUuid), 'nvlink_peers.gpu_uuid'),
    links: whole(links, 'nvlink_peers.links'),
  }));
}

function decodeHealth(message: GpuInventory__Output): GpuHealth {
  const state = enumerated<GpuHealth['state']>(healthStates, message.health, 'health');
  return state === 'ok' ? { state } : { state, reason: message.healthReason };
}

function encodeGeometry(geometry: MigGeometry): WireGeometry {
  return {
    placementUnits: geometry.placementUnits,
    enginesTotal: geometry.enginesTotal,
    profiles: geometry.profiles.map((profile) => ({
      ...profile,
      placementStarts: [...profile.placementStarts],
    })),
  };
}

function decodeGeometry(message: MigGeometry__Output): MigGeometry {
  return {
    placementUnits: whole(message.placementUnits, 'geometry.placement_units'),
    enginesTotal: message.enginesTotal === null ? null : decodeEngines(message.enginesTotal),
    profiles: message.profiles.map(decodeProfile),
  };
}

function decodeProfile(message: MigProfile__Output): MigProfile {
  return {
    name: message.name,
    giProfileId: whole(message.giProfileId, 'geometry.gi_profile_id'),
    computeSlices: whole(message.computeSlices, 'geometry.compute_slices'),
    placementSize: whole(message.placementSize, 'geometry.placement_size'),
    placementStarts: message.placementStarts.map((start) =>
      whole(start, 'geometry.placement_starts'),
    ),
    instancesMax: whole(message.instancesMax, 'geometry.instances_max'),
    memoryMib: whole(message.memoryMib, 'geometry.memory_mib'),
    smCount: whole(message.smCount, 'geometry.sm_count'),
    copyEngines: whole(message.copyEngines, 'geometry.copy_engines'),
    engines: decodeEngines(required(message.engines, 'geometry.engines')),
  };
}

function decodeEngines(message: MigEngines__Output): MigEngines {
  return {
    nvdec: whole(message.nvdec, 'engines.nvdec'),
    nvenc: whole(message.nvenc, 'engines.nvenc'),
    jpeg: whole(message.jpeg, 'engines.jpeg'),
    ofa: whole(message.ofa, 'engines.ofa'),
  };
}

function encodeInstance(instance: MigInstance): WireInstance {
  return {
    ...instance,
    computeInstanceIds: [...instance.computeInstanceIds],
    uuid: instance.uuid ?? '',
    slice: instance.slice ?? '',
  };
}

function decodeInstance(message: MigInstance__Output): MigInstance {
  return {
    giProfileId: whole(message.giProfileId, 'instances.gi_profile_id'),
    start: whole(message.start, 'instances.start'),
    size: whole(message.size, 'instances.size'),
    profile: message.profile,
    memoryMib: whole(message.memoryMib, 'instances.memory_mib'),
    gpuInstanceId: whole(message.gpuInstanceId, 'instances.gpu_instance_id'),
    computeInstanceIds: message.computeInstanceIds.map((id) =>
      whole(id, 'instances.compute_instance_ids'),
    ),
    uuid: emptyAsNull(message.uuid),
    slice: message.slice === '' ? null : inner(parseSliceId(message.slice), 'instances.slice'),
  };
}

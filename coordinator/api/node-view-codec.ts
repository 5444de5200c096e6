import { unreachable } from '../../shared/domain/assert.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { ClaimId, GpuUuid } from '../../shared/domain/ids.ts';
import type { GpuInventory, MigInstance } from '../../shared/domain/inventory.ts';
import { sliceEnforcement, type Slice } from '../../shared/domain/slice.ts';
import { encodeShape } from '../../shared/wire/slice-codec.ts';
import { encodePeers } from '../../shared/wire/inventory-codec.ts';
import { inverted } from '../../shared/wire/fields.ts';
import type { DrainView, FleetEvent, NodeEvent, NodeView, ReplicaView } from '../fleet/core.ts';
import type { NodeAvailability } from '../../shared/placement/engine.ts';
import type { Event } from '../../shared/wire/generated/tangram/v1/Event.ts';
import type { Gpu } from '../../shared/wire/generated/tangram/v1/Gpu.ts';
import type { GpuSlice } from '../../shared/wire/generated/tangram/v1/GpuSlice.ts';
import type { Node } from '../../shared/wire/generated/tangram/v1/Node.ts';
import type { NodeDrain } from '../../shared/wire/generated/tangram/v1/NodeDrain.ts';
import type { WatchNodesResponse } from '../../shared/wire/generated/tangram/v1/WatchNodesResponse.ts';
import { encodeReplicaView } from './model-view-codec.ts';

const encodeAvailability = inverted({
  NODE_AVAILABILITY_READY: 'ready',
  NODE_AVAILABILITY_CORDONED: 'cordoned',
  NODE_AVAILABILITY_DRAINING: 'draining',
  NODE_AVAILABILITY_SUSPECT: 'suspect',
  NODE_AVAILABILITY_LOST: 'lost',
} as const satisfies Readonly<Record<string, NodeAvailability['kind']>>);

/**
 * A node as operators see it, with replicas by their claims. What only its agent can tell is empty until the agent has
 * spoken.
 */
export function encodeNodeView(view: NodeView, replicas: ReadonlyMap<ClaimId, ReplicaView>): Node {
  const inventory = view.inventory;
  return {
    name: view.node,
    availability: encodeAvailability(view.availability.kind),
    availabilityReason: view.availability.kind === 'ready' ? '' : view.availability.reason,
    connected: view.connected,
    etag: view.etag,
    lastSeenMs: view.lastSeenMs,
    agentVersion: inventory?.agentVersion ?? '',
    driverVersion: inventory?.driverVersion ?? '',
    cpuMillis: inventory?.cpuMillis ?? 0,
    memoryMib: inventory?.memoryMib ?? 0,
    labels: { ...view.labels },
    runtimes: [...(inventory?.runtimes ?? [])],
    gpuHandout: inventory?.handout ?? '',
    metricsAddress: inventory?.metricsAddress ?? '',
    imageCount: inventory?.images.length ?? 0,
    gpus: (inventory?.gpus ?? []).map((gpu) => encodeGpu(gpu, view)),
    generation: view.generation,
    acceptedGeneration: view.acceptedGeneration,
    replicas: view.claims.flatMap((claim) =>
      encodeReplicaView(
        replicas.get(claim.id) ?? { claim, status: null, retiring: claim.state === 'reclaiming' },
      ),
    ),
    ...(view.drain === null ? {} : { drain: encodeDrain(view.drain) }),
  };
}

export function encodeNodeEvent(event: NodeEvent): WatchNodesResponse {
  const { revision } = event;
  switch (event.kind) {
    case 'node': {
      const replicas = new Map(event.replicas.map((each) => [each.claim.id, each]));
      return { node: encodeNodeView(event.node, replicas), event: 'node', revision };
    }
    case 'deleted':
      return { deleted: event.name, event: 'deleted', revision };
    case 'synced':
      return { synced: true, event: 'synced', revision };
    case 'bookmark':
      return { bookmark: true, event: 'bookmark', revision };
    default:
      return unreachable(event);
  }
}

function encodeDrain({ deadlineMs, left, ...drain }: DrainView): NodeDrain {
  return {
    ...drain,
    deadlineMs: deadlineMs ?? 0,
    left: left.map(({ claim: { holder }, reason, blocked }) => ({
      replica: holder.kind === 'replica' ? holder.replica : '',
      allocation: holder.kind === 'allocation' ? holder.allocation : '',
      model: holder.kind === 'replica' ? holder.model : '',
      reason,
      blocked,
    })),
  };
}

function encodeGpu(gpu: GpuInventory, view: NodeView): Gpu {
  const status = view.status?.gpus.find((each) => each.gpu === gpu.uuid);
  return {
    uuid: gpu.uuid,
    index: gpu.index,
    productName: gpu.productName,
    pciBusId: gpu.pciBusId,
    memoryTotalMib: gpu.memoryTotalMib,
    memoryForeignMib: gpu.memoryForeignMib,
    mode: gpu.mode,
    authority: gpu.authority,
    health: gpu.health.state,
    healthReason: gpu.health.state === 'ok' ? '' : gpu.health.reason,
    layoutRevision: gpu.layoutRevision,
    slices: [...heldSlices(gpu.uuid, view), ...otherInstances(gpu, view.claims)],
    outcome: status?.outcome ?? '',
    outcomeDetail: status?.detail ?? '',
    smCount: gpu.smCount,
    nvlinkPeers: encodePeers(gpu.nvlinkPeers),
    ...(gpu.numaNode === null ? {} : { numaNode: gpu.numaNode }),
  };
}

function heldSlices(gpu: GpuUuid, view: NodeView): GpuSlice[] {
  return view.claims.flatMap((claim) =>
    claim.slices
      .filter((slice) => slice.gpu === gpu)
      .map((slice) => encodeHeld(slice, claim, view)),
  );
}

function encodeHeld(slice: Slice, claim: Claim, view: NodeView): GpuSlice {
  // A report of an older incarnation speaks of a slice that is no more.
  const status = view.status?.slices.find(
    (each) => each.slice === slice.id && each.incarnation === slice.incarnation,
  );
  return {
    slice: slice.id,
    shape: encodeShape(slice.shape),
    enforcement: sliceEnforcement(slice.shape.kind),
    deviceUuid: status?.deviceUuid ?? '',
    replica: claim.holder.kind === 'replica' ? claim.holder.replica : '',
    model: claim.holder.kind === 'replica' ? claim.holder.model : '',
    allocation: claim.holder.kind === 'allocation' ? claim.holder.allocation : '',
    state: claim.state === 'reclaiming' ? 'reclaiming' : (status?.phase ?? 'absent'),
  };
}

/** Instances that exist and no claim holds: free ones of ours, and foreign ones. */
function otherInstances(gpu: GpuInventory, claims: readonly Claim[]): GpuSlice[] {
  const held = claims.flatMap((claim) => claim.slices).filter((slice) => slice.gpu === gpu.uuid);
  return gpu.instances
    .filter((instance) => !held.some((slice) => isInstanceOf(slice, instance)))
    .map((instance) => ({
      slice: instance.slice ?? '',
      shape: {
        kind: 'mig',
        mig: {
          giProfileId: instance.giProfileId,
          start: instance.start,
          profile: instance.profile,
          size: instance.size,
          memoryMib: instance.memoryMib,
        },
      },
      enforcement: 'hardware',
      deviceUuid: instance.uuid ?? '',
      replica: '',
      model: '',
      allocation: '',
      state: instance.slice === null ? 'foreign' : 'free',
    }));
}

function isInstanceOf(slice: Slice, instance: MigInstance): boolean {
  return (
    slice.shape.kind === 'mig' &&
    slice.shape.giProfileId === instance.giProfileId &&
    slice.shape.start === instance.start
  );
}

export function encodeFleetEvent(event: FleetEvent): Event {
  return { ...event };
}

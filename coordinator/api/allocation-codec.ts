import { encodeAllocationSpec } from '../../shared/wire/allocation-codec.ts';
import { encodeAllocationProcess } from '../../shared/wire/allocation-link-codec.ts';
import { inverted } from '../../shared/wire/fields.ts';
import { encodeSlice } from '../../shared/wire/slice-codec.ts';
import type { Allocation } from '../../shared/wire/generated/tangram/v1/Allocation.ts';
import type { AllocationAccess as WireAccess } from '../../shared/wire/generated/tangram/v1/AllocationAccess.ts';
import type { ExplainAllocationResponse } from '../../shared/wire/generated/tangram/v1/ExplainAllocationResponse.ts';
import type { WatchAllocationsResponse } from '../../shared/wire/generated/tangram/v1/WatchAllocationsResponse.ts';
import type {
  AllocationAccess,
  AllocationEvent,
  AllocationExplanation,
  AllocationState,
  AllocationView,
} from '../fleet/allocations.ts';

const encodeState = inverted({
  ALLOCATION_STATE_PENDING: 'pending',
  ALLOCATION_STATE_PREPARING: 'preparing',
  ALLOCATION_STATE_READY: 'ready',
  ALLOCATION_STATE_LOST: 'lost',
  ALLOCATION_STATE_RECLAIMING: 'reclaiming',
} as const satisfies Readonly<Record<string, AllocationState>>);

export function encodeAllocation(view: AllocationView): Allocation {
  return {
    name: view.spec.name,
    labels: { ...view.spec.labels },
    spec: encodeAllocationSpec(view.spec),
    state: encodeState(view.state),
    reason: view.reason,
    node: view.claim?.node ?? '',
    slices: (view.claim?.slices ?? []).map(encodeSlice),
    createdAtMs: view.createdAtMs,
    expiresAtMs: view.expiresAtMs ?? 0,
    access: view.access === null ? null : encodeAccess(view.access),
    processes: view.processes.map(encodeAllocationProcess),
  };
}

function encodeAccess({ deviceUuids, handout, env, mounts }: AllocationAccess): WireAccess {
  return {
    deviceUuids: [...deviceUuids],
    // Source: the NVIDIA Container Toolkit's specification files, as `nvidia-ctk cdi list` names them.
    cdiNames: deviceUuids.map((uuid) => `nvidia.com/gpu=${uuid}`),
    gpuHandout: handout,
    env: { ...env },
    mounts: [...mounts],
  };
}

export function encodeAllocationWhy(why: AllocationExplanation): ExplainAllocationResponse {
  const { view, refusal, evidence, decision } = why;
  return {
    allocation: encodeAllocation(view),
    refusal: refusal?.summary ?? '',
    nearest: refusal?.nearest ?? '',
    evidence: evidence.map(({ reason, of: counted, count, example }) => ({
      reason,
      counted,
      count,
      example,
    })),
    decision: decision ?? 0,
  };
}

export function encodeAllocationEvent(event: AllocationEvent): WatchAllocationsResponse {
  const { revision } = event;
  if (event.kind === 'allocation') {
    return { allocation: encodeAllocation(event.allocation), event: 'allocation', revision };
  }
  if (event.kind === 'deleted') return { deleted: event.name, event: 'deleted', revision };
  return event.kind === 'synced'
    ? { synced: true, event: 'synced', revision }
    : { bookmark: true, event: 'bookmark', revision };
}

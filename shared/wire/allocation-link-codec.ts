import { parseAllocationName, parseClaimId, parseSliceId } from '../domain/ids.ts';
import {
  allocationProcessesMax,
  quietLooksNeeded,
  type AllocationProcess,
  type AllocationStatus,
  type AllocationTarget,
} from '../domain/node-target.ts';
import type { Result } from '../domain/result.ts';
import { decoding, inner, whole } from './fields.ts';
import type {
  AllocationStatus as WireStatus,
  AllocationStatus__Output,
} from './generated/tangram/link/v1/AllocationStatus.ts';
import type {
  AllocationTarget as WireTarget,
  AllocationTarget__Output,
} from './generated/tangram/link/v1/AllocationTarget.ts';
import type { AllocationProcess as WireProcess } from './generated/tangram/v1/AllocationProcess.ts';

export function encodeAllocationTarget(target: AllocationTarget): WireTarget {
  return { ...target, slices: [...target.slices] };
}

export function decodeAllocationTarget(
  message: AllocationTarget__Output,
): Result<AllocationTarget> {
  return decoding(() => ({
    claim: inner(parseClaimId(message.claim), 'claim'),
    allocation: inner(parseAllocationName(message.allocation), 'allocation'),
    slices: message.slices.map((slice) => inner(parseSliceId(slice), 'slices')),
    processes: whole(message.processes, 'processes') || 1,
    reclaiming: message.reclaiming,
  }));
}

export function encodeAllocationStatus(status: AllocationStatus): WireStatus {
  return {
    ...status,
    deviceUuids: [...status.deviceUuids],
    env: { ...status.env },
    mounts: [...status.mounts],
    processes: status.processes.map(encodeAllocationProcess),
  };
}

export function encodeAllocationProcess({ pid, name, certain }: AllocationProcess): WireProcess {
  return { pid, name, certain };
}

export function decodeAllocationStatus(
  message: AllocationStatus__Output,
): Result<AllocationStatus> {
  return decoding(() => ({
    claim: inner(parseClaimId(message.claim), 'claim'),
    ready: message.ready,
    reason: message.reason,
    deviceUuids: [...message.deviceUuids],
    env: { ...message.env },
    mounts: [...message.mounts],
    processes: message.processes
      .slice(0, allocationProcessesMax)
      .map(({ pid, name, certain }) => ({ pid: whole(pid, 'processes.pid'), name, certain })),
    reclaiming: message.reclaiming,
    quietLooks: Math.min(quietLooksNeeded, whole(message.quietLooks, 'quiet_looks')),
  }));
}

import {
  parseAllocationName,
  parseChangeId,
  parseModelName,
  parseNodeName,
  parsePlanId,
  parseReplicaId,
  type AllocationName,
  type ChangeId,
  type ModelName,
  type NodeName,
  type PlanId,
  type ReplicaId,
} from '../../shared/domain/ids.ts';
import type { Result } from '../../shared/domain/result.ts';
import { problemError } from '../../shared/wire/unary.ts';

/** Throws REQUEST_INVALID. */
export function modelNameIn(text: string): ModelName {
  return wellFormed(parseModelName(text), 'name');
}

/** Throws REQUEST_INVALID. */
export function allocationNameIn(text: string): AllocationName {
  return wellFormed(parseAllocationName(text), 'name');
}

/** Throws REQUEST_INVALID. */
export function nodeNameIn(text: string): NodeName {
  return wellFormed(parseNodeName(text), 'name');
}

/** Throws REQUEST_INVALID. */
export function replicaIdIn(text: string): ReplicaId {
  return wellFormed(parseReplicaId(text), 'replica');
}

/** Throws REQUEST_INVALID. */
export function planIdIn(text: string): PlanId {
  return wellFormed(parsePlanId(text), 'plan');
}

/** Throws REQUEST_INVALID. */
export function changeIdIn(text: string): ChangeId {
  return wellFormed(parseChangeId(text), 'change');
}

function wellFormed<T>(parsed: Result<T>, path: string): T {
  if (parsed.ok) return parsed.value;
  throw problemError({ ...parsed.problem, path });
}

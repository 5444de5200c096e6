import {
  parseModelName,
  parseNodeName,
  parseReplicaId,
  type ModelName,
  type NodeName,
  type ReplicaId,
} from '../../shared/domain/ids.ts';
import type { Result } from '../../shared/domain/result.ts';
import { problemError } from '../../shared/wire/unary.ts';

/** Throws REQUEST_INVALID. */
export function modelNameIn(text: string): ModelName {
  return wellFormed(parseModelName(text), 'name');
}

/** Throws REQUEST_INVALID. */
export function nodeNameIn(text: string): NodeName {
  return wellFormed(parseNodeName(text), 'name');
}

/** Throws REQUEST_INVALID. */
export function replicaIdIn(text: string): ReplicaId {
  return wellFormed(parseReplicaId(text), 'replica');
}

function wellFormed<T>(parsed: Result<T>, path: string): T {
  if (parsed.ok) return parsed.value;
  throw problemError({ ...parsed.problem, path });
}

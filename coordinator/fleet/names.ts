import { assert } from '../../shared/domain/assert.ts';
import {
  parseClaimId,
  parsePlanId,
  parseReplicaId,
  type AllocationName,
  type ClaimId,
  type ModelName,
  type PlanId,
  type ReplicaId,
} from '../../shared/domain/ids.ts';
import type { Result } from '../../shared/domain/result.ts';

/** A claim is named like the replica that it is for. */
export function claimIdOf(replica: ReplicaId): ClaimId {
  return known(parseClaimId(replica));
}

/** `<model>-<suffix>`. */
export function replicaIdOf(model: ModelName, suffix: string): ReplicaId {
  return known(parseReplicaId(`${model}-${suffix}`));
}

/** `allocation:<name>-<suffix>`: no replica is called so, because models' names hold no colon. */
export function allocationIdsOf(
  name: AllocationName,
  suffix: string,
): { readonly claim: ClaimId; readonly replica: ReplicaId } {
  const replica = known(parseReplicaId(`allocation:${name}-${suffix}`));
  return { claim: claimIdOf(replica), replica };
}

/** `plan-<suffix>`. */
export function planIdOf(suffix: string): PlanId {
  return known(parsePlanId(`plan-${suffix}`));
}

function known<T>(parsed: Result<T>): T {
  assert(parsed.ok, 'an id that is made of valid parts is valid');
  return parsed.value;
}

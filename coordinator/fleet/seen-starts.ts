import type { ModelName } from '../../shared/domain/ids.ts';
import type { ReplicaStatus } from '../../shared/domain/replica-state.ts';

/** One start that was seen from its begin to its first healthy answer. */
export interface SeenStart {
  readonly model: ModelName;
  readonly ms: number;
}

/**
 * The starts that an agent's report shows for the first time. Both ends are on the agent's clock, so clocks need not
 * agree; a replica that was ready in the report before is known already.
 */
export function newStarts(
  before: ReadonlyMap<string, ReplicaStatus>,
  reported: readonly ReplicaStatus[],
): readonly SeenStart[] {
  return reported.flatMap(({ replica, model, startedAtMs, readyAtMs }) => {
    if (startedAtMs === null || readyAtMs === null) return [];
    const known = before.get(replica);
    // Unseen and ready: it was ready before we came, and may have been counted by who was here then.
    if (known === undefined || known.readyAtMs === readyAtMs) return [];
    return [{ model, ms: readyAtMs - startedAtMs }];
  });
}

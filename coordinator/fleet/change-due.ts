import type { Change, PlanStep } from '../../shared/domain/change.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { ReplicaId } from '../../shared/domain/ids.ts';
import { replicaOf, type ClaimRecord } from '../store/values.ts';
import type { World } from './world.ts';

/** Claims that a change is to have ended by its present stage and that are still held. */
export function dueStops(
  world: World,
  change: Change,
): readonly { readonly replica: ReplicaId; readonly record: ClaimRecord }[] {
  const steps = stepsSoFar(change);
  return change.plan.ends.flatMap((id) => {
    const record = world.ledger.claim(id)?.value;
    if (record === undefined || record.claim.state !== 'held') return [];
    const replica = replicaOf(record);
    if (replica === null) return [];
    const due = steps.some(
      (step) =>
        (step.kind === 'stop-replica' && step.replica === replica) ||
        (step.kind === 'destroy-slice' &&
          record.claim.slices.some((slice) => slice.id === step.slice)),
    );
    return due ? [{ replica, record }] : [];
  });
}

/** Claims that a change is to have begun by its present stage, begun ones included. */
export function dueBegins(change: Change): readonly Claim[] {
  const steps = stepsSoFar(change);
  return change.plan.begins.filter(({ holder, slices }) =>
    steps.some(
      (step) =>
        (step.kind === 'start-replica' &&
          holder.kind === 'replica' &&
          holder.replica === step.replica) ||
        (step.kind === 'create-slice' && slices.some((slice) => slice.id === step.slice)),
    ),
  );
}

function stepsSoFar(change: Change): readonly PlanStep[] {
  return change.plan.stages.slice(0, change.stage + 1).flatMap((stage) => stage.steps);
}

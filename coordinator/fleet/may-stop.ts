import { unreachable } from '../../shared/domain/assert.ts';
import type { Change, PlanStep } from '../../shared/domain/change.ts';
import { modelDefaults } from '../../shared/domain/model.ts';
import { replicaOf, type ClaimRecord } from '../store/values.ts';
import { claimIdOf } from './names.ts';
import type { World } from './world.ts';

type Stop = Extract<PlanStep, { kind: 'stop-replica' }>;

/**
 * Why a change may not stop a replica at this very moment, in one line; null: it may. Asked right before the stop,
 * because a plan is made from what was true a while ago.
 */
export function whyNotStop(world: World, change: Change, record: ClaimRecord): string | null {
  const replica = replicaOf(record);
  const model = record.claim.holder.kind === 'replica' ? record.claim.holder.model : null;
  if (replica === null || model === null) return `${record.claim.id} is held for a client`;
  const at = stopOf(change, replica);
  if (at === undefined) return `${replica} has no stop in the plan`;
  const waits = waitsForSuccessor(world, change, at);
  if (waits !== null) return waits;
  return isAskedFor(world, change, record) ? null : whyDisturbed(world, change, record);
}

function stopOf(change: Change, replica: string) {
  for (const [stage, { steps }] of change.plan.stages.entries()) {
    const step = steps.find(
      (each): each is Stop => each.kind === 'stop-replica' && each.replica === replica,
    );
    if (step !== undefined) return { stage, step };
  }
  return undefined;
}

/** A successor that starts in an earlier stage must be ready now, and not only have been ready once. */
function waitsForSuccessor(
  world: World,
  change: Change,
  at: { readonly stage: number; readonly step: Stop },
): string | null {
  const { replica, replacedBy } = at.step;
  if (replacedBy === null) return null;
  const first = change.plan.stages
    .slice(0, at.stage)
    .some(({ steps }) =>
      steps.some((step) => step.kind === 'start-replica' && step.replica === replacedBy),
    );
  if (!first) return null;
  const successor = world.ledger.claim(claimIdOf(replacedBy))?.value;
  const ready = successor !== undefined && world.statusOf(successor)?.phase === 'ready';
  return ready ? null : `${replica} stays until ${replacedBy} is ready`;
}

/**
 * Whoever declared the model asked for this: it runs an older version, or fewer are wanted. `disruption` speaks of what
 * others do to it.
 */
function isAskedFor(world: World, change: Change, record: ClaimRecord): boolean {
  const { holder } = record.claim;
  if (holder.kind !== 'replica') return false;
  const model = world.ledger.model(holder.model)?.value;
  if (model === undefined || model.deleting) return true;
  if (change.model !== holder.model) return false;
  return (
    holder.modelVersion < model.rolloutVersion ||
    stopOf(change, holder.replica)?.step.replacedBy === null
  );
}

function whyDisturbed(world: World, change: Change, record: ClaimRecord): string | null {
  const { claim } = record;
  if (claim.holder.kind !== 'replica') return null;
  const { replica, model: name } = claim.holder;
  const disruption = world.ledger.model(name)?.value.spec.disruption ?? modelDefaults.disruption;
  switch (disruption.kind) {
    case 'never':
      return `${replica} may never be interrupted`;
    case 'idle':
      return isIdle(world, record)
        ? null
        : `${replica} may be stopped only while it is idle, and it is busy or nobody knows`;
    case 'budget': {
      const seconds = change.plan.price.interruptions.find(
        (interruption) => interruption.replica === replica,
      )?.seconds;
      // Ended for a higher priority: the plan that said so is the permission.
      if (seconds === undefined || seconds === null || seconds <= disruption.seconds) return null;
      return `${replica} would be interrupted for ${seconds}s, and may be for ${disruption.seconds}s`;
    }
    default:
      return unreachable(disruption);
  }
}

/** Whether nothing has been computed for a replica for a while. What is not known counts as busy. */
export function isIdle(world: World, record: ClaimRecord): boolean {
  const seconds = world.statusOf(record)?.idleSeconds ?? null;
  return seconds !== null && seconds >= world.deps.limits.idleSecondsMin;
}

import type { Change, Plan, PlanStage, PlanStep } from '../../shared/domain/change.ts';
import { parseChangeId, type ModelName, type ReplicaId } from '../../shared/domain/ids.ts';
import { assert, unreachable } from '../../shared/domain/assert.ts';
import { storeKeys } from '../store/values.ts';
import { claimIdOf } from './names.ts';
import type { LedgerWrite } from './ledger.ts';
import type { World } from './world.ts';

/** A change for `plan`, and the end of the model's earlier ones: the newest wish is the only one. */
export function beginChange(
  world: World,
  model: ModelName,
  plan: Plan,
): { readonly change: Change; readonly writes: readonly LedgerWrite[] } {
  const id = parseChangeId(plan.id.replace(/^plan-/, 'change-'));
  assert(id.ok, 'a change is named like its plan');
  const change: Change = {
    id: id.value,
    plan,
    stage: 0,
    state: plan.stages.length === 0 ? 'done' : 'running',
    reason: '',
    startedAtMs: world.deps.clock.wallMs(),
  };
  const older = runningChanges(world, model).map((running) =>
    world.ledger.changes.put(storeKeys.change(running.id), {
      ...running,
      state: 'aborted',
      reason: `superseded by ${change.id}`,
    }),
  );
  return {
    change,
    writes: [world.ledger.changes.put(storeKeys.change(change.id), change), ...older],
  };
}

/** Takes each running change on as far as what agents report allows, and forgets the oldest that are over. */
export function advanceChanges(world: World): readonly LedgerWrite[] {
  const writes: LedgerWrite[] = [];
  const over: Change[] = [];
  for (const change of world.ledger.changes.values()) {
    if (change.state !== 'running') {
      over.push(change);
      continue;
    }
    let { stage } = change;
    for (;;) {
      const at = change.plan.stages[stage];
      if (at === undefined || !isReached(world, at)) break;
      stage += 1;
    }
    if (stage === change.stage) continue;
    const done = stage >= change.plan.stages.length;
    const next: Change = { ...change, stage, state: done ? 'done' : 'running' };
    writes.push(world.ledger.changes.put(storeKeys.change(change.id), next));
  }
  const surplus = Math.max(0, over.length - world.deps.limits.changesKeptMax);
  const oldest = over.sort((left, right) => left.startedAtMs - right.startedAtMs).slice(0, surplus);
  return [
    ...writes,
    ...oldest.map((change) => world.ledger.changes.delete(storeKeys.change(change.id))),
  ].slice(0, 100);
}

function runningChanges(world: World, model: ModelName): readonly Change[] {
  const key = storeKeys.model(model);
  return world.ledger.changes
    .values()
    .filter((change) => change.state === 'running' && key in change.plan.basis);
}

/** Names that the model's running change has given to replicas which are still to come. */
export function plannedReplicas(world: World, model: ModelName): readonly ReplicaId[] {
  return runningChanges(world, model).flatMap((change) =>
    change.plan.stages
      .slice(change.stage)
      .flatMap((stage) => stage.steps)
      .flatMap((step) => (step.kind === 'start-replica' ? [step.replica] : [])),
  );
}

function isReached(world: World, stage: PlanStage): boolean {
  return stage.steps.every((step) => isStepReached(world, step, stage.until));
}

function isStepReached(world: World, step: PlanStep, until: PlanStage['until']): boolean {
  const live = world.registry.get(step.node);
  switch (step.kind) {
    // A mode is part of making the slices that need it.
    case 'set-mode':
      return true;
    case 'create-slice':
      return (live?.status?.slices ?? []).some(
        (slice) => slice.slice === step.slice && slice.phase === 'ready',
      );
    case 'destroy-slice':
      return !world
        .claimsOnNode(step.node)
        .some((record) => record.claim.slices.some((slice) => slice.id === step.slice));
    case 'start-replica':
      return until !== 'replicas-ready' || live?.replicas.get(step.replica)?.phase === 'ready';
    case 'stop-replica': {
      const claim = world.ledger.claim(claimIdOf(step.replica));
      if (claim === undefined) return true;
      const stone = { kind: 'replica', replica: step.replica } as const;
      const ended = claim.value.claim.state === 'reclaiming';
      return ended && world.ledger.tombstone(step.node, stone) === undefined;
    }
    default:
      return unreachable(step);
  }
}

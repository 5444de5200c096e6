import type { Change, Plan, PlanStage, PlanStep } from '../../shared/domain/change.ts';
import {
  parseChangeId,
  type ChangeId,
  type ModelName,
  type NodeName,
  type PlanId,
  type ReplicaId,
} from '../../shared/domain/ids.ts';
import { assert, unreachable } from '../../shared/domain/assert.ts';
import { storeKeys } from '../store/values.ts';
import { abortChange } from './abort-change.ts';
import { markOf, marksOf, noteMarks, seenMarks } from './change-marks.ts';
import { learnStops } from './learning.ts';
import { claimIdOf } from './names.ts';
import type { LedgerWrite } from './ledger.ts';
import type { News } from './news.ts';
import type { World } from './world.ts';

/** A change is named like the plan that it carries out. */
export function changeIdOf(plan: PlanId): ChangeId {
  const id = parseChangeId(plan.replace(/^plan-/, 'change-'));
  assert(id.ok, 'a change is named like its plan');
  return id.value;
}

/** A change that begins now. `exact`: it is carried out step by step, and nothing is decided on the way. */
export function newChange(
  world: World,
  plan: Plan,
  of: Pick<Change, 'exact' | 'model' | 'startSeconds'>,
): Change {
  const nowMs = world.deps.clock.wallMs();
  const over = plan.stages.length === 0;
  return {
    ...of,
    id: changeIdOf(plan.id),
    plan,
    stage: 0,
    stageSinceMs: nowMs,
    state: over ? 'done' : 'running',
    reason: '',
    startedAtMs: nowMs,
    endedAtMs: over ? nowMs : null,
    marks: [],
  };
}

/**
 * Ends what other changes are doing with these models: the newest wish is the only one. An exact one is aborted here,
 * in transactions of its own; the writes that end the others are answered.
 */
export async function supersede(
  world: World,
  models: readonly ModelName[],
  by: ChangeId,
): Promise<readonly LedgerWrite[]> {
  const reason = `superseded by ${by}`;
  const older = world.running.of(models).filter((change) => change.id !== by);
  for (const change of older) if (change.exact) await abortChange(world, change, reason);
  const endedAtMs = world.deps.clock.wallMs();
  return older
    .filter((change) => !change.exact)
    .map((change) =>
      world.ledger.changes.put(storeKeys.change(change.id), {
        ...change,
        marks: marksOf(change),
        state: 'aborted',
        reason,
        endedAtMs,
      }),
    );
}

/**
 * Takes each running prediction that something has come up about on as far as what agents report allows, and forgets the
 * oldest changes that are over.
 */
export function advanceChanges(world: World, news: readonly News[]): readonly LedgerWrite[] {
  const writes: LedgerWrite[] = [];
  const done: Change[] = [];
  for (const change of world.running.all()) {
    if (change.exact || !news.some((each) => concerns(each, change))) continue;
    const next = advanced(world, change);
    if (next === change) continue;
    writes.push(world.ledger.changes.put(storeKeys.change(change.id), next));
    if (next.state === 'done') done.push(next);
  }
  return [
    ...learnStops(world, done),
    ...writes,
    ...surplusChanges(world).map((change) =>
      world.ledger.changes.delete(storeKeys.change(change.id)),
    ),
  ].slice(0, 100);
}

/** The oldest of those that are over and not kept any more. */
function surplusChanges(world: World): readonly Change[] {
  const surplus = world.running.overCount - world.deps.limits.changesKeptMax;
  if (surplus <= 0) return [];
  return world.ledger.changes
    .values()
    .filter((change) => change.state !== 'running')
    .sort((left, right) => left.startedAtMs - right.startedAtMs)
    .slice(0, surplus);
}

const nodesOf = new WeakMap<Plan, ReadonlySet<NodeName>>();

function concerns(news: News, { plan, model }: Change): boolean {
  if (news.all || (model !== null && news.models.has(model))) return true;
  let nodes = nodesOf.get(plan);
  if (nodes === undefined) {
    nodes = new Set(plan.stages.flatMap(({ steps }) => steps).map(({ node }) => node));
    nodesOf.set(plan, nodes);
  }
  for (const node of news.nodes) if (nodes.has(node)) return true;
  return false;
}

function advanced(world: World, change: Change): Change {
  const marks = seenMarks(world, change);
  let { stage } = change;
  for (;;) {
    const at = change.plan.stages[stage];
    if (at === undefined || !isReached(world, at)) break;
    stage += 1;
  }
  if (stage === change.stage) {
    noteMarks(change, marks);
    return change;
  }
  const nowMs = world.deps.clock.wallMs();
  const done = stage >= change.plan.stages.length;
  return {
    ...change,
    marks,
    stage,
    stageSinceMs: nowMs,
    state: done ? 'done' : 'running',
    endedAtMs: done ? nowMs : null,
  };
}

/** Whether a change that is carried out step by step has to do with a model. */
export function isInExactChange(world: World, model: ModelName): boolean {
  return world.running.of([model]).some((change) => change.exact);
}

/** Names that the model's running change has given to replicas which the planner is still to place. */
export function plannedReplicas(world: World, model: ModelName): readonly ReplicaId[] {
  return world.running.of([model]).flatMap((change) =>
    change.exact
      ? []
      : change.plan.stages
          .slice(change.stage)
          .flatMap((stage) => stage.steps)
          .flatMap((step) => (step.kind === 'start-replica' ? [step.replica] : [])),
  );
}

/** Who ended a replica of this model for one of higher priority, as far back as changes are kept; null: nobody. */
export function preemptedBy(world: World, model: ModelName): string | null {
  const found = world.ledger.changes
    .values()
    .filter((change) => change.exact && change.plan.price.preemptions > 0)
    .sort((left, right) => right.startedAtMs - left.startedAtMs)
    .flatMap((change) =>
      change.plan.price.interruptions
        .filter((each) => each.seconds === null && each.model === model)
        .filter(({ replica }) => markOf(change.marks, 'stop', replica) !== undefined)
        .map(({ replica }) => ({ change, replica })),
    )[0];
  if (found === undefined) return null;
  return `${found.replica} was preempted by ${found.change.model ?? 'a plan'} (${found.change.id})`;
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

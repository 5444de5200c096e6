import type { Change, Plan } from '../../shared/domain/change.ts';
import type { PlanId } from '../../shared/domain/ids.ts';
import type { PlanProblem } from '../../shared/placement/relayout/lint-plan.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { storeKeys, type PlanRecord } from '../store/values.ts';
import { changeIdOf, newChange, supersede } from './changes.ts';
import type { ChangeView, Once } from './core.ts';
import { keptPlan } from './kept-plans.ts';
import { movedSince } from './plan-basis.ts';
import { brokenPlan, problemsOf } from './plan-check.ts';
import { viewChange } from './views.ts';
import type { World } from './world.ts';

/**
 * Begins to carry out exactly the plan that is kept under `id`; the same id again answers the change that it began.
 * Throws PLAN_UNKNOWN; PLAN_STALE when what it touches has moved on; INTERNAL for a plan that breaks a rule.
 */
export async function applyPlan(
  world: World,
  id: PlanId,
  { once }: Once<ChangeView> = {},
): Promise<Change> {
  const begun = world.ledger.changes.get(storeKeys.change(changeIdOf(id)))?.value;
  if (begun !== undefined) {
    await world.ledger.commit(world.answers.record(once, viewChange(world, begun)));
    return begun;
  }
  world.refreshNodes();
  const kept = keptPlan(world, id);
  const { plan, model, startSeconds } = kept;
  refuseStale(world, kept);
  const name = model?.spec.name ?? null;
  const change = newChange(world, plan, { exact: true, model: name, startSeconds });
  const older = await supersede(world, name === null ? [] : [name], change.id);
  await world.ledger.commit([
    ...(model === null ? [] : [world.ledger.models.put(storeKeys.model(model.spec.name), model)]),
    world.ledger.changes.put(storeKeys.change(change.id), change),
    world.ledger.plans.delete(storeKeys.plan(id)),
    ...older,
    ...world.answers.record(once, viewChange(world, change)),
  ]);
  world.event('change-begun', `changes/${change.id}`, describe(plan));
  world.refreshNodes();
  return change;
}

function describe({ kind, stages, price }: Plan): string {
  return `${kind}: ${stages.length} stages, ${price.moves} moves, ${price.replicasInterrupted} interrupted`;
}

function refuseStale(world: World, kept: PlanRecord): void {
  const { plan } = kept;
  const moved = [...movedSince(world, plan.basis), ...busyWith(world, plan)];
  const [first] = moved;
  if (first !== undefined) {
    const rest = moved.length === 1 ? '' : `, and ${moved.length - 1} more`;
    throw stale(plan, `${first}${rest}`);
  }
  const [problem] = problemsOf(world, kept);
  if (problem === undefined) return;
  // Not of the cards and claims that the basis holds: host resources, rules of the neighbours, who is idle now.
  if (movingCodes.has(problem.code)) throw stale(plan, problem.message);
  throw brokenPlan(world, kept);
}

function stale(plan: Plan, why: string): AppError {
  return new AppError('PLAN_STALE', `the plan ${plan.id} no longer holds: ${why}`, {
    hint: 'plan again and apply the new one',
  });
}

const movingCodes: ReadonlySet<string> = new Set<PlanProblem['code']>([
  'cpu-overpromised',
  'host-memory-overpromised',
  'disruption',
  'spread',
  'anti-affinity',
  'label',
  'instance-moved-on',
]);

/** Two changes on one card would each wait for the other. */
function busyWith(world: World, plan: Plan): readonly string[] {
  const cards = new Set(cardsOf(plan));
  const ends = new Set<string>(plan.ends);
  return world.running.exact().flatMap((change) => {
    const card = cardsOf(change.plan).find((each) => cards.has(each));
    const claim = change.plan.ends.find((each) => ends.has(each));
    const what = card ?? claim;
    return what === undefined ? [] : [`${change.id} is at work on ${what}`];
  });
}

function cardsOf(plan: Plan): readonly string[] {
  return plan.stages
    .flatMap((stage) => stage.steps)
    .flatMap((step) => ('gpu' in step ? [step.gpu] : []));
}

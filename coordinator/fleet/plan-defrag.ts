import type { Plan } from '../../shared/domain/change.ts';
import { freshSuffix } from '../../shared/domain/fresh-suffix.ts';
import { defrag } from '../../shared/placement/relayout/defrag.ts';
import type { PlanRecord } from '../store/values.ts';
import type { KeptPlan, Once, PlanBudget } from './core.ts';
import { keepPlan } from './kept-plans.ts';
import { planIdOf } from './names.ts';
import { basisOf } from './plan-basis.ts';
import { brokenPlan, problemsOf } from './plan-check.ts';
import { notedPlan, predictedFor } from './plan-wish.ts';
import { inputOf, leftOf, namer } from './relayout-desk.ts';
import type { World } from './world.ts';

/** A step that wins less than a twentieth of a card is not worth a start. */
const gainMinMilli = 50;

/**
 * Plans what wins the most schedulable capacity within the budget, and keeps the plan. With a budget of 0 only replicas
 * that have nothing to do are moved. Throws INTERNAL for a plan that breaks a rule.
 */
export async function planDefrag(
  world: World,
  budget: PlanBudget,
  { once }: Once<KeptPlan> = {},
): Promise<KeptPlan> {
  world.refreshNodes();
  const { plan: found } = defrag({
    ...inputOf(world, namer(world)),
    id: planIdOf(freshSuffix(world.deps.random)),
    snapshot: world.snapshot(),
    engine: world.desk.fork(),
    budget: leftOf(world, budget, { interruptions: [] }),
    scope: budget.interruptionMs === 0 ? 'idle' : 'all',
    gainMinMilli,
  });
  const plan: Plan = { ...found, basis: basisOf(world, found, []) };
  if (plan.stages.length === 0) {
    const nothing = notedPlan(world, plan);
    await world.ledger.commit(world.answers.record(once, nothing));
    return nothing;
  }
  const { startSeconds } = predictedFor(world, plan, null);
  const kept: PlanRecord = {
    plan,
    model: null,
    startSeconds,
    createdAtMs: world.deps.clock.wallMs(),
  };
  if (problemsOf(world, kept).length > 0) throw brokenPlan(world, kept);
  const result = notedPlan(world, plan, { fitsIf: '', kept });
  await world.ledger.commit([...keepPlan(world, kept), ...world.answers.record(once, result)]);
  return result;
}

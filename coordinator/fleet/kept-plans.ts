import type { PlanId } from '../../shared/domain/ids.ts';
import { renderDuration } from '../../shared/domain/units.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { storeKeys, type PlanRecord } from '../store/values.ts';
import type { LedgerWrite } from './ledger.ts';
import type { World } from './world.ts';

/** The writes that keep a plan for a while, at the cost of the oldest. Throws LIMIT_REACHED for one that is too large. */
export function keepPlan(world: World, record: PlanRecord): readonly LedgerWrite[] {
  const { planBytesMax, plansKeptMax } = world.deps.limits;
  const bytes = Buffer.byteLength(JSON.stringify(record));
  if (bytes > planBytesMax) {
    throw new AppError('LIMIT_REACHED', `the plan ${record.plan.id} has ${bytes} bytes`, {
      hint: `at most ${planBytesMax}: plan fewer replicas at a time`,
    });
  }
  const surplus = Math.max(0, world.ledger.plans.size + 1 - plansKeptMax);
  const oldest = world.ledger.plans
    .values()
    .sort((left, right) => left.createdAtMs - right.createdAtMs)
    .slice(0, surplus);
  return [
    world.ledger.plans.put(storeKeys.plan(record.plan.id), record),
    ...oldest.map(({ plan }) => world.ledger.plans.delete(storeKeys.plan(plan.id))),
  ];
}

/** Until when a plan that is kept now may be carried out; wall clock. */
export function expiresAt(world: World, record: PlanRecord): number {
  return record.createdAtMs + world.deps.limits.planKeptMs;
}

/** Throws PLAN_UNKNOWN, also for one that has expired. */
export function keptPlan(world: World, id: PlanId): PlanRecord {
  const record = world.ledger.plans.get(storeKeys.plan(id))?.value;
  const hint = 'make it again: tangram plan -f FILE, or tangram defrag --plan';
  if (record === undefined) throw new AppError('PLAN_UNKNOWN', `no plan ${id} is kept`, { hint });
  if (expiresAt(world, record) <= world.deps.clock.wallMs()) {
    const age = renderDuration(world.deps.limits.planKeptMs);
    throw new AppError('PLAN_UNKNOWN', `the plan ${id} is more than ${age} old`, { hint });
  }
  return record;
}

/** The writes that forget what has expired. */
export function forgetPlans(world: World): readonly LedgerWrite[] {
  const nowMs = world.deps.clock.wallMs();
  return world.ledger.plans
    .values()
    .filter((record) => expiresAt(world, record) <= nowMs)
    .map(({ plan }) => world.ledger.plans.delete(storeKeys.plan(plan.id)));
}

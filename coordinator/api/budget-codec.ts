import { modelLimits } from '../../shared/domain/model.ts';
import type { PlanBudget__Output } from '../../shared/wire/generated/tangram/v1/PlanBudget.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { PlanBudget } from '../fleet/core.ts';

/** What a plan may cost. Absent: nothing. Throws REQUEST_INVALID. */
export function decodeBudget(budget: PlanBudget__Output | null): PlanBudget {
  if (budget === null) return { interruptionMs: 0, allowPreemption: false, recutIdle: false };
  const interruptionMs = Number(budget.interruptionMs);
  const most = modelLimits.budgetSecondsMax * 1_000;
  if (!Number.isSafeInteger(interruptionMs) || interruptionMs < 0 || interruptionMs > most) {
    const given = `budget.interruption_ms: ${budget.interruptionMs} is out of range`;
    throw new AppError('REQUEST_INVALID', given, { hint: `give 0 to ${most} milliseconds` });
  }
  return { interruptionMs, allowPreemption: budget.allowPreemption, recutIdle: budget.recutIdle };
}

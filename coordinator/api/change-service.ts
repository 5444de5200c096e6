import type { Change } from '../../shared/domain/change.ts';
import type { ChangeId } from '../../shared/domain/ids.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { readMask } from '../../shared/wire/read-mask.ts';
import { changeService } from '../../shared/wire/services.ts';
import { fieldError, unary } from '../../shared/wire/unary.ts';
import type { AbortChangeRequest__Output } from '../../shared/wire/generated/tangram/v1/AbortChangeRequest.ts';
import type { ApplyPlanRequest__Output } from '../../shared/wire/generated/tangram/v1/ApplyPlanRequest.ts';
import type { Change as WireChange } from '../../shared/wire/generated/tangram/v1/Change.ts';
import type { ChangeServiceHandlers } from '../../shared/wire/generated/tangram/v1/ChangeService.ts';
import type { PlanDefragRequest__Output } from '../../shared/wire/generated/tangram/v1/PlanDefragRequest.ts';
import type { ChangeView, CoordinatorCore, KeptPlan } from '../fleet/core.ts';
import { decodeBudget } from './budget-codec.ts';
import { encodeChange } from './change-codec.ts';
import { mutation } from './mutation.ts';
import { changeIdIn, planIdIn } from './names.ts';
import { pageOf } from './page-token.ts';
import { encodePlan, gpuNames } from './plan-codec.ts';
import { waitChange } from './wait-change.ts';
import { watchChanges } from './watch-changes.ts';

export interface ChangeDeps {
  readonly core: CoordinatorCore;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

const waitMs = { fallback: 60_000, max: 600_000 } as const;

/** The door for plans that were kept and the changes that carry them out. */
export function changeHandlers(deps: ChangeDeps): ChangeServiceHandlers {
  return { ...changeReads(deps), ...changeWrites(deps) };
}

function changeWrites(
  deps: ChangeDeps,
): Pick<ChangeServiceHandlers, 'ApplyPlan' | 'PlanDefrag' | 'AbortChange'> {
  const { core } = deps;
  const encode = (view: ChangeView) => ({ change: encodeChange(core, view) });
  const encodeKept = ({ plan, notes }: KeptPlan) => ({
    plan: encodePlan(plan, gpuNames(core), notes),
  });
  return {
    ApplyPlan: mutation(
      changeService.ApplyPlan,
      async ({ plan }: ApplyPlanRequest__Output, once) =>
        encode(await core.applyPlan(planIdIn(plan), { once: once(encode) })),
      deps,
    ),
    PlanDefrag: mutation(
      changeService.PlanDefrag,
      async ({ budget }: PlanDefragRequest__Output, once) =>
        encodeKept(await core.planDefrag(decodeBudget(budget), { once: once(encodeKept) })),
      deps,
    ),
    AbortChange: mutation(
      changeService.AbortChange,
      async ({ change }: AbortChangeRequest__Output, once) =>
        encode(await core.abortChange(changeIdIn(change), { once: once(encode) })),
      deps,
    ),
  };
}

function masked(mask: { readonly paths: readonly string[] } | null) {
  return readMask<WireChange>('tangram.v1.Change', mask);
}

function changeReads({
  core,
  clock,
  onError,
}: ChangeDeps): Pick<
  ChangeServiceHandlers,
  'ListChanges' | 'GetChange' | 'WaitChange' | 'WatchChanges'
> {
  return {
    ListChanges: unary((request) => {
      const part = masked(request.readMask);
      const page = pageOf('changes', core.changes(), ({ change }) => orderOf(change), request);
      return {
        changes: page.items.map((view) => part(encodeChange(core, view))),
        nextPageToken: page.nextPageToken,
      };
    }, onError),
    GetChange: unary(({ change, readMask: mask }) => {
      const part = masked(mask);
      return { change: part(encodeChange(core, knownChange(core, changeIdIn(change)))) };
    }, onError),
    WaitChange: unary(async ({ change, timeoutMs, readMask: mask }, signal) => {
      const part = masked(mask);
      const { id } = knownChange(core, changeIdIn(change)).change;
      const over = await waitChange({ core, clock }, id, waitMsIn(timeoutMs), signal);
      return { change: part(encodeChange(core, over ?? knownChange(core, id))) };
    }, onError),
    WatchChanges: watchChanges(core, onError),
  };
}

function waitMsIn(given: string): number {
  const ms = Number(given);
  if (Number.isSafeInteger(ms) && ms >= 0 && ms <= waitMs.max) return ms || waitMs.fallback;
  const hint = `give 1 to ${waitMs.max} milliseconds, or 0 for ${waitMs.fallback}`;
  throw fieldError('timeout_ms', `${given} is out of range`, hint);
}

function knownChange(core: CoordinatorCore, id: ChangeId): ChangeView {
  const found = core.change(id);
  if (found !== undefined) return found;
  throw new AppError('CHANGE_UNKNOWN', `there is no change ${JSON.stringify(id)}`, {
    hint: 'tangram changes lists those that run and those that ended last',
  });
}

/** Text that sorts as the changes began. */
function orderOf(change: Change): string {
  return `${String(change.startedAtMs).padStart(16, '0')} ${change.id}`;
}

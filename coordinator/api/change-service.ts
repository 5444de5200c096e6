import type { Change } from '../../shared/domain/change.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { inverted } from '../../shared/wire/fields.ts';
import { unary } from '../../shared/wire/unary.ts';
import type { Change as WireChange } from '../../shared/wire/generated/tangram/v1/Change.ts';
import type { ChangeServiceHandlers } from '../../shared/wire/generated/tangram/v1/ChangeService.ts';
import type { ReceiptLine as WireLine } from '../../shared/wire/generated/tangram/v1/ReceiptLine.ts';
import type { ChangeView, CoordinatorCore } from '../fleet/core.ts';
import type { ReceiptLine } from '../fleet/receipt.ts';
import { decodeBudget } from './budget-codec.ts';
import { changeIdIn, planIdIn } from './names.ts';
import { pageOf } from './page-token.ts';
import { encodePlan, gpuNames } from './plan-codec.ts';

interface ChangeDeps {
  readonly core: CoordinatorCore;
  readonly onError: (error: unknown) => void;
}

/** The door for plans that were kept and the changes that carry them out. */
export function changeHandlers({ core, onError }: ChangeDeps): ChangeServiceHandlers {
  const encode = (view: ChangeView): { readonly change: WireChange } => ({
    change: encodeChange(core, view),
  });
  return {
    ApplyPlan: unary(async ({ plan }) => encode(await core.applyPlan(planIdIn(plan))), onError),
    PlanDefrag: unary(async ({ budget }) => {
      const { plan, notes } = await core.planDefrag(decodeBudget(budget));
      return { plan: encodePlan(plan, gpuNames(core), notes) };
    }, onError),
    ListChanges: unary((request) => {
      const page = pageOf('changes', core.changes(), ({ change }) => orderOf(change), request);
      return {
        changes: page.items.map((view) => encodeChange(core, view)),
        nextPageToken: page.nextPageToken,
      };
    }, onError),
    GetChange: unary(({ change }) => {
      const found = core.change(changeIdIn(change));
      if (found === undefined) {
        throw new AppError('CHANGE_UNKNOWN', `there is no change ${JSON.stringify(change)}`, {
          hint: 'tangram changes lists those that run and those that ended last',
        });
      }
      return encode(found);
    }, onError),
    AbortChange: unary(
      async ({ change }) => encode(await core.abortChange(changeIdIn(change))),
      onError,
    ),
  };
}

const encodeState = inverted({
  CHANGE_STATE_RUNNING: 'running',
  CHANGE_STATE_DONE: 'done',
  CHANGE_STATE_ABORTED: 'aborted',
} as const satisfies Readonly<Record<string, Change['state']>>);

/** Text that sorts as the changes began. */
function orderOf(change: Change): string {
  return `${String(change.startedAtMs).padStart(16, '0')} ${change.id}`;
}

function encodeChange(
  core: CoordinatorCore,
  { change, waitsFor, receipt }: ChangeView,
): WireChange {
  return {
    change: change.id,
    plan: encodePlan(change.plan, gpuNames(core)),
    state: encodeState(change.state),
    stage: change.stage,
    reason: change.reason === '' ? waitsFor : change.reason,
    startedAtMs: change.startedAtMs,
    endedAtMs: change.endedAtMs ?? 0,
    receipt: change.state === 'running' ? [] : receipt.map(encodeLine),
  };
}

function encodeLine({ predictedMs, actualMs, ...line }: ReceiptLine): WireLine {
  return {
    ...line,
    ...(predictedMs === null ? {} : { predictedMs }),
    ...(actualMs === null ? {} : { actualMs }),
  };
}

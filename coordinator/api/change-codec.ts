import { unreachable } from '../../shared/domain/assert.ts';
import type { Change } from '../../shared/domain/change.ts';
import { inverted } from '../../shared/wire/fields.ts';
import type { Change as WireChange } from '../../shared/wire/generated/tangram/v1/Change.ts';
import type { ChangeProgress } from '../../shared/wire/generated/tangram/v1/ChangeProgress.ts';
import type { ReceiptLine as WireLine } from '../../shared/wire/generated/tangram/v1/ReceiptLine.ts';
import type { WatchChangesResponse } from '../../shared/wire/generated/tangram/v1/WatchChangesResponse.ts';
import type { ChangeEvent, ChangeView, CoordinatorCore } from '../fleet/core.ts';
import type { ReceiptLine } from '../fleet/receipt.ts';
import { encodePlan, gpuNames } from './plan-codec.ts';

const encodeState = inverted({
  CHANGE_STATE_RUNNING: 'running',
  CHANGE_STATE_DONE: 'done',
  CHANGE_STATE_ABORTED: 'aborted',
} as const satisfies Readonly<Record<string, Change['state']>>);

export function encodeChange(
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
    progress: progressOf(change),
  };
}

/**
 * Stages that are reached count with all their steps, the one that is being carried out with those of its starts and
 * stops that agents have confirmed.
 */
export function progressOf({ plan, stage, state, marks }: Change): ChangeProgress {
  const done = new Set(
    marks.flatMap(({ step, replica, doneAtMs }) =>
      doneAtMs === null ? [] : [`${step}-replica ${replica}`],
    ),
  );
  const stepsTotal = plan.stages.reduce((sum, { steps }) => sum + steps.length, 0);
  const reached = plan.stages.slice(0, stage).reduce((sum, { steps }) => sum + steps.length, 0);
  const current = plan.stages[stage];
  const confirmed = (current?.steps ?? []).filter(
    (step) => 'replica' in step && done.has(`${step.kind} ${step.replica}`),
  ).length;
  const stepsDone = state === 'done' ? stepsTotal : reached + confirmed;
  const share = stepsTotal === 0 ? 0 : Math.floor((100 * stepsDone) / stepsTotal);
  return {
    percent: state === 'done' ? 100 : Math.min(99, share),
    stepsDone,
    stepsTotal,
    stagesDone: Math.min(stage, plan.stages.length),
    stagesTotal: plan.stages.length,
    stageTitle: state === 'running' ? (current?.title ?? '') : '',
  };
}

export function encodeChangeEvent(core: CoordinatorCore, event: ChangeEvent): WatchChangesResponse {
  const { kind, revision } = event;
  switch (kind) {
    case 'change':
      return { change: encodeChange(core, event.change), event: kind, revision };
    case 'forgotten':
      return { forgotten: event.id, event: kind, revision };
    case 'synced':
      return { synced: true, event: kind, revision };
    case 'bookmark':
      return { bookmark: true, event: kind, revision };
    default:
      return unreachable(kind);
  }
}

function encodeLine({ predictedMs, actualMs, ...line }: ReceiptLine): WireLine {
  return {
    ...line,
    ...(predictedMs === null ? {} : { predictedMs }),
    ...(actualMs === null ? {} : { actualMs }),
  };
}

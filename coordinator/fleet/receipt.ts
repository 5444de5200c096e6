import type { Change, PlanStep } from '../../shared/domain/change.ts';
import type { ModelName, ReplicaId } from '../../shared/domain/ids.ts';
import { markOf } from './change-marks.ts';

/** Predicted against actual, for one replica of a change. */
export interface ReceiptLine {
  readonly kind: 'start' | 'interruption';
  readonly replica: ReplicaId;
  readonly model: ModelName;
  /** null: nothing was predicted to serve in its place, or nothing is known of such starts. */
  readonly predictedMs: number | null;
  /** null: not observed. */
  readonly actualMs: number | null;
}

/**
 * What a change cost, as far as it has gone. A start is counted from the moment its claim was made until its replica
 * was ready; an interruption from the stop until the successor was ready.
 */
export function receiptOf(change: Change): readonly ReceiptLine[] {
  const steps = change.plan.stages.flatMap((stage) => stage.steps);
  return [...interruptionLines(change, steps), ...startLines(change)];
}

function startLines(change: Change): ReceiptLine[] {
  return change.plan.begins.flatMap(({ holder }): ReceiptLine[] => {
    if (holder.kind !== 'replica') return [];
    const { replica, model } = holder;
    const mark = markOf(change.marks, 'start', replica);
    const seconds = change.startSeconds[model];
    return [
      {
        kind: 'start',
        replica,
        model,
        predictedMs: seconds === undefined ? null : seconds * 1_000,
        actualMs: mark === undefined || mark.doneAtMs === null ? null : mark.doneAtMs - mark.atMs,
      },
    ];
  });
}

function interruptionLines(change: Change, steps: readonly PlanStep[]): ReceiptLine[] {
  return change.plan.price.interruptions.map(({ replica, model, seconds }) => {
    const stop = steps.find((step) => step.kind === 'stop-replica' && step.replica === replica);
    const successor = stop?.kind === 'stop-replica' ? stop.replacedBy : null;
    const stopped = markOf(change.marks, 'stop', replica)?.atMs;
    const ready = successor === null ? null : markOf(change.marks, 'start', successor)?.doneAtMs;
    const seen = stopped !== undefined && ready !== null && ready !== undefined;
    return {
      kind: 'interruption',
      replica,
      model,
      predictedMs: seconds === null ? null : Math.round(seconds * 1_000),
      actualMs: seen ? Math.max(0, ready - stopped) : null,
    };
  });
}

import {
  actionRank,
  healthStates,
  worseState,
  type CardVerdict,
  type HealthReason,
  type HealthState,
  type SliceVerdict,
  type Verdict,
  type VerdictAction,
} from '../../shared/domain/card-health.ts';
import type { GpuUuid } from '../../shared/domain/ids.ts';
import type { CardRecovery, XidIncident } from '../store/health-records.ts';
import {
  errorAction,
  lookConditions,
  readingConditions,
  type CardLook,
  type Condition,
} from './conditions.ts';
import type { HealthPolicy } from './policy.ts';
import type { CardReadings } from './readings.ts';
import { xidMeaning } from './xid-meaning.ts';

/** Everything that a verdict on one card depends on. */
export interface CardEvidence {
  readonly gpu: GpuUuid;
  /** Wall clock, as all times here. */
  readonly nowMs: number;
  readonly look: CardLook;
  /** null: nothing has looked closely yet. */
  readonly readings: CardReadings | null;
  readonly incidents: readonly XidIncident[];
  /** The instances that the card has now. */
  readonly instances: readonly InstanceName[];
  /** The last recovery; null: there was none. */
  readonly recovery: CardRecovery | null;
  /** The last verdict: since when a condition holds is remembered nowhere else. */
  readonly before: CardVerdict | null;
}

export interface InstanceName {
  readonly gpuInstanceId: number;
  readonly uuid: string | null;
}

/**
 * Pure: how a card is. An application's fault never takes it away: only what the hardware or the driver says of
 * itself does. What names a GPU instance speaks of that instance alone, unless the fault is by nature the card's.
 */
export function judge(evidence: CardEvidence, policy: HealthPolicy): CardVerdict {
  const { gpu, nowMs, look, readings, incidents, instances } = evidence;
  const ofCard: HealthReason[] = [
    ...recoveryConditions(evidence.recovery),
    ...lookConditions(look),
    ...readingConditions(readings, nowMs),
  ].map((condition) => reasonOf(condition, evidence));
  const bySlice = new Map<number, HealthReason[]>();
  for (const incident of incidents) {
    const meaning = xidMeaning(incident, { policy, nowMs, readings, incidents });
    if (meaning === null) continue;
    const where = instanceHit(incident, meaning.narrows, instances);
    const reason = incidentReason(incident, where === 'gone' ? over(meaning) : meaning);
    if (typeof where === 'number') bySlice.set(where, [...(bySlice.get(where) ?? []), reason]);
    else ofCard.push(reason);
  }
  const slices = [...bySlice]
    .map(([gpuInstanceId, reasons]): SliceVerdict => ({ gpuInstanceId, ...verdictOf(reasons) }))
    .sort((a, b) => a.gpuInstanceId - b.gpuInstanceId);
  return { gpu, ...verdictOf(ofCard), slices };
}

/** Pure: the verdict while a card, or the tool that reads it, has not answered for too long. */
export function judgeUnanswered(before: CardVerdict, reason: string, nowMs: number): CardVerdict {
  const key = 'unanswered';
  const sinceMs = before.reasons.find((each) => each.key === key)?.sinceMs ?? nowMs;
  const silent = { key, state: 'failed', message: reason, sinceMs, lastMs: nowMs } as const;
  const others = before.reasons.filter((each) => each.key !== key);
  const action = errorAction(reason);
  const reasons = [{ ...silent, action, count: 1, line: null, injected: false }, ...others];
  return { ...before, ...verdictOf(reasons) };
}

/** Where an incident belongs: a GPU instance, the card, or an instance that is not there any more. */
function instanceHit(
  { gpuInstanceId, deviceUuid }: XidIncident,
  narrows: boolean,
  instances: readonly InstanceName[],
): number | 'card' | 'gone' {
  if (gpuInstanceId === null || !narrows) return 'card';
  const now = instances.find((each) => each.gpuInstanceId === gpuInstanceId);
  if (now === undefined) return 'gone';
  const another = deviceUuid !== null && now.uuid !== null && deviceUuid !== now.uuid;
  return another ? 'gone' : gpuInstanceId;
}

/** What was wrong with an instance went with it: the record of it stays. */
function over<T extends { readonly message: string }>(meaning: T) {
  const message = `${meaning.message}; the instance is gone since`;
  return { ...meaning, message, state: 'ok', action: 'record' } as const;
}

function incidentReason(
  { code, gpuInstanceId, firstMs, lastMs, count, line, injected }: XidIncident,
  { state, action, message }: Omit<Condition, 'key'>,
): HealthReason {
  const key = gpuInstanceId === null ? `xid ${code}` : `xid ${code} gi ${gpuInstanceId}`;
  return { key, state, action, message, sinceMs: firstMs, lastMs, count, line, injected };
}

function reasonOf(condition: Condition, { before, nowMs }: CardEvidence): HealthReason {
  const last = before?.reasons.find((each) => each.key === condition.key);
  const sinceMs = last?.sinceMs ?? nowMs;
  return { ...condition, sinceMs, lastMs: nowMs, count: 1, line: null, injected: false };
}

/** A card under recovery takes nothing, whatever else is known of it by now. */
function recoveryConditions(recovery: CardRecovery | null): readonly Condition[] {
  if (recovery === null || recovery.state === 'readmitted') return [];
  const { state, cause, detail } = recovery;
  const message = `recovery ${state}${detail === '' ? '' : `: ${detail}`} (for: ${cause})`;
  if (state === 'failed') {
    return [{ key: 'recovery', state: 'failed', action: 'watch', message }];
  }
  return [{ key: 'recovery', state: 'draining', action: 'drain-reset', message }];
}

/** Worst first; equal evidence gives the same order. */
function verdictOf(found: readonly HealthReason[]): Verdict {
  const reasons = [...found].sort(
    (a, b) =>
      stateRank(b.state) - stateRank(a.state) ||
      actionRank(b.action) - actionRank(a.action) ||
      (a.key < b.key ? -1 : 1),
  );
  const state = reasons.reduce<HealthState>((worst, each) => worseState(worst, each.state), 'ok');
  const action = reasons.reduce<VerdictAction>(
    (most, each) => (actionRank(each.action) > actionRank(most) ? each.action : most),
    'record',
  );
  const since = reasons.filter((each) => each.state === state).map((each) => each.sinceMs);
  return { state, action, sinceMs: state === 'ok' ? null : Math.min(...since), reasons };
}

function stateRank(state: HealthState): number {
  return healthStates.indexOf(state);
}

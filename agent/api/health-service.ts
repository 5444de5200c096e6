import type { SliceVerdict, Verdict } from '../../shared/domain/card-health.ts';
import { parseGpuUuid, type GpuUuid } from '../../shared/domain/ids.ts';
import { xidCodeMax } from '../../shared/domain/xid-catalog.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { CardHealth } from '../../shared/wire/generated/tangram/agent/v1/CardHealth.ts';
import type { CloseLook } from '../../shared/wire/generated/tangram/agent/v1/CloseLook.ts';
import type { HealthServiceHandlers } from '../../shared/wire/generated/tangram/agent/v1/HealthService.ts';
import type { InjectXidRequest__Output } from '../../shared/wire/generated/tangram/agent/v1/InjectXidRequest.ts';
import type { SliceHealth } from '../../shared/wire/generated/tangram/agent/v1/SliceHealth.ts';
import type { Verdict as VerdictMessage } from '../../shared/wire/generated/tangram/agent/v1/Verdict.ts';
import { problemError, unary } from '../../shared/wire/unary.ts';
import { adviceOn } from '../health/advice.ts';
import type { CardHealthView, HealthKeeper } from '../health/keeper.ts';
import type { CardReadings } from '../health/readings.ts';
import { wholeCardInstance, type CardEvent } from '../health/sighting.ts';

export interface HealthServiceDeps {
  readonly health: HealthKeeper;
  readonly clock: { wallMs(): number };
  readonly onError: (error: unknown) => void;
}

/** What `agentctl health`, `inject` and `heal` ask. */
export function healthServiceHandlers({
  health,
  clock,
  onError,
}: HealthServiceDeps): HealthServiceHandlers {
  return {
    GetHealth: unary(
      () => ({ cards: health.views().map(encodeCard), kernelLog: health.kernelLog ?? '' }),
      onError,
    ),
    InjectXid: unary((request) => {
      const gpu = gpuOf(request.gpuUuid);
      // What is only foretold is foretold of the kernel's own event: an injected one never leads to a reset.
      const event = { ...eventOf(request, clock.wallMs()), injected: !request.dryRun };
      const outcome = request.dryRun ? health.foretell(gpu, event) : health.inject(gpu, event);
      const { rule, before, after, victim, steps } = outcome;
      return {
        action: rule.action,
        scope: rule.scope,
        description: rule.description,
        configured: rule.configured,
        before: encodeVerdict(before),
        after: encodeVerdict(after),
        slicesAfter: after.slices.map(encodeSlice),
        victim: victim ?? '',
        steps: [...steps],
      };
    }, onError),
    PlanHeal: unary(({ gpuUuid }) => ({ plan: copied(health.planHeal(gpuOf(gpuUuid))) }), onError),
    Heal: unary(({ gpuUuid }) => ({ plan: copied(health.heal(gpuOf(gpuUuid))) }), onError),
  };
}

function gpuOf(text: string): GpuUuid {
  const uuid = parseGpuUuid(text);
  if (uuid.ok) return uuid.value;
  throw problemError(uuid.problem);
}

function eventOf(request: InjectXidRequest__Output, atMs: number): CardEvent {
  const { xid, gpuInstanceId, pid, gpuUuid } = request;
  if (!Number.isInteger(xid) || xid < 1 || xid > xidCodeMax) {
    throw new AppError('REQUEST_INVALID', `xid is ${xid}`, {
      hint: `give a number from 1 to ${xidCodeMax}`,
    });
  }
  const whole = gpuInstanceId === undefined || gpuInstanceId === wholeCardInstance;
  return {
    code: xid,
    pid: pid ?? null,
    process: null,
    gpuInstanceId: whole || gpuInstanceId < 0 ? null : gpuInstanceId,
    computeInstanceId: null,
    line: `injected: Xid (${gpuUuid}): ${xid}`,
    atMs,
    injected: true,
    fatal: null,
    wish: null,
  };
}

function encodeCard(view: CardHealthView): CardHealth {
  const { gpu, recovery, waitsFor, users, readings, xidTotals } = view;
  const { index } = gpu.inventory;
  return {
    gpuUuid: gpu.uuid,
    index,
    verdict: encodeVerdict(gpu.verdict),
    slices: gpu.verdict.slices.map(encodeSlice),
    advice: adviceOn(gpu.verdict, index),
    users: [...users],
    ...(recovery === null
      ? {}
      : {
          recovery: {
            state: recovery.state,
            askedBy: recovery.askedBy,
            cause: recovery.cause,
            startedAtMs: String(recovery.startedAtMs),
            sinceMs: String(recovery.sinceMs),
            attempts: recovery.attempts,
            detail: waitsFor === null ? recovery.detail : `waits for: ${waitsFor}`,
          },
        }),
    xids: [...xidTotals].map(([xid, count]) => ({ xid, count: String(count) })),
    ...(readings === null ? {} : { closeLook: encodeLook(readings) }),
  };
}

function encodeVerdict({ state, action, sinceMs, reasons }: Verdict): VerdictMessage {
  return {
    state,
    action,
    ...(sinceMs === null ? {} : { sinceMs: String(sinceMs) }),
    reasons: reasons.map(({ sinceMs: since, lastMs, count, line, ...rest }) => ({
      ...rest,
      sinceMs: String(since),
      lastMs: String(lastMs),
      count: String(count),
      line: line ?? '',
    })),
  };
}

function encodeSlice(verdict: SliceVerdict): SliceHealth {
  return { gpuInstanceId: verdict.gpuInstanceId, verdict: encodeVerdict(verdict) };
}

function encodeLook(readings: CardReadings): CloseLook {
  const { atMs, wish, rowRemapPending, rowRemapFailure } = readings;
  const { pageRetirementPending, sramThresholdExceeded, clockReasons } = readings;
  return {
    atMs: String(Math.round(atMs)),
    ...(wish === null ? {} : { recoveryAction: wish }),
    ...(rowRemapPending === null ? {} : { rowRemapPending }),
    ...(rowRemapFailure === null ? {} : { rowRemapFailure }),
    ...(pageRetirementPending === null ? {} : { pageRetirementPending }),
    ...(sramThresholdExceeded === null ? {} : { sramThresholdExceeded }),
    clockReasons: [...(clockReasons ?? [])],
  };
}

function copied(plan: ReturnType<HealthKeeper['planHeal']>) {
  return { resets: plan.resets, steps: [...plan.steps], notes: [...plan.notes] };
}

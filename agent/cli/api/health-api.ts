import type { CardHealth__Output } from '../../../shared/wire/generated/tangram/agent/v1/CardHealth.ts';
import type { CloseLook__Output } from '../../../shared/wire/generated/tangram/agent/v1/CloseLook.ts';
import type { GetHealthRequest } from '../../../shared/wire/generated/tangram/agent/v1/GetHealthRequest.ts';
import type { GetHealthResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/GetHealthResponse.ts';
import type { HealPlan__Output } from '../../../shared/wire/generated/tangram/agent/v1/HealPlan.ts';
import type { HealRequest } from '../../../shared/wire/generated/tangram/agent/v1/HealRequest.ts';
import type { HealResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/HealResponse.ts';
import type { HealthServiceClient } from '../../../shared/wire/generated/tangram/agent/v1/HealthService.ts';
import type { InjectXidRequest } from '../../../shared/wire/generated/tangram/agent/v1/InjectXidRequest.ts';
import type { InjectXidResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/InjectXidResponse.ts';
import type { PlanHealRequest } from '../../../shared/wire/generated/tangram/agent/v1/PlanHealRequest.ts';
import type { PlanHealResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/PlanHealResponse.ts';
import type { SliceHealth__Output } from '../../../shared/wire/generated/tangram/agent/v1/SliceHealth.ts';
import type { Verdict__Output } from '../../../shared/wire/generated/tangram/agent/v1/Verdict.ts';
import { callUnary } from '../../../shared/wire/unary.ts';
import { numberOrNull, numbers, type MakeOptions } from './calls.ts';

/** A verdict as people and scripts see it; times in ms since the epoch. */
export interface VerdictRecord {
  readonly state: string;
  readonly action: string;
  /** null: the state is ok. */
  readonly sinceMs: number | null;
  /** Worst first. */
  readonly reasons: readonly ReasonRecord[];
}

export interface ReasonRecord {
  readonly key: string;
  readonly state: string;
  readonly action: string;
  readonly message: string;
  readonly sinceMs: number;
  readonly lastMs: number;
  readonly count: number;
  /** The newest raw line of the kernel log; null: it was not told there. */
  readonly line: string | null;
  readonly injected: boolean;
}

export interface SliceHealthRecord extends VerdictRecord {
  readonly gpuInstanceId: number;
}

export interface RecoveryRecord {
  readonly state: string;
  readonly askedBy: string;
  readonly cause: string;
  readonly startedAtMs: number;
  readonly sinceMs: number;
  readonly attempts: number;
  readonly detail: string;
}

export interface CardHealthRecord extends VerdictRecord {
  readonly uuid: string;
  readonly index: number;
  readonly slices: readonly SliceHealthRecord[];
  readonly advice: string;
  readonly users: readonly string[];
  /** null: there was none. */
  readonly recovery: RecoveryRecord | null;
  /** Since the agent began, by code. */
  readonly xids: Readonly<Record<string, number>>;
  /** null: nothing has looked closely. */
  readonly closeLook: CloseLookRecord | null;
}

/** null: this card or driver does not tell. */
export interface CloseLookRecord {
  readonly atMs: number;
  readonly recoveryAction: string | null;
  readonly rowRemapPending: boolean | null;
  readonly rowRemapFailure: boolean | null;
  readonly pageRetirementPending: boolean | null;
  readonly sramThresholdExceeded: boolean | null;
  readonly clockReasons: readonly string[];
}

export interface InjectionWish {
  readonly uuid: string;
  readonly xid: number;
  readonly gpuInstanceId: number | undefined;
  readonly pid: number | undefined;
  readonly dryRun: boolean;
}

export interface InjectionRecord {
  readonly action: string;
  readonly scope: string;
  readonly description: string;
  readonly configured: boolean;
  readonly before: VerdictRecord;
  readonly after: VerdictRecord;
  readonly slicesAfter: readonly SliceHealthRecord[];
  /** null: nobody can be told. */
  readonly victim: string | null;
  readonly steps: readonly string[];
}

export interface HealPlanRecord {
  readonly resets: boolean;
  readonly steps: readonly string[];
  readonly notes: readonly string[];
}

export interface NodeHealthRecord {
  /** Where Xids are read; null: nowhere, so none is seen. */
  readonly kernelLog: string | null;
  readonly cards: readonly CardHealthRecord[];
}

export interface HealthApi {
  read(): Promise<NodeHealthRecord>;
  inject(wish: InjectionWish): Promise<InjectionRecord>;
  planHeal(uuid: string): Promise<HealPlanRecord>;
  heal(uuid: string): Promise<HealPlanRecord>;
}

export function createHealthApi(client: HealthServiceClient, options: MakeOptions): HealthApi {
  return {
    read: async () => {
      const answer = await callUnary<GetHealthRequest, GetHealthResponse__Output>(
        (request, call, done) => client.getHealth(request, call, done),
        {},
        options(),
      );
      const { kernelLog, cards } = answer;
      return { kernelLog: kernelLog === '' ? null : kernelLog, cards: cards.map(cardRecord) };
    },
    inject: async ({ uuid, xid, gpuInstanceId, pid, dryRun }) => {
      const answer = await callUnary<InjectXidRequest, InjectXidResponse__Output>(
        (request, call, done) => client.injectXid(request, call, done),
        {
          gpuUuid: uuid,
          xid,
          dryRun,
          ...(gpuInstanceId === undefined ? {} : { gpuInstanceId }),
          ...(pid === undefined ? {} : { pid }),
        },
        options(),
      );
      const { action, scope, description, configured, steps } = answer;
      return {
        action,
        scope,
        description,
        configured,
        before: verdictRecord(answer.before),
        after: verdictRecord(answer.after),
        slicesAfter: answer.slicesAfter.map(sliceRecord),
        victim: answer.victim === '' ? null : answer.victim,
        steps,
      };
    },
    planHeal: async (uuid) => {
      const answer = await callUnary<PlanHealRequest, PlanHealResponse__Output>(
        (request, call, done) => client.planHeal(request, call, done),
        { gpuUuid: uuid },
        options(),
      );
      return planRecord(answer.plan);
    },
    heal: async (uuid) => {
      const answer = await callUnary<HealRequest, HealResponse__Output>(
        (request, call, done) => client.heal(request, call, done),
        { gpuUuid: uuid },
        options(),
      );
      return planRecord(answer.plan);
    },
  };
}

function cardRecord(card: CardHealth__Output): CardHealthRecord {
  const { recovery, closeLook } = card;
  return {
    uuid: card.gpuUuid,
    index: card.index,
    ...verdictRecord(card.verdict),
    slices: card.slices.map(sliceRecord),
    advice: card.advice,
    users: card.users,
    recovery:
      recovery === null
        ? null
        : {
            state: recovery.state,
            askedBy: recovery.askedBy,
            cause: recovery.cause,
            ...numbers({ startedAtMs: recovery.startedAtMs, sinceMs: recovery.sinceMs }),
            attempts: recovery.attempts,
            detail: recovery.detail,
          },
    xids: Object.fromEntries(card.xids.map(({ xid, count }) => [xid, Number(count)])),
    closeLook: closeLook === null ? null : lookRecord(closeLook),
  };
}

function verdictRecord(verdict: Verdict__Output | null): VerdictRecord {
  return {
    state: verdict?.state ?? 'ok',
    action: verdict?.action ?? 'record',
    sinceMs: numberOrNull(verdict?.sinceMs),
    reasons: (verdict?.reasons ?? []).map((reason) => ({
      key: reason.key,
      state: reason.state,
      action: reason.action,
      message: reason.message,
      ...numbers({ sinceMs: reason.sinceMs, lastMs: reason.lastMs, count: reason.count }),
      line: reason.line === '' ? null : reason.line,
      injected: reason.injected,
    })),
  };
}

function sliceRecord({ gpuInstanceId, verdict }: SliceHealth__Output): SliceHealthRecord {
  return { gpuInstanceId, ...verdictRecord(verdict) };
}

function lookRecord(look: CloseLook__Output): CloseLookRecord {
  return {
    ...numbers({ atMs: look.atMs }),
    recoveryAction: look.recoveryAction ?? null,
    rowRemapPending: look.rowRemapPending ?? null,
    rowRemapFailure: look.rowRemapFailure ?? null,
    pageRetirementPending: look.pageRetirementPending ?? null,
    sramThresholdExceeded: look.sramThresholdExceeded ?? null,
    clockReasons: look.clockReasons,
  };
}

function planRecord(plan: HealPlan__Output | null): HealPlanRecord {
  return { resets: plan?.resets ?? false, steps: plan?.steps ?? [], notes: plan?.notes ?? [] };
}

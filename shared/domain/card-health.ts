import { unreachable } from './assert.ts';
import type { GpuHealth } from './gpu.ts';
import type { GpuUuid } from './ids.ts';

/** What is to be done about a fault, mildest first. */
export const healthActions = [
  /** Not even shown. */
  'ignore',
  /** Shown; nothing follows from it. */
  'record',
  /** Somebody should look; the card goes on. */
  'watch',
  /** The job that it hit is restarted; the card is fine. */
  'restart-app',
  /** A reset mends it and can wait until nothing runs on the card. */
  'reset-when-idle',
  /** Nothing new on the card; reset it once it is empty. */
  'drain-reset',
  /** The virtual machine must be restarted: the card cannot be reset from inside. */
  'restart-vm',
  'reboot-node',
  /** The card answers only after its power was off. */
  'drain-power-cycle',
  /** The card is to be replaced. */
  'rma',
  /** What the driver says (Xid 154, `gpu_recovery_action`). */
  'follow-recovery-action',
] as const;

export type HealthAction = (typeof healthActions)[number];

/** What a verdict can ask for: what the driver says has been read by then. */
export type VerdictAction = Exclude<HealthAction, 'follow-recovery-action' | 'ignore'>;

/** The most that a fault can be about. */
export type HealthScope = 'process' | 'slice' | 'card' | 'link' | 'node';

/** Worst last. `draining`: what runs goes on, nothing new comes. `failed`: nothing new, and what runs may be lost. */
export const healthStates = ['ok', 'degraded', 'draining', 'failed'] as const;
export type HealthState = (typeof healthStates)[number];

/** One piece of evidence, and what it alone would mean. */
export interface HealthReason {
  /** Stable while the reason lasts: `xid 95`, `ecc`, `row-remap-pending`. */
  readonly key: string;
  readonly state: HealthState;
  readonly action: VerdictAction;
  readonly message: string;
  readonly sinceMs: number;
  readonly lastMs: number;
  readonly count: number;
  /** The newest raw line of the kernel log; null: it was not told there. */
  readonly line: string | null;
  /** It was put there by `agentctl inject`. */
  readonly injected: boolean;
}

/** The worst of some reasons, with all of them, worst first. */
export interface Verdict {
  readonly state: HealthState;
  /** The most drastic thing that any reason asks for; `record`: nothing. */
  readonly action: VerdictAction;
  /** When this state began; null: it is `ok`. */
  readonly sinceMs: number | null;
  readonly reasons: readonly HealthReason[];
}

/** A verdict on one GPU instance alone: the rest of its card is not concerned. */
export interface SliceVerdict extends Verdict {
  readonly gpuInstanceId: number;
}

/** The verdict on a card, and on those of its instances that a fault named. */
export interface CardVerdict extends Verdict {
  readonly gpu: GpuUuid;
  readonly slices: readonly SliceVerdict[];
}

/** What placement is told: a card that is to be emptied takes nothing new, as one that has failed. */
export function placementHealth(verdict: Verdict): GpuHealth {
  const reason = verdict.reasons.find((each) => each.state === verdict.state)?.message ?? '';
  switch (verdict.state) {
    case 'ok':
      return { state: 'ok' };
    case 'degraded':
      return { state: 'degraded', reason };
    case 'draining':
      return { state: 'failed', reason: `to be emptied: ${reason}` };
    case 'failed':
      return { state: 'failed', reason };
    default:
      return unreachable(verdict.state);
  }
}

/** The worse of two states. */
export function worseState(a: HealthState, b: HealthState): HealthState {
  return healthStates.indexOf(a) >= healthStates.indexOf(b) ? a : b;
}

/** How drastic an action is, for ordering. */
export function actionRank(action: HealthAction): number {
  return healthActions.indexOf(action);
}

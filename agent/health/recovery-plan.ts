import { unreachable } from '../../shared/domain/assert.ts';
import {
  actionRank,
  type CardVerdict,
  type VerdictAction,
} from '../../shared/domain/card-health.ts';
import { authorityAllows, type Authority } from '../../shared/domain/gpu.ts';
import type { BootId } from '../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../shared/domain/result.ts';
import type { CardRecovery, RecoveryState } from '../store/health-records.ts';

/** How long a card may wait to be empty. After it somebody must decide anew. */
export const drainMsMax = 24 * 60 * 60 * 1_000;
/** How long a card may take to look well after a reset: the driver reads its memory anew, the layout is restored. */
export const verifyMsMax = 3 * 60 * 1_000;
/** Resets that one recovery tries, and the rest that the card has after each that could not be done. */
export const resetsMax = 3;
const restMs = 10_000;

/** What the next move depends on. */
export interface RecoveryFacts {
  readonly bootId: BootId;
  readonly nowMs: number;
  readonly authority: Authority;
  /** Why the card could not be read in this round; null: it was. */
  readonly blind: string | null;
  /** What runs on the card: replicas, MPS clients and strangers, for people. */
  readonly users: readonly string[];
  /** What speaks against the card apart from old incidents and from this recovery. */
  readonly faults: readonly string[];
  /** When the card was read. */
  readonly seenAtMs: number;
  /** When it was last looked at closely; null: nothing looks closely here, so the row must do. */
  readonly lookedAtMs: number | null;
}

/** What is to be done next. `enter` is written down before anything of the new state is done. */
export type RecoveryMove =
  | { readonly kind: 'rest' }
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'enter'; readonly state: RecoveryState; readonly detail: string }
  /** And then what the reset has taken: the layout. */
  | { readonly kind: 'reset' };

/**
 * Pure: the next move of a recovery, from where it was written down to be: after a crash it is asked with what is
 * true then. A reset that may or may not have happened is done again, because it leaves nothing more to lose on an
 * empty card; on one that is used again it is waited for anew.
 */
export function recoveryMove(recovery: CardRecovery, facts: RecoveryFacts): RecoveryMove {
  switch (recovery.state) {
    case 'marked':
      return enter('draining', '');
    case 'draining':
      return drainMove(recovery, facts);
    case 'resetting':
      return resetMove(recovery, facts);
    case 'verifying':
      return verifyMove(recovery, facts);
    case 'readmitted':
    case 'failed':
      return { kind: 'rest' };
    default:
      return unreachable(recovery.state);
  }
}

function drainMove(recovery: CardRecovery, facts: RecoveryFacts): RecoveryMove {
  if (!recovery.resets) return enter('verifying', 'the evidence was injected: nothing is reset');
  if (recovery.bootId !== facts.bootId) return enter('verifying', 'the host was rebooted');
  if (facts.nowMs - recovery.sinceMs > drainMsMax) {
    return enter('failed', 'the card was not free for a day; heal it again when it is');
  }
  // Whatever was planned before the card was marked has ended by the next look, and shows in it.
  if (facts.seenAtMs <= recovery.sinceMs) return { kind: 'wait', reason: 'the next look' };
  const refused = facts.blind ?? resetRefusal(facts);
  if (refused !== null) return { kind: 'wait', reason: refused };
  if (facts.nowMs - recovery.sinceMs < restMs * recovery.attempts) {
    return { kind: 'wait', reason: recovery.detail };
  }
  if (recovery.attempts >= resetsMax) {
    return enter('failed', `${resetsMax} resets have not mended it`);
  }
  return enter('resetting', '');
}

function resetMove(recovery: CardRecovery, facts: RecoveryFacts): RecoveryMove {
  if (recovery.bootId !== facts.bootId) return enter('verifying', 'the host was rebooted');
  const refused = resetRefusal(facts);
  return refused === null ? { kind: 'reset' } : enter('draining', refused);
}

function verifyMove(recovery: CardRecovery, facts: RecoveryFacts): RecoveryMove {
  const seen = facts.seenAtMs > recovery.sinceMs && facts.blind === null;
  const looked = facts.lookedAtMs === null || facts.lookedAtMs > recovery.sinceMs;
  const verified = seen && (looked || !recovery.resets);
  if (verified && facts.faults.length === 0) return enter('readmitted', '');
  const reason = verified ? facts.faults.join('; ') : (facts.blind ?? 'not looked at yet');
  if (facts.nowMs - recovery.sinceMs > verifyMsMax) return enter('failed', reason);
  return { kind: 'wait', reason };
}

function enter(state: RecoveryState, detail: string): RecoveryMove {
  return { kind: 'enter', state, detail };
}

/** Why the card may not be reset now; null: it may. */
export function resetRefusal(facts: Pick<RecoveryFacts, 'authority' | 'users'>): string | null {
  if (!authorityAllows(facts.authority, 'cut')) {
    return `authority is ${facts.authority}; an operator must raise it to cut`;
  }
  if (facts.users.length > 0) return `still runs ${facts.users.join(', ')}`;
  return null;
}

/** What a reset cannot mend, and what does. */
const notByReset: Readonly<Partial<Record<VerdictAction, string>>> = {
  'restart-vm': 'restart the virtual machine',
  'reboot-node': 'reboot the host',
  'drain-power-cycle': 'switch the host off and on',
  rma: 'replace the card',
};

/** Whether a recovery of a card so judged makes sense, and whether it resets the card. */
export function recoverable(verdict: CardVerdict): Result<{ readonly resets: boolean }> {
  const reasons = [...verdict.reasons, ...verdict.slices.flatMap((slice) => slice.reasons)].filter(
    (each) => each.state !== 'ok' && each.key !== 'recovery',
  );
  const failedBefore = verdict.reasons.some((each) => each.key === 'recovery');
  if (reasons.length === 0 && !failedBefore) {
    const message = 'nothing is wrong with this card';
    return err({ code: 'GPU_REFUSED', message, hint: 'there is nothing to heal' });
  }
  const worst = [...reasons].sort((a, b) => actionRank(b.action) - actionRank(a.action))[0];
  const other = worst === undefined || worst.injected ? undefined : notByReset[worst.action];
  if (worst !== undefined && other !== undefined) {
    const message = `a reset does not mend this: ${worst.message}`;
    return err({ code: 'GPU_REFUSED', message, hint: `drain it and ${other}` });
  }
  return ok({ resets: reasons.length === 0 || reasons.some((each) => !each.injected) });
}

/** Whether configuration lets a recovery of this card begin by itself now. */
export function beginsAlone(
  verdict: CardVerdict,
  context: {
    readonly autoReset: 'never' | 'idle';
    readonly open: boolean;
    readonly facts: Pick<RecoveryFacts, 'authority' | 'users'>;
  },
): boolean {
  const { autoReset, open, facts } = context;
  if (autoReset === 'never' || open || !authorityAllows(facts.authority, 'cut')) return false;
  // One that failed is for somebody to look at, not to be tried for ever.
  if (verdict.reasons.some((each) => each.key === 'recovery')) return false;
  const found = recoverable(verdict);
  if (!found.ok || !found.value.resets) return false;
  const asks = (action: VerdictAction): boolean =>
    [...verdict.reasons, ...verdict.slices.flatMap((slice) => slice.reasons)].some(
      (each) => each.action === action && !each.injected,
    );
  // What can wait does not keep new work away from the card meanwhile.
  return asks('drain-reset') || (asks('reset-when-idle') && facts.users.length === 0);
}

import { unreachable } from '../../shared/domain/assert.ts';
import type { HealthState, VerdictAction } from '../../shared/domain/card-health.ts';
import type { RecoveryWish, XidIncident } from '../store/health-records.ts';
import { wishCondition } from './conditions.ts';
import {
  correlationMs,
  repeatJobsMin,
  repeatWindowMs,
  ruleOf,
  watchMs,
  type HealthPolicy,
  type XidRule,
} from './policy.ts';
import type { CardReadings } from './readings.ts';

/** What one incident means among the others of its card. */
export interface XidMeaning {
  readonly state: HealthState;
  readonly action: VerdictAction;
  readonly message: string;
  /** Whether an event that names a GPU instance speaks of that instance alone. */
  readonly narrows: boolean;
}

export interface XidContext {
  readonly policy: HealthPolicy;
  readonly nowMs: number;
  readonly readings: CardReadings | null;
  /** All of the card. */
  readonly incidents: readonly XidIncident[];
}

type Sense = Pick<XidMeaning, 'state' | 'action'> & { readonly why?: string };

const recorded: Sense = { state: 'ok', action: 'record' };
const watched: Sense = { state: 'degraded', action: 'watch' };

/** Pure: what an incident means by the policy; null: it says nothing (any more). */
export function xidMeaning(incident: XidIncident, context: XidContext): XidMeaning | null {
  const rule = ruleOf(context.policy, incident.code);
  const sense = senseOf(incident, rule, context);
  if (sense === null) return null;
  const { state, action, why } = sense;
  const marks = [...(why === undefined ? [] : [why]), ...(incident.injected ? ['injected'] : [])];
  const message = [`Xid ${incident.code} (${rule.description})`, ...marks].join('; ');
  return { state, action, message, narrows: rule.scope === 'process' || rule.scope === 'slice' };
}

function senseOf(incident: XidIncident, rule: XidRule, context: XidContext): Sense | null {
  switch (rule.action) {
    case 'ignore':
      return null;
    case 'record':
      return recorded;
    case 'watch':
      return context.nowMs - incident.lastMs > watchMs ? null : watched;
    case 'restart-app':
      return applicationFault(incident, context);
    case 'reset-when-idle':
      return idleReset(incident, rule, context);
    case 'drain-reset':
      return drainReset(incident, rule, context);
    case 'restart-vm':
    case 'reboot-node':
    case 'drain-power-cycle':
    case 'rma':
      return { state: 'failed', action: rule.action };
    case 'follow-recovery-action':
      return driverVerdict(incident, context);
    default:
      return unreachable(rule.action);
  }
}

/** The job's, not the card's; only when it happens to different jobs does the card itself look bad. */
function applicationFault({ victims, lastMs }: XidIncident, { nowMs }: XidContext): Sense | null {
  if (nowMs - lastMs > repeatWindowMs) return null;
  const jobs = new Set(
    victims.filter((each) => nowMs - each.atMs <= repeatWindowMs).map((each) => each.job),
  );
  if (jobs.size < repeatJobsMin) return { state: 'ok', action: 'restart-app' };
  return { state: 'degraded', action: 'watch', why: `hit ${jobs.size} different jobs in an hour` };
}

function idleReset(incident: XidIncident, rule: XidRule, context: XidContext): Sense {
  const { readings } = context;
  const looked = readings !== null && readings.atMs > incident.lastMs && !incident.injected;
  if (!rule.configured && incident.code === 63 && looked && readings.rowRemapPending === false) {
    return { ...recorded, why: 'nothing is pending' };
  }
  if (!rule.configured && wishSince(incident, context) === 'none') return contented;
  return { state: 'degraded', action: 'reset-when-idle' };
}

/** The driver knows the whole of it, on 570 and later: its verdict counts more than our table. */
const contented: Sense = { ...watched, why: 'the driver asks for no recovery' };

function drainReset(incident: XidIncident, rule: XidRule, context: XidContext): Sense | null {
  const drained: Sense = { state: 'draining', action: 'drain-reset' };
  if (rule.configured) return drained;
  if (incident.fatal === false) {
    const stale = context.nowMs - incident.lastMs > watchMs;
    return stale ? null : { ...watched, why: 'not fatal' };
  }
  if (incident.code === 48 && isContained(incident, context)) {
    return { state: 'degraded', action: 'reset-when-idle', why: 'contained (Xid 94)' };
  }
  return wishSince(incident, context) === 'none' ? contented : drained;
}

/** A double-bit error that hit one job alone (94), and neither the card (95) nor the spare rows (64). */
function isContained(incident: XidIncident, { incidents }: XidContext): boolean {
  const near = incidents.filter(
    (each) =>
      each.injected === incident.injected &&
      each.lastMs >= incident.firstMs - correlationMs &&
      each.firstMs <= incident.lastMs + correlationMs,
  );
  const came = (code: number): boolean => near.some((each) => each.code === code);
  return came(94) && !came(95) && !came(64);
}

/** Xid 154, until a closer look or a later 154 says otherwise. */
function driverVerdict(incident: XidIncident, context: XidContext): Sense | null {
  const { readings } = context;
  const looked = readings !== null && readings.wish !== null && readings.atMs > incident.lastMs;
  if (looked && !incident.injected) return recorded;
  const meant = wishCondition('', incident.wish);
  if (meant !== null) return { state: meant.state, action: meant.action, why: meant.message };
  return incident.wish === 'none' ? recorded : watched;
}

/** What the driver asked for after an incident; null: it has not said. Of an injected one it knows nothing. */
function wishSince(
  incident: XidIncident,
  { readings, incidents }: XidContext,
): RecoveryWish | null {
  const said = [
    ...(readings === null || incident.injected
      ? []
      : [{ atMs: readings.atMs, wish: readings.wish }]),
    ...incidents
      .filter((each) => each.code === 154 && each.injected === incident.injected)
      .map((each) => ({ atMs: each.lastMs, wish: each.wish })),
  ].filter((each) => each.wish !== null && each.atMs > incident.lastMs);
  return said.sort((a, b) => b.atMs - a.atMs)[0]?.wish ?? null;
}

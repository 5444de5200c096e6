import type { HealthAction, HealthScope } from '../../shared/domain/card-health.ts';
import { xidRow } from '../../shared/domain/xid-catalog.ts';

/** What the node's configuration says about faults. */
export interface HealthPolicy {
  /** Exceptions from the catalogue, by code. */
  readonly xid: Readonly<Record<string, HealthAction>>;
  /** `idle`: a card whose verdict asks for a reset is reset as soon as nothing runs on it. */
  readonly autoReset: 'never' | 'idle';
}

/** So many different jobs hit by an application's fault within the window say something about the card. */
export const repeatJobsMin = 3;
export const repeatWindowMs = 60 * 60 * 1_000;
/** What is only watched is forgotten when it did not come again for so long. */
export const watchMs = 24 * 60 * 60 * 1_000;
/** Xids of one fault come within moments of each other. */
export const correlationMs = 60_000;
/** Throttling and temperature that were read longer ago tell of another time. */
export const readingsFreshMs = 3 * 60 * 1_000;

/** What is to be done about one code. */
export interface XidRule {
  readonly code: number;
  readonly description: string;
  readonly action: HealthAction;
  readonly scope: HealthScope;
  /** Configuration said so: nothing else softens or sharpens it. */
  readonly configured: boolean;
}

export function ruleOf(policy: HealthPolicy, code: number): XidRule {
  const { description, name, action, scope } = xidRow(code);
  const configured = policy.xid[String(code)];
  return {
    code,
    description: description ?? name,
    action: configured ?? action,
    scope,
    configured: configured !== undefined,
  };
}

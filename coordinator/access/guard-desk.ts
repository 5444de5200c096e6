import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuditEntry } from '../audit/audit-record.ts';
import type { Authenticator } from './authenticate.ts';
import type { ForwardedAddress } from './forwarded-address.ts';
import type { AccessLimits } from './limits.ts';
import type { Meter } from './meter.ts';
import type { Directory } from './records.ts';

export interface GuardDeps {
  readonly authenticator: Pick<Authenticator, 'authenticate' | 'whyNotAnyMore'>;
  readonly directory: Directory;
  readonly audit: Pick<AuditLog, 'append' | 'assertWritable'>;
  readonly forwarded: ForwardedAddress;
  readonly limits: AccessLimits;
  readonly clock: Clock;
  readonly log: Log;
}

/** What one call needs of the guard. */
export interface GuardDesk extends GuardDeps {
  readonly meter: Meter;
  readonly counts: { admitted: number; denied: number; unproven: number; throttled: number };
  /** Calls that are open; `checkStay` ends one whose caller may not stay. */
  readonly live: Set<{ readonly checkStay: () => void }>;
  /** Counts it when alike ones were recorded lately. */
  readonly recordDenial: (entry: AuditEntry) => void;
}

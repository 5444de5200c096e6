import { join } from 'node:path';
import { systemClock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import { openAuditLog } from '../audit/audit-log.ts';
import type { CoordinatorConfig } from '../config.ts';
import { openDecisionLog } from '../store/decision-log.ts';
import { openEventLog } from '../store/event-log.ts';
import { openStore } from '../store/open-store.ts';
import { openTelemetry } from '../telemetry/telemetry.ts';

const eventRowsMax = 50_000;
/** A week of a busy cluster: a decision is a few thousand characters. */
const decisionsKept = { rowsMax: 1_000_000, bytesMax: 512 * 1024 * 1024 } as const;

/** What is closed at the end, the last one first. */
export type Closers = (() => Promise<void> | void)[];

export type Kept = Awaited<ReturnType<typeof openKept>>;

/** Everything that outlives this process: the store, and the logs beside it. */
export async function openKept(config: CoordinatorConfig, log: Log, closers: Closers) {
  const { stateDir } = config;
  const file = (name: string): string => join(stateDir, name);
  const { store, embedded } = await openStore(config.store, { stateDir, clock: systemClock, log });
  closers.push(async () => store.close());
  const decisionLog = openDecisionLog(file('decisions.db'), decisionsKept);
  closers.push(() => decisionLog.close());
  const eventLog = openEventLog(file('events.db'), { rowsMax: eventRowsMax });
  closers.push(() => eventLog.close());
  const telemetry = openTelemetry(file('telemetry.db'), { clock: systemClock, log });
  closers.push(() => telemetry.close());
  const audit = openAuditLog(file('audit.db'), {
    rowsMax: config.audit.recordsMax,
    wallMs: () => systemClock.wallMs(),
  });
  closers.push(() => audit.close());
  return { store, embedded, decisionLog, eventLog, telemetry, audit };
}

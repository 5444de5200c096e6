import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLinkCounters } from '../../coordinator/api/link-counters.ts';
import { startApiServer } from '../../coordinator/api/server.ts';
import {
  createCoordinatorCore,
  type RunningCore,
} from '../../coordinator/fleet/coordinator-core.ts';
import { fleetLimits, type FleetLimits } from '../../coordinator/fleet/limits.ts';
import { createMetricsPage } from '../../coordinator/http/metrics.ts';
import { startHttpServer } from '../../coordinator/http/server.ts';
import { OwnGateway } from '../../coordinator/rest/own-gateway.ts';
import { open } from '../../shared/placement/open.ts';
import { takeSnapshot } from '../../coordinator/backup/save-snapshot.ts';
import { openDecisionLog } from '../../coordinator/store/decision-log.ts';
import { openEventLog } from '../../coordinator/store/event-log.ts';
import { openSqliteStore } from '../../coordinator/store/sqlite-store.ts';
import { openTelemetry } from '../../coordinator/telemetry/telemetry.ts';
import type { Access } from '../../coordinator/access/access.ts';
import type { AccessLimits } from '../../coordinator/access/limits.ts';
import { openAuditLog } from '../../coordinator/audit/audit-log.ts';
import { openAccessTo } from '../fakes/coordinator/open-access.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { silentLog } from '../../shared/platform/log.ts';

export interface InProcessCoordinator {
  readonly core: RunningCore;
  readonly access: Access;
  readonly grpc: string;
  readonly http: string;
  stop(): Promise<void>;
}

/** The real coordinator, store and doors and all, in this process and on free ports. */
export async function startCoordinator(
  options: {
    readonly limits?: Partial<FleetLimits>;
    readonly accessLimits?: Partial<AccessLimits>;
    readonly heartbeatMs?: number;
  } = {},
): Promise<InProcessCoordinator> {
  const folder = mkdtempSync(join(tmpdir(), 'tangram-coordinator-'));
  const store = openSqliteStore(join(folder, 'coordinator.db'));
  const decisionLog = openDecisionLog(join(folder, 'decisions.db'), { rowsMax: 1_000 });
  const eventLog = openEventLog(join(folder, 'events.db'), { rowsMax: 1_000 });
  const telemetry = openTelemetry(join(folder, 'telemetry.db'), {
    clock: systemClock,
    log: silentLog,
  });
  const counters = createLinkCounters();
  const core = await createCoordinatorCore({
    store,
    decisionLog,
    eventLog,
    open,
    placement: { policy: 'tangram', seed: 1, demandHalfLife: 1_000 },
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    limits: { ...fleetLimits, ...options.limits },
  });
  const about = { version: '0.1.0', clusterId: core.clusterId };
  const source = {
    core,
    telemetry,
    link: counters,
    decisions: () => decisionLog.counts(),
  };
  let gateway: OwnGateway | null = null;
  const http = await startHttpServer('127.0.0.1:0', {
    core,
    metrics: createMetricsPage(source, about),
    rest: { gateway: () => gateway?.now() ?? null, version: about.version, proxied: true },
    log: silentLog,
  });
  const audit = openAuditLog(join(folder, 'audit.db'), {
    rowsMax: 10_000,
    wallMs: () => systemClock.wallMs(),
  });
  const access = await openAccessTo(core, { store, audit, limits: options.accessLimits ?? {} });
  const api = await startApiServer('127.0.0.1:0', {
    core,
    access,
    decisionLog,
    open,
    telemetry,
    snapshots: {
      take: () =>
        takeSnapshot(store, {
          clusterId: core.clusterId,
          epoch: core.epoch,
          takenAtMs: systemClock.wallMs(),
          version: about.version,
        }),
      backups: null,
    },
    counters,
    clock: systemClock,
    log: silentLog,
    version: about.version,
    heartbeatMs: options.heartbeatMs ?? 500,
  });
  gateway = new OwnGateway(
    api.address,
    { cluster: core.clusterId, roots: () => null },
    (metadata, address) => access.forwarded.note(metadata, address),
  );
  const over = new AbortController();
  const running = Promise.all([
    core.run(over.signal),
    telemetry.run(over.signal),
    access.run(over.signal),
  ]);
  return {
    core,
    access,
    grpc: api.address,
    http: http.address,
    stop: async () => {
      over.abort();
      await running;
      gateway?.close();
      await api.stop();
      await http.stop();
      telemetry.close();
      audit.close();
      eventLog.close();
      decisionLog.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

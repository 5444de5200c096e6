import { systemClock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import { writeReadyFile } from '../../shared/platform/ready-file.ts';
import { packageVersion } from '../../shared/platform/version.ts';
import { open } from '../../shared/placement/open.ts';
import { openAccess, type Access } from '../access/access.ts';
import { createLinkCounters } from '../api/link-counters.ts';
import { startApiServer } from '../api/server.ts';
import type { Snapshots } from '../api/snapshot-service.ts';
import type { CoordinatorConfig } from '../config.ts';
import { createMetricsPage } from '../http/metrics.ts';
import { startHttpServer } from '../http/server.ts';
import type { HeardUntil } from '../fleet/heard-until.ts';
import type { Coordinator } from '../leader/coordinator.ts';
import { OwnGateway } from '../rest/own-gateway.ts';
import type { Closers, Kept } from './kept.ts';
import { openTrust, type Trust } from './open-trust.ts';

/** As often as agents ping. A host that says nothing for 1.7 s gets nothing new. */
const heartbeatMs = 1_000;

export interface DoorParts {
  readonly kept: Kept;
  readonly core: Coordinator;
  readonly heardUntil: HeardUntil;
  readonly snapshots: Snapshots;
  readonly clusterId: string;
  readonly log: Log;
}

export interface OpenDoors {
  /** `host:port` where gRPC listens. */
  readonly grpc: string;
  readonly access: Access;
  /** null: plaintext. */
  readonly trust: Trust | null;
}

/** Lets agents, programs and Prometheus in. Throws ADDRESS_REFUSED, ADDRESS_TAKEN, CONFIG_INVALID. */
export async function openDoors(
  config: CoordinatorConfig,
  { kept, core, heardUntil, snapshots, clusterId, log }: DoorParts,
  closers: Closers,
): Promise<OpenDoors> {
  const { store, decisionLog, telemetry, audit } = kept;
  const version = packageVersion;
  const counters = createLinkCounters();
  const outside = { clock: systemClock, random: Math.random, log };
  const trust = await openTrust({ config, ...outside, clusterId, store });
  const access = await openAccess({
    ...config,
    ...outside,
    clusterId,
    store,
    core,
    audit,
    // In plaintext nobody shows a certificate.
    isRevoked: (certificate) => trust?.authority.isRevoked(certificate) === true,
    goodUntilMs: (certificate) => trust?.newest.goodUntilMs(certificate) ?? certificate.notAfterMs,
    oidc: config.oidc,
  });
  const metrics = createMetricsPage(
    {
      core,
      standing: core,
      telemetry,
      link: counters,
      decisions: () => decisionLog.counts(),
      access: { audit, calls: () => access.guard.counts() },
    },
    { version, clusterId },
  );
  let mirror: OwnGateway | null = null;
  const { httpProxy: proxied } = config;
  const rest = { gateway: () => mirror?.now() ?? null, version, proxied };
  const http = await startHttpServer(config.http, { core, standing: core, metrics, rest, log });
  closers.push(async () => http.stop());
  const api = await startApiServer(config.grpc, {
    core,
    access,
    ...(trust === null ? {} : { trust: trust.api }),
    standing: core,
    decisionLog,
    open,
    telemetry,
    snapshots,
    counters,
    ...outside,
    version,
    heartbeatMs,
    heardUntil,
  });
  closers.push(async () => api.stop());
  const { address: grpc, joinAddress } = api;
  mirror = new OwnGateway(
    joinAddress ?? grpc,
    { cluster: clusterId, roots: () => trust?.authority.trust().roots ?? null },
    (metadata, address) => access.forwarded.note(metadata, address),
  );
  closers.push(() => mirror?.close());
  if (trust !== null && joinAddress !== null) await trust.opened({ grpc, join: joinAddress });
  const joining = trust === null ? {} : { join: joinAddress, admin: trust.adminFile };
  const ready = { grpc, http: http.address, ...joining, clusterId };
  if (config.readyFile !== undefined) closers.push(writeReadyFile(config.readyFile, ready));
  log.info({ ...ready, epoch: core.epoch, version, stateDir: config.stateDir }, 'listening');
  return { grpc, access, trust };
}

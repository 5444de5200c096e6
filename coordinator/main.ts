#!/usr/bin/env node
import { join } from 'node:path';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { Command, InvalidArgumentError } from 'commander';
import { parseClusterId, type ClusterId } from '../shared/domain/ids.ts';
import { renderProblem } from '../shared/domain/result.ts';
import { renderServiceEnd } from '../shared/platform/command-line.ts';
import { systemClock } from '../shared/platform/clock.ts';
import { runTogether, shutdownSignal, withinMs } from '../shared/platform/lifecycle.ts';
import { createLog, type Log } from '../shared/platform/log.ts';
import { openAccess, type Access } from './access/access.ts';
import { createLinkCounters } from './api/link-counters.ts';
import { startApiServer } from './api/server.ts';
import { readCoordinatorConfig, type CoordinatorConfig } from './config.ts';
import { establishCluster } from './fleet/cluster-record.ts';
import { fleetLimits } from './fleet/limits.ts';
import { checkAdvertised } from './leader/advertised-address.ts';
import { createCoordinator } from './leader/coordinator.ts';
import { createMetricsPage } from './http/metrics.ts';
import { startHttpServer } from './http/server.ts';
import { OwnGateway } from './rest/own-gateway.ts';
import { parseListenAddress, requireAddress } from '../shared/platform/listen-address.ts';
import { openTrust, type Trust } from './open-trust.ts';
import { open } from '../shared/placement/open.ts';
import { writeReadyFile } from '../shared/platform/ready-file.ts';
import { openAuditLog } from './audit/audit-log.ts';
import { openBackups } from './backup/open-backups.ts';
import { takeSnapshot } from './backup/save-snapshot.ts';
import { openDecisionLog } from './store/decision-log.ts';
import { openEventLog } from './store/event-log.ts';
import { openStore } from './store/open-store.ts';
import { openTelemetry } from './telemetry/telemetry.ts';
import { packageVersion } from '../shared/platform/version.ts';

/** Three missed ones and a host is taken for dead, so within 2 s. */
const heartbeatMs = 500;
const eventRowsMax = 50_000;
/** A week of a busy cluster: a decision is a few thousand characters. */
const decisionsKept = { rowsMax: 1_000_000, bytesMax: 512 * 1024 * 1024 } as const;
/** For policies that draw. Logged, so that their decisions can be made again, too. */
const placementSeed = 1;
/** Streams that do not end by then are cut by the end of the process. */
const stopMsMax = 5_000;

type Close = () => Promise<void> | void;

async function main(): Promise<void> {
  // What the library would print about a taken port is told by us, once.
  setLogVerbosity(logVerbosity.NONE);
  const signal = shutdownSignal();
  const flags = readFlags(process.argv.slice(2));
  const config = readCoordinatorConfig(flags.config);
  // Told before the store is touched: a wrong address must not take the lead from anybody.
  if (config.tls === 'off') parseListenAddress(config.grpc);
  else [config.grpc, config.join].forEach((text) => requireAddress(text));
  parseListenAddress(config.http);
  const closers: Close[] = [];
  try {
    await runCoordinator({ config, adopt: flags.adoptCluster ?? null }, closers, signal);
  } finally {
    for (const close of closers.toReversed()) await withinMs(stopMsMax, Promise.resolve(close()));
  }
}

interface Flags {
  readonly config?: string;
  readonly adoptCluster?: ClusterId;
}

function readFlags(argv: readonly string[]): Flags {
  const program = new Command('tangram-coordinator')
    .description('Decides which model sits on which slice of which GPU of the cluster.')
    .version(packageVersion)
    .option('--config <file>', 'YAML configuration; without it every key has its default')
    .option(
      '--adopt-cluster <id>',
      'where the store was lost: an empty one goes on as the cluster that its agents belong to',
      readClusterId,
    )
    .addHelpText(
      'after',
      '\nLogs are JSON lines on standard output. Ends on SIGTERM or SIGINT; models run on.\n' +
        'Exit codes: 0 ended as asked, 1 failure, 2 wrong usage or configuration.',
    )
    .exitOverride();
  program.parse([...argv], { from: 'user' });
  return program.opts<Flags>();
}

function readClusterId(text: string): ClusterId {
  const parsed = parseClusterId(text);
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(renderProblem(parsed.problem));
}

async function runCoordinator(
  { config, adopt }: { readonly config: CoordinatorConfig; readonly adopt: ClusterId | null },
  closers: Close[],
  signal: AbortSignal,
): Promise<void> {
  const log = createLog({ name: 'tangram-coordinator', level: config.log.level });
  const { embedded, ...kept } = await openStores(config, log, closers);
  checkAdvertised(config, embedded);
  const outside = { clock: systemClock, random: Math.random, log };
  const clusterId = await establishCluster({ ...kept, ...outside }, adopt);
  let address = config.advertise ?? config.grpc;
  const core = createCoordinator(
    {
      ...kept,
      ...outside,
      open,
      placement: { ...config.placement, seed: placementSeed },
      limits: {
        ...fleetLimits,
        lostAfterMs: config.lostAfter,
        // A node is suspect before it is lost, however short the operator made that.
        suspectAfterMs: Math.min(fleetLimits.suspectAfterMs, Math.floor(config.lostAfter / 2)),
      },
    },
    { clusterId, address: () => address },
  );
  const telemetry = openTelemetry(join(config.stateDir, 'telemetry.db'), {
    clock: systemClock,
    log,
  });
  closers.push(() => telemetry.close());
  const audit = openAuditLog(join(config.stateDir, 'audit.db'), {
    rowsMax: config.audit.recordsMax,
    wallMs: () => systemClock.wallMs(),
  });
  closers.push(() => audit.close());
  const takeNow = (): AsyncIterable<string> =>
    takeSnapshot(kept.store, {
      clusterId,
      epoch: core.epoch,
      takenAtMs: systemClock.wallMs(),
      version: packageVersion,
    });
  const backups = openBackups(config.backup, {
    clusterId,
    take: takeNow,
    leads: () => core.standing().leading,
    clock: systemClock,
    log,
  });
  const counters = createLinkCounters();
  const version = packageVersion;
  let guard: Access['guard'] | undefined;
  const metrics = createMetricsPage(
    {
      core,
      standing: core,
      telemetry,
      link: counters,
      decisions: () => kept.decisionLog.counts(),
      access: { audit, calls: () => guard?.counts() },
    },
    { version, clusterId },
  );
  const openDoors = async (): Promise<{
    readonly access: Access;
    readonly trust: Trust | null;
  }> => {
    const trust = await openTrust({ config, ...outside, clusterId, store: kept.store });
    let mirror: OwnGateway | null = null;
    const http = await startHttpServer(config.http, {
      core,
      standing: core,
      metrics,
      rest: { gateway: () => mirror?.now() ?? null, version },
      log,
    });
    closers.push(async () => http.stop());
    const access = await openAccess({
      ...config,
      ...outside,
      clusterId,
      store: kept.store,
      core,
      audit,
      // In plaintext nobody shows a certificate.
      isRevoked: (certificate) => trust?.authority.isRevoked(certificate) === true,
      oidc: config.oidc,
    });
    guard = access.guard;
    const api = await startApiServer(config.grpc, {
      core,
      access,
      ...(trust === null ? {} : { trust: trust.api }),
      standing: core,
      decisionLog: kept.decisionLog,
      open,
      telemetry,
      snapshots: { take: takeNow, backups },
      counters,
      clock: systemClock,
      log,
      version,
      heartbeatMs,
    });
    address = config.advertise ?? api.address;
    closers.push(async () => api.stop());
    const { address: grpc, joinAddress } = api;
    mirror = new OwnGateway(joinAddress ?? grpc, {
      cluster: clusterId,
      roots: () => trust?.authority.trust().roots ?? null,
    });
    closers.push(() => mirror?.close());
    if (trust !== null && joinAddress !== null) await trust.opened({ grpc, join: joinAddress });
    const joining = trust === null ? {} : { join: joinAddress, admin: trust.adminFile };
    const ready = { grpc, http: http.address, ...joining, clusterId };
    if (config.readyFile !== undefined) closers.push(writeReadyFile(config.readyFile, ready));
    log.info({ ...ready, epoch: core.epoch, version, stateDir: config.stateDir }, 'listening');
    return { access, trust };
  };
  await runTogether(signal, [
    async (over) => core.run(over),
    async (over) => telemetry.run(over),
    ...(backups === null ? [] : [async (over: AbortSignal) => backups.run(over)]),
    async (over) => {
      // Where nobody else can lead, a door that opens is one that answers.
      if (embedded) await core.leads(over);
      if (over.aborted) return;
      const { access, trust } = await openDoors();
      await Promise.all([access.run(over), trust?.run(over)]);
    },
  ]);
  log.info({}, 'stopping; models run on');
}

async function openStores(
  { stateDir, store: kind }: CoordinatorConfig,
  log: Log,
  closers: Close[],
) {
  const { store, embedded } = await openStore(kind, { stateDir, clock: systemClock, log });
  closers.push(async () => store.close());
  const decisionLog = openDecisionLog(join(stateDir, 'decisions.db'), decisionsKept);
  closers.push(() => decisionLog.close());
  const eventLog = openEventLog(join(stateDir, 'events.db'), { rowsMax: eventRowsMax });
  closers.push(() => eventLog.close());
  return { store, embedded, decisionLog, eventLog };
}

main().catch((error: unknown) => {
  const { line, exitCode } = renderServiceEnd('tangram-coordinator', error);
  process.stderr.write(line);
  process.exitCode = exitCode;
});

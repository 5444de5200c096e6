#!/usr/bin/env node
import { join } from 'node:path';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { Command } from 'commander';
import { renderServiceEnd } from '../shared/platform/command-line.ts';
import { systemClock } from '../shared/platform/clock.ts';
import { runTogether, shutdownSignal, withinMs } from '../shared/platform/lifecycle.ts';
import { createLog } from '../shared/platform/log.ts';
import { createLinkCounters } from './api/link-counters.ts';
import { startApiServer } from './api/server.ts';
import { readCoordinatorConfig, type CoordinatorConfig } from './config.ts';
import { createCoordinatorCore } from './fleet/coordinator-core.ts';
import { fleetLimits } from './fleet/limits.ts';
import { createMetricsPage } from './http/metrics.ts';
import { startHttpServer } from './http/server.ts';
import { parseListenAddress } from '../shared/platform/listen-address.ts';
import { open } from '../shared/placement/open.ts';
import { writeReadyFile } from '../shared/platform/ready-file.ts';
import { openDecisionLog } from './store/decision-log.ts';
import { openEventLog } from './store/event-log.ts';
import { openSqliteStore } from './store/sqlite-store.ts';
import { Samples } from './telemetry/samples.ts';
import { packageVersion } from '../shared/platform/version.ts';

const heartbeatMs = 2_000;
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
  const config = readCoordinatorConfig(readFlags(process.argv.slice(2)).config);
  // Told before the store is touched: a wrong address must not take the lead from anybody.
  parseListenAddress(config.grpc);
  parseListenAddress(config.http);
  const closers: Close[] = [];
  try {
    await runCoordinator(config, closers, signal);
  } finally {
    for (const close of closers.toReversed()) await withinMs(stopMsMax, Promise.resolve(close()));
  }
}

function readFlags(argv: readonly string[]): { readonly config?: string } {
  const program = new Command('tangram-coordinator')
    .description('Decides which model sits on which slice of which GPU of the cluster.')
    .version(packageVersion)
    .option('--config <file>', 'YAML configuration; without it every key has its default')
    .addHelpText(
      'after',
      '\nLogs are JSON lines on standard output. Ends on SIGTERM or SIGINT; models run on.\n' +
        'Exit codes: 0 ended as asked, 1 failure, 2 wrong usage or configuration.',
    )
    .exitOverride();
  program.parse([...argv], { from: 'user' });
  return program.opts<{ config?: string }>();
}

async function runCoordinator(
  config: CoordinatorConfig,
  closers: Close[],
  signal: AbortSignal,
): Promise<void> {
  const log = createLog({ name: 'tangram-coordinator', level: config.log.level });
  const kept = openStores(config.stateDir, closers);
  const core = await createCoordinatorCore({
    ...kept,
    open,
    placement: { ...config.placement, seed: placementSeed },
    clock: systemClock,
    random: Math.random,
    log,
    limits: {
      ...fleetLimits,
      lostAfterMs: config.lostAfter,
      // A node is suspect before it is lost, however short the operator made that.
      suspectAfterMs: Math.min(fleetLimits.suspectAfterMs, Math.floor(config.lostAfter / 2)),
    },
  });
  const samples = new Samples();
  const counters = createLinkCounters();
  const version = packageVersion;
  const metrics = createMetricsPage(
    {
      core,
      telemetry: () => samples.counts(),
      link: counters,
      decisions: () => kept.decisionLog.counts(),
    },
    { version, clusterId: core.clusterId },
  );
  const http = await startHttpServer(config.http, { core, metrics, log });
  closers.push(async () => http.stop());
  const api = await startApiServer(config.grpc, {
    core,
    decisionLog: kept.decisionLog,
    open,
    samples,
    counters,
    clock: systemClock,
    log,
    version,
    heartbeatMs,
  });
  closers.push(async () => api.stop());
  const ready = { grpc: api.address, http: http.address, clusterId: core.clusterId };
  if (config.readyFile !== undefined) closers.push(writeReadyFile(config.readyFile, ready));
  log.info({ ...ready, epoch: core.epoch, version, stateDir: config.stateDir }, 'listening');
  await runTogether(signal, [async (over) => core.run(over)]);
  log.info({}, 'stopping; models run on');
}

function openStores(stateDir: string, closers: Close[]) {
  const store = openSqliteStore(join(stateDir, 'coordinator.db'));
  closers.push(async () => store.close());
  const decisionLog = openDecisionLog(join(stateDir, 'decisions.db'), decisionsKept);
  closers.push(() => decisionLog.close());
  const eventLog = openEventLog(join(stateDir, 'events.db'), { rowsMax: eventRowsMax });
  closers.push(() => eventLog.close());
  return { store, decisionLog, eventLog };
}

main().catch((error: unknown) => {
  const { line, exitCode } = renderServiceEnd('tangram-coordinator', error);
  process.stderr.write(line);
  process.exitCode = exitCode;
});

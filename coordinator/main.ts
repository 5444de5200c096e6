#!/usr/bin/env -S node --heap-growing-percent=30 --no-parallel-scavenge
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { Command, InvalidArgumentError } from 'commander';
import { parseClusterId, type ClusterId } from '../shared/domain/ids.ts';
import { renderProblem } from '../shared/domain/result.ts';
import { renderServiceEnd } from '../shared/platform/command-line.ts';
import { systemClock } from '../shared/platform/clock.ts';
import { runTogether, shutdownSignal, withinMs } from '../shared/platform/lifecycle.ts';
import { createLog } from '../shared/platform/log.ts';
import { serviceManager } from '../shared/platform/service-manager.ts';
import { parseListenAddress, requireAddress } from '../shared/platform/listen-address.ts';
import { Wake } from '../shared/platform/wake.ts';
import { packageVersion } from '../shared/platform/version.ts';
import { open } from '../shared/placement/open.ts';
import { openBackups } from './backup/open-backups.ts';
import { takeSnapshot } from './backup/save-snapshot.ts';
import { readCoordinatorConfig, type CoordinatorConfig } from './config.ts';
import { establishCluster } from './fleet/cluster-record.ts';
import { HeardUntil } from './fleet/heard-until.ts';
import { fleetLimits, type FleetLimits } from './fleet/limits.ts';
import { checkAdvertised } from './leader/advertised-address.ts';
import { createCoordinator } from './leader/coordinator.ts';
import { openKept, type Closers } from './wiring/kept.ts';
import { openDoors } from './wiring/open-doors.ts';

/** For policies that draw. Logged, so that their decisions can be made again, too. */
const placementSeed = 1;
/** Streams that do not end by then are cut by the end of the process. */
const stopMsMax = 5_000;

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
  const closers: Closers = [];
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
      'once, where the store was lost: an empty one, or an older copy, takes on what the agents of this cluster run',
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
  closers: Closers,
  signal: AbortSignal,
): Promise<void> {
  const log = createLog({ name: 'tangram-coordinator', level: config.log.level });
  const kept = await openKept(config, log, closers);
  const { store, embedded, telemetry } = kept;
  checkAdvertised(config, embedded);
  const outside = { clock: systemClock, random: Math.random, log };
  const clusterId = await establishCluster({ ...kept, ...outside }, adopt);
  let address = config.advertise ?? config.grpc;
  const opened = new Wake();
  let reachable = false;
  const heardUntil = new HeardUntil();
  const core = createCoordinator(
    {
      ...kept,
      ...outside,
      open,
      placement: { ...config.placement, seed: placementSeed },
      limits: limitsOf(config),
      heardUntil,
    },
    {
      clusterId,
      address: () => address,
      reachable: async (over) => {
        if (!reachable) await opened.wait(over);
      },
    },
  );
  const take = (): AsyncIterable<string> => {
    const [epoch, takenAtMs] = [core.epoch, systemClock.wallMs()];
    return takeSnapshot(store, { clusterId, epoch, takenAtMs, version: packageVersion });
  };
  const leads = (): boolean => core.standing().leading;
  const backups = openBackups(config.backup, { clusterId, take, leads, clock: systemClock, log });
  const manager = serviceManager(process.env, { clock: systemClock });
  await runTogether(signal, [
    async (over) => core.run(over),
    // A round that fails again and again ends the process by itself: what is watched is that anything goes on at all.
    async (over) => manager.watch(() => true, over),
    async (over) => telemetry.run(over),
    ...(backups === null ? [] : [async (over: AbortSignal) => backups.run(over)]),
    async (over) => {
      // Where nobody else can lead, a door that opens is one that answers.
      if (embedded) await core.leads(over);
      if (over.aborted) return;
      const snapshots = { take, backups };
      const doors = await openDoors(
        config,
        { kept, core, heardUntil, snapshots, clusterId, log },
        closers,
      );
      address = config.advertise ?? doors.grpc;
      reachable = true;
      opened.wake();
      await manager.ready(`cluster ${clusterId}; ${address}`);
      await Promise.all([doors.access.run(over), doors.trust?.run(over)]);
    },
  ]);
  await manager.stopping();
  log.info({}, 'stopping; models run on');
}

function limitsOf({ lostAfter }: CoordinatorConfig): FleetLimits {
  // A node is suspect before it is lost, however short the operator made that.
  const suspectAfterMs = Math.min(fleetLimits.suspectAfterMs, Math.floor(lostAfter / 2));
  return { ...fleetLimits, lostAfterMs: lostAfter, suspectAfterMs };
}

main().catch((error: unknown) => {
  const { line, exitCode } = renderServiceEnd('tangram-coordinator', error);
  process.stderr.write(line);
  process.exitCode = exitCode;
});

#!/usr/bin/env -S node --max-semi-space-size=1 --optimize-for-size --no-opt --no-maglev --no-sparkplug
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../shared/platform/clock.ts';
import { renderServiceEnd } from '../shared/platform/command-line.ts';
import { errorCodes, isAppError } from '../shared/platform/errors.ts';
import { runTogether, shutdownSignal } from '../shared/platform/lifecycle.ts';
import { createLog, type Log } from '../shared/platform/log.ts';
import { serviceManager } from '../shared/platform/service-manager.ts';
import { packageVersion } from '../shared/platform/version.ts';
import { Wake } from '../shared/platform/wake.ts';
import { readAgentConfig, type AgentConfig } from './config.ts';
import type { LayoutKeeper } from './layout/layout-keeper.ts';
import type { AgentCore } from './reconcile/core.ts';
import { stopAllReplicas } from './replica-stop.ts';
import { simulateCards } from './simulate.ts';
import { openAgentStore } from './store/sqlite-store.ts';
import { createTelemetry, type TelemetryOptions } from './telemetry/create-telemetry.ts';
import { createCore } from './wiring/create-core.ts';
import { createHealth } from './wiring/create-health.ts';
import { createLayouts } from './wiring/create-layouts.ts';
import { createLink } from './wiring/create-link.ts';
import type { Kept } from './wiring/kept.ts';
import { openDoors, type Doors } from './wiring/open-doors.ts';
import { openDrivers, type Drivers } from './wiring/open-drivers.ts';

/** Longer than any tool is waited for, all of them together. */
const roundMsMax = 600_000;

interface Flags {
  readonly config: string;
  readonly simulate?: string;
}

function readFlags(argv: readonly string[]): Flags {
  const program = new Command('tangram-agent')
    .description('Runs models on the GPUs of this host and tells a coordinator what it sees.')
    .version(packageVersion)
    .requiredOption('--config <file>', 'YAML configuration')
    .option('--simulate <cards>', 'simulate cards instead of real ones: 2xA100-40GB,L40S')
    .addHelpText(
      'after',
      '\ntangram-agent join <address> --token <token> makes this host a node of a cluster; join --help says more.\n' +
        'Ends on SIGTERM or SIGINT; replicas and MPS daemons run on.\nExit codes: 0 ended as asked, 1 failure, 2 wrong usage or configuration.',
    )
    .exitOverride();
  program.parse([...argv], { from: 'user' });
  return program.opts<Flags>();
}

async function main(): Promise<void> {
  const [word, ...rest] = process.argv.slice(2);
  if (word === 'join') {
    const { runJoin } = await import('./join-command.ts');
    await runJoin(rest, (text) => void process.stdout.write(text));
    return;
  }
  const flags = readFlags(process.argv.slice(2));
  const signal = shutdownSignal();
  const read = readAgentConfig(flags.config);
  const config =
    flags.simulate === undefined ? read : await simulateCards(read, flags.simulate, signal);
  const log = createLog({ name: 'tangram-agent', level: config.log.level });
  const store = openAgentStore(join(config.stateDir, 'agent.db'));
  try {
    await runAgent(config, { log, store, configFile: resolve(flags.config) }, signal);
  } finally {
    store.close();
  }
}

/** `signal` ends a reading that somebody waits for. */
function telemetryOptions(
  config: AgentConfig,
  { host, nvidiaSmi, dcgmi, docker }: Drivers,
  log: Log,
  signal: AbortSignal,
): TelemetryOptions {
  return {
    host,
    nvidiaSmi,
    dcgmi,
    containers: docker === null ? null : (inner) => docker.containerNames(inner),
    clock: systemClock,
    random: Math.random,
    log,
    periodMs: config.telemetry.interval,
    detailsPeriodMs: config.telemetry.details,
    signal,
  };
}

async function runAgent(config: AgentConfig, kept: Kept, outer: AbortSignal): Promise<void> {
  const { log, store } = kept;
  const asked = new AbortController();
  const signal = AbortSignal.any([outer, asked.signal]);
  const drivers = await openDrivers(config, signal);
  const telemetry = createTelemetry(telemetryOptions(config, drivers, log, signal));
  const doors: Doors = { metricsAddress: null, closers: [() => drivers.docker?.close()] };
  const metricsAddress = (): string | null => doors.metricsAddress;
  const health = createHealth(config, kept, {
    drivers,
    telemetry,
    poke: () => core.poke(),
    restoreLayout: async (gpu, inner) => layouts?.restore(gpu, inner),
  });
  const core: AgentCore = createCore(config, kept, { drivers, telemetry, metricsAddress, health });
  const layouts: LayoutKeeper | null = createLayouts(config, {
    clock: systemClock,
    log,
    store,
    tool: drivers.nvidiaSmi,
    core,
    handles: telemetry.handles,
  });
  const link = createLink(config, kept, core, telemetry.sampler);
  const loop = stoppable(core);
  try {
    await openDoors(config, doors, {
      ...telemetry,
      usage: telemetry.follow(core),
      mps: drivers.mps,
      node: config.node,
      version: packageVersion,
      configFile: kept.configFile,
      nvidiaSmiCommand: config.nvidiaSmi.enabled ? config.nvidiaSmi.command : [],
      core,
      health,
      layouts,
      link: link === null ? null : () => link.view(),
      shutdown: async (stopReplicas) => {
        log.info({ stopReplicas }, 'asked to end');
        await loop.stop(outer);
        const options = { store, clock: systemClock, graceMs: config.stopGrace, log };
        const stopped = stopReplicas ? await stopAllReplicas(drivers.runtimes, options, outer) : 0;
        asked.abort(new Error('asked to end'));
        return stopped;
      },
      onError: (err) => {
        // A mistyped name is the caller's to read, not the operator's.
        const theirs = isAppError(err) && errorCodes[err.code].actor === 'caller';
        log[theirs ? 'debug' : 'warn']({ err }, 'a local call failed');
      },
      log,
    });
    const manager = serviceManager(process.env, { clock: systemClock });
    await manager.ready(`node ${config.node}; agentctl on ${config.socket}`);
    await runTogether(signal, [
      (inner) => loop.run(inner),
      (inner) => manager.watch(() => roundsGoOn(core), inner),
      ...telemetry.loops,
      (inner) => health.run(inner),
      ...(layouts === null ? [] : [(inner: AbortSignal) => layouts.run(inner)]),
      ...(link === null ? [] : [(inner: AbortSignal) => link.run(inner)]),
    ]);
    await manager.stopping();
    log.info('the agent ends');
  } finally {
    for (const close of doors.closers.reverse()) await close();
  }
}

/** A round waits for the host's tools, which have their limits; one that is never over is a fault of ours. */
function roundsGoOn(core: AgentCore): boolean {
  const last = core.lastRound();
  return last === null || systemClock.wallMs() - last.startedAtMs - last.durationMs < roundMsMax;
}

/** The core's loop, with a way to end it before the rest of the agent: nothing restarts what is being stopped. */
function stoppable(core: AgentCore) {
  const halt = new AbortController();
  const ended = new Wake();
  return {
    run: async (signal: AbortSignal): Promise<void> => {
      try {
        await core.run(AbortSignal.any([signal, halt.signal]));
      } finally {
        ended.wake();
      }
      // Halted alone: whoever asked for it ends the others when its own work is done.
      if (halt.signal.aborted) await new Wake().wait(signal);
    },
    stop: async (signal: AbortSignal): Promise<void> => {
      halt.abort(new Error('asked to end'));
      await ended.wait(signal);
    },
  };
}

main().catch((error: unknown) => {
  const { line, exitCode } = renderServiceEnd('tangram-agent', error);
  process.stderr.write(line);
  process.exitCode = exitCode;
});

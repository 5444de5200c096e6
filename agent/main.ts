#!/usr/bin/env -S node --max-semi-space-size=1 --optimize-for-size --interrupt-budget=20000000 --no-sparkplug
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { GpuUuid } from '../shared/domain/ids.ts';
import { renderServiceEnd } from '../shared/platform/command-line.ts';
import { systemClock } from '../shared/platform/clock.ts';
import { errorCodes, isAppError } from '../shared/platform/errors.ts';
import { runTogether, shutdownSignal } from '../shared/platform/lifecycle.ts';
import { createLog, type Log } from '../shared/platform/log.ts';
import { Wake } from '../shared/platform/wake.ts';
import {
  agentService,
  createLinkClient,
  healthService,
  layoutService,
  localService,
  mpsService,
} from '../shared/wire/services.ts';
import { closeAgentSocket, openAgentSocket } from './api/server.ts';
import { healthServiceHandlers } from './api/health-service.ts';
import { layoutServiceHandlers, type LayoutServiceDeps } from './api/layout-service.ts';
import { localServiceHandlers } from './api/local-service.ts';
import { mpsServiceHandlers, type MpsServiceDeps } from './api/mps-service.ts';
import { agentServiceHandlers, type AgentServiceDeps } from './api/service.ts';
import { readAgentConfig, type AgentConfig } from './config.ts';
import { createCdiRefresh, createLayouts } from './create-layouts.ts';
import type { DockerRuntime } from './drivers/docker/docker-runtime.ts';
import { createDcgmi } from './drivers/dcgm/create-dcgmi.ts';
import { createHost } from './drivers/host/create-host.ts';
import { openKernelLog } from './drivers/kernel-log/open-kernel-log.ts';
import { createMpsControl } from './drivers/mps/create-mps-control.ts';
import { createNvidiaSmi } from './drivers/nvidia-smi/create-nvidia-smi.ts';
import { createProcessRuntime } from './drivers/runtime/process-runtime.ts';
import type { Runtime } from './drivers/runtime/runtime.ts';
import { createCardActions } from './health/card-actions.ts';
import { HealthKeeper } from './health/keeper.ts';
import { readingsByCard } from './health/readings.ts';
import { httpGet } from './http-get.ts';
import { renderDcgmPage } from './http/dcgm-page.ts';
import { checkHealth } from './http/health.ts';
import { createMetricsPage, type MetricsDeps } from './http/metrics.ts';
import { createHttpServer, listenHttp } from './http/server.ts';
import type { LayoutKeeper } from './layout/layout-keeper.ts';
import { CoordinatorLink } from './link/link.ts';
import { writeReadyFile } from '../shared/platform/ready-file.ts';
import { createAgentCore, type AgentCore } from './reconcile/core.ts';

import { stopAllReplicas } from './replica-stop.ts';
import { simulateCards } from './simulate.ts';
import type { AgentStore } from './store/agent-store.ts';
import { openAgentStore } from './store/sqlite-store.ts';
import {
  createTelemetry,
  type Telemetry,
  type TelemetryOptions,
} from './telemetry/create-telemetry.ts';
import type { GpuSampler } from './telemetry/sampler.ts';
import { packageVersion } from '../shared/platform/version.ts';

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
      '\nEnds on SIGTERM or SIGINT; replicas and MPS daemons run on.\nExit codes: 0 ended as asked, 1 failure, 2 wrong usage or configuration.',
    )
    .exitOverride();
  program.parse([...argv], { from: 'user' });
  return program.opts<Flags>();
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2));
  const signal = shutdownSignal();
  const read = readAgentConfig(flags.config);
  const config =
    flags.simulate === undefined ? read : await simulateCards(read, flags.simulate, signal);
  const log = createLog({ name: 'tangram-agent', level: config.log.level });
  const store = openAgentStore(join(config.stateDir, 'agent.db'));
  try {
    await runAgent(config, { log, store }, signal);
  } finally {
    store.close();
  }
}

interface Kept {
  readonly log: Log;
  readonly store: AgentStore;
}

async function createDrivers(config: AgentConfig, signal: AbortSignal) {
  const { nvidiaSmi, dcgm, mps, docker, gpu, node, stateDir } = config;
  let dockerRuntime: DockerRuntime | null = null;
  if (docker.enabled) {
    // Loaded here: a host without Docker does not keep its client in memory.
    const { createDockerRuntime } = await import('./drivers/docker/docker-runtime.ts');
    dockerRuntime = createDockerRuntime({
      node,
      handout: gpu.handout,
      socketPath: docker.socket,
      stopGraceMs: config.stopGrace,
      mpsShmDirectory: mps.shm === 'host' ? '/dev/shm' : null,
    });
  }
  const runtimes: Runtime[] = dockerRuntime === null ? [] : [dockerRuntime];
  if (config.processRuntime) runtimes.push(createProcessRuntime({ stateDirectory: stateDir }));
  return {
    host: createHost(),
    nvidiaSmi: nvidiaSmi.enabled
      ? createNvidiaSmi({ command: nvidiaSmi.command, queryTimeoutMs: nvidiaSmi.timeout })
      : null,
    dcgmi: dcgm.enabled && nvidiaSmi.enabled ? createDcgmi({ command: dcgm.command }) : null,
    mps:
      mps.enabled && nvidiaSmi.enabled
        ? createMpsControl({
            controlCommand: mps.controlCommand,
            directory: mps.dir,
            multiUser: mps.multiUser,
          })
        : null,
    runtimes,
    docker: dockerRuntime,
    kernelLog: nvidiaSmi.enabled ? await openKernelLog(config.health.kernelLog, signal) : null,
  };
}

type Drivers = Awaited<ReturnType<typeof createDrivers>>;

/** `signal` ends a reading that somebody waits for. */
function telemetryOptions(
  config: AgentConfig,
  { host, nvidiaSmi, dcgmi }: Drivers,
  log: Log,
  signal: AbortSignal,
): TelemetryOptions {
  return {
    host,
    nvidiaSmi,
    dcgmi,
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
  const drivers = await createDrivers(config, signal);
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
    await runTogether(signal, [
      (inner) => loop.run(inner),
      ...telemetry.loops,
      (inner) => health.run(inner),
      ...(layouts === null ? [] : [(inner: AbortSignal) => layouts.run(inner)]),
      ...(link === null ? [] : [(inner: AbortSignal) => link.run(inner)]),
    ]);
    log.info('the agent ends');
  } finally {
    for (const close of doors.closers.reverse()) await close();
  }
}

/** What is open now; closed in the reverse order. */
interface Doors {
  metricsAddress: string | null;
  readonly closers: (() => Promise<void> | void)[];
}

async function openDoors(
  config: AgentConfig,
  doors: Doors,
  about: AgentServiceDeps &
    MetricsDeps &
    MpsServiceDeps &
    LayoutServiceDeps & { readonly health: HealthKeeper; readonly log: Log },
): Promise<void> {
  const { core, sampler, usage, log } = about;
  const http = createHttpServer({
    metrics: createMetricsPage(about),
    dcgmPage: async () => renderDcgmPage((await usage?.read()) ?? null, hostname()),
    health: () => checkHealth({ core, clock: systemClock, sampler }),
    sampler,
    log,
  });
  doors.closers.push(() => http.close());
  const metricsAddress = await listenHttp(http, config.http);
  doors.metricsAddress = metricsAddress;
  const { node, socket, readyFile, authority } = config;
  const server = await openAgentSocket(socket, [
    [agentService, { ...agentServiceHandlers(about) }],
    [healthService, { ...healthServiceHandlers({ ...about, clock: systemClock }) }],
    [layoutService, { ...layoutServiceHandlers(about) }],
    [mpsService, { ...mpsServiceHandlers(about) }],
    [
      localService,
      { ...localServiceHandlers({ ...about, coordinator: config.coordinator?.text ?? null }) },
    ],
  ]);
  doors.closers.push(() => closeAgentSocket(server, socket));
  if (readyFile !== undefined) {
    const metrics = `http://${metricsAddress}/metrics`;
    doors.closers.push(writeReadyFile(readyFile, { node, metrics, socket }));
  }
  log.info({ node, metricsAddress, socket, authority }, 'the agent is up');
}

interface Around {
  readonly drivers: Drivers;
  readonly telemetry: Telemetry;
  readonly metricsAddress: () => string | null;
  readonly health: HealthKeeper;
}

function createHealth(
  config: AgentConfig,
  { log, store }: Kept,
  around: Pick<Around, 'drivers' | 'telemetry'> & {
    readonly poke: () => void;
    readonly restoreLayout: (gpu: GpuUuid, signal: AbortSignal) => Promise<void>;
  },
): HealthKeeper {
  const { drivers, telemetry, poke, restoreLayout } = around;
  const { nvidiaSmi, mps, kernelLog } = drivers;
  const { details, handles } = telemetry;
  if (kernelLog === null && nvidiaSmi !== null) {
    log.warn('no kernel log may be read here: Xids are not seen');
  }
  return new HealthKeeper({
    clock: systemClock,
    log,
    store,
    policy: config.health,
    kernelLog,
    readings: () => readingsByCard(details?.latest() ?? null, systemClock.wallMs()),
    actions: createCardActions({
      store,
      nvidiaSmi,
      mps,
      cardHandles: handles,
      restoreLayout,
    }),
    lookAgain: () => {
      poke();
      details?.poke();
    },
  });
}

function createCore(config: AgentConfig, { log, store }: Kept, around: Around): AgentCore {
  const { drivers, telemetry, metricsAddress, health } = around;
  return createAgentCore({
    config: {
      node: config.node,
      agentVersion: packageVersion,
      labels: config.labels,
      handout: config.gpu.handout,
      metricsAddress,
      authority: config.authority,
      authorityByGpu: config.gpuAuthority,
      runtime: config.runtime,
      processRuntime: config.processRuntime,
      stopGraceMs: config.stopGrace,
      mpsComputeMode: config.mps.computeMode,
    },
    clock: systemClock,
    random: Math.random,
    log,
    store,
    host: drivers.host,
    nvidiaSmi: drivers.nvidiaSmi,
    mps: drivers.mps,
    runtimes: drivers.runtimes,
    httpGet,
    cardHandles: telemetry.handles,
    afterCut: createCdiRefresh(config),
    health,
  });
}

function createLink(
  config: AgentConfig,
  { log, store }: Kept,
  core: AgentCore,
  samples: GpuSampler | null,
): CoordinatorLink | null {
  const address = config.coordinator?.text;
  if (address === undefined) return null;
  return new CoordinatorLink({
    address,
    node: config.node,
    core,
    clock: systemClock,
    random: Math.random,
    log,
    connect: () => createLinkClient(address),
    capabilities: [
      ...can('mig', config.nvidiaSmi.enabled),
      ...can('mps', config.nvidiaSmi.enabled && config.mps.enabled),
      ...can('docker', config.docker.enabled),
      ...can('process', config.processRuntime),
      'logs',
    ],
    recordEvent: (kind, subject, message) => {
      try {
        store.appendEvent({ atMs: systemClock.wallMs(), kind, subject, message });
      } catch (err) {
        log.error({ err, kind }, 'cannot keep an event');
      }
    },
    samples,
  });
}

/** One word of the hello, if this node can do it. */
function can(word: string, able: boolean): string[] {
  return able ? [word] : [];
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

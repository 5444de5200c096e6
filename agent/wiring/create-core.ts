import { allocationMarker } from '../../shared/domain/allocation.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { packageVersion } from '../../shared/platform/version.ts';
import type { AgentConfig } from '../config.ts';
import { findMarked } from '../drivers/process/marked-processes.ts';
import type { HealthKeeper } from '../health/keeper.ts';
import { httpGet } from '../http-get.ts';
import { createAgentCore, type AgentCore } from '../reconcile/core.ts';
import type { Telemetry } from '../telemetry/create-telemetry.ts';
import { createCdiRefresh } from './create-layouts.ts';
import type { Kept } from './kept.ts';
import type { Drivers } from './open-drivers.ts';

export interface CoreParts {
  readonly drivers: Drivers;
  readonly telemetry: Telemetry;
  readonly metricsAddress: () => string | null;
  readonly health: HealthKeeper;
}

/** The reconcile loop on this node's drivers. */
export function createCore(
  config: AgentConfig,
  { log, store }: Kept,
  around: CoreParts,
): AgentCore {
  const { drivers, telemetry, metricsAddress, health } = around;
  const { docker } = drivers;
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
      policy: config.policy,
      stopGraceMs: config.stopGrace,
      mpsComputeMode: config.mps.computeMode,
      mpsShmDirectory: drivers.mpsShmDirectory,
    },
    clock: systemClock,
    random: Math.random,
    log,
    store,
    host: drivers.host,
    nvidiaSmi: drivers.nvidiaSmi,
    mps: drivers.mps,
    runtimes: drivers.runtimes,
    findMarked: (signal) => findMarked(allocationMarker, signal),
    images: docker === null ? null : (signal) => docker.imageNames(signal),
    httpGet,
    cardHandles: telemetry.handles,
    quietMs: telemetry.quietMs,
    afterCut: createCdiRefresh(config),
    health,
  });
}

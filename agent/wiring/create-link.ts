import { systemClock } from '../../shared/platform/clock.ts';
import { createLinkClient } from '../../shared/wire/services.ts';
import type { AgentConfig } from '../config.ts';
import { CoordinatorLinks } from '../link/links.ts';
import type { AgentCore } from '../reconcile/core.ts';
import type { GpuSampler } from '../telemetry/sampler.ts';
import type { Kept } from './kept.ts';

/** The lines to all coordinators; null: this node works alone. */
export function createLink(
  config: AgentConfig,
  { log, store }: Kept,
  core: AgentCore,
  samples: GpuSampler | null,
): CoordinatorLinks | null {
  if (config.coordinator.length === 0) return null;
  const shared = {
    node: config.node,
    core,
    clock: systemClock,
    random: Math.random,
    log,
    capabilities: [
      ...can('mig', config.nvidiaSmi.enabled),
      ...can('mps', config.nvidiaSmi.enabled && config.mps.enabled),
      ...can('docker', config.docker.enabled),
      ...can('process', config.policy.processRuntime === 'allow'),
      'logs',
    ],
    recordEvent: (kind: string, subject: string, message: string) => {
      try {
        store.appendEvent({ atMs: systemClock.wallMs(), kind, subject, message });
      } catch (err) {
        log.error({ err, kind }, 'cannot keep an event');
      }
    },
    samples,
  };
  return new CoordinatorLinks(
    config.coordinator.map(({ text: address }) => ({
      ...shared,
      address,
      connect: () => createLinkClient(address),
    })),
  );
}

/** One word of the hello, if this node can do it. */
function can(word: string, able: boolean): string[] {
  return able ? [word] : [];
}

import { systemClock } from '../../shared/platform/clock.ts';
import { createLinkClient } from '../../shared/wire/services.ts';
import type { AgentConfig } from '../config.ts';
import { CoordinatorLink } from '../link/link.ts';
import type { AgentCore } from '../reconcile/core.ts';
import type { GpuSampler } from '../telemetry/sampler.ts';
import type { Kept } from './kept.ts';

/** The line to the coordinator; null: this node works alone. */
export function createLink(
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
      ...can('process', config.policy.processRuntime === 'allow'),
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

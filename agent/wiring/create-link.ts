import { systemClock } from '../../shared/platform/clock.ts';
import { createLinkClient } from '../../shared/wire/services.ts';
import type { AgentConfig } from '../config.ts';
import type { LinkView } from '../link/link-view.ts';
import { CoordinatorLinks } from '../link/links.ts';
import type { AgentCore } from '../reconcile/core.ts';
import type { GpuSampler } from '../telemetry/sampler.ts';
import { createIdentity } from './create-identity.ts';
import type { Kept } from './kept.ts';

export interface Link {
  view(): LinkView;
  /** Connects, and connects again, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** The lines to all coordinators; null: this node works alone. */
export function createLink(
  config: AgentConfig,
  kept: Kept,
  core: AgentCore,
  samples: GpuSampler | null,
): Link | null {
  if (config.coordinator.length === 0) return null;
  const { log, store } = kept;
  const identity = config.tls === 'on' ? createIdentity(config, kept) : null;
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
      'pings',
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
  const links = new CoordinatorLinks(
    config.coordinator.map(({ text: address }) => ({
      ...shared,
      address,
      connect: () => createLinkClient(address, identity?.channel()),
      onTrust: (trust) => identity?.trusts(trust),
    })),
  );
  if (identity === null) return links;
  return {
    view: () => links.view(),
    run: async (signal) => {
      await Promise.all([
        identity.run(signal),
        identity.joined(signal).then(async () => links.run(signal)),
      ]);
    },
  };
}

/** One word of the hello, if this node can do it. */
function can(word: string, able: boolean): string[] {
  return able ? [word] : [];
}

import { systemClock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { AgentConfig } from '../config.ts';
import { IdentityFiles } from '../identity/identity-files.ts';
import { NodeIdentity } from '../identity/node-identity.ts';
import { askRenewal } from '../link/identity-calls.ts';
import type { Kept } from './kept.ts';

/** Who this node is to its coordinators. */
export function createIdentity(config: AgentConfig, { log, store }: Kept): NodeIdentity {
  return new NodeIdentity({
    files: new IdentityFiles(config.stateDir),
    node: config.node,
    renew: async (channel, key) => {
      const failures: unknown[] = [];
      for (const { text } of config.coordinator) {
        try {
          return await askRenewal(text, channel, key);
        } catch (error) {
          failures.push(error);
        }
      }
      // What the first one said is told: it is the one that people look at.
      throw failures[0] ?? new AppError('NOT_JOINED', 'no coordinator is configured');
    },
    clock: systemClock,
    random: Math.random,
    log,
    recordEvent: (kind, subject, message) => {
      try {
        store.appendEvent({ atMs: systemClock.wallMs(), kind, subject, message });
      } catch (err) {
        log.error({ err, kind }, 'cannot keep an event');
      }
    },
  });
}

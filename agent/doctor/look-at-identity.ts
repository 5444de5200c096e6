import { AppError } from '../../shared/platform/errors.ts';
import type { AgentConfig } from '../config.ts';
import { IdentityFiles } from '../identity/identity-files.ts';
import { told } from './ask-tools.ts';
import type { Told } from './evidence.ts';

/** With what this node proves who it is, for people; null: nobody asks. `nowMs`: wall clock. */
export async function lookAtIdentity(
  { coordinator, tls, stateDir }: Pick<AgentConfig, 'coordinator' | 'tls' | 'stateDir'>,
  nowMs: number,
): Promise<Told<string> | null> {
  if (tls === 'off' || coordinator.length === 0) return null;
  return told(async () => {
    const held = new IdentityFiles(stateDir).read();
    if (held === null) throw new AppError('NOT_JOINED', 'this host has not joined a cluster');
    const { identity, notAfterMs } = held.facts;
    const until = new Date(notAfterMs).toISOString();
    if (notAfterMs > nowMs) return `certificate of ${identity.name}, good until ${until}`;
    throw new AppError(
      'NOT_JOINED',
      `the certificate of ${identity.name} expired at ${until}: the agent was off, or cut off, for longer than it lasted`,
    );
  });
}

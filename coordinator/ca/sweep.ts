import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { Store, StoreEntry } from '../store/store.ts';
import { decodeValue } from '../store/values.ts';
import { nodeLifeMsMax } from './enrol.ts';
import { joinedCodec, pkiKeys, revocationCodec } from './records.ts';
import { userLifeMs } from './user-certificate.ts';

export interface SweepDeps {
  readonly store: Store;
  readonly clock: Clock;
}

const everyMs = 3_600_000;
/** Clocks of coordinators and nodes may differ, and dates of certificates are backdated. */
const marginMs = 86_400_000;
/** A transaction has a limit; what is left is the next one's. */
const perSweepMax = 50;
const listedMax = 10_000;

/**
 * Takes away what speaks of certificates that have all expired: revocations, and the newest certificates of nodes that
 * are gone or must join anew. Answers how many records went; as many as the limit: there may be more.
 */
export async function sweepExpired({ store, clock }: SweepDeps): Promise<number> {
  const beforeMs = clock.wallMs() - marginMs;
  const revoked = await store.list(pkiKeys.allRevoked, { limit: listedMax });
  const joined = await store.list(pkiKeys.allJoined, { limit: listedMax });
  const over = [
    ...revoked.entries.filter((entry) => lastRevokedMs(entry) < beforeMs),
    ...joined.entries.filter((entry) => expiresMs(entry) < beforeMs),
  ].slice(0, perSweepMax);
  if (over.length === 0) return 0;
  // Whoever joins, renews or is revoked in this moment has written it anew: then all of it waits for the next time.
  const { ok } = await store.txn({
    if: over.map(({ key, modRevision }) => ({ key, target: 'mod', equals: modRevision })),
    do: over.map(({ key }) => ({ op: 'delete', key })),
  });
  return ok ? over.length : 0;
}

/** Now and then, until `signal` aborts. Every coordinator may: what one takes away the others do not find. */
export async function keepSwept(deps: SweepDeps & { readonly log: Log }, signal: AbortSignal) {
  const { clock, log } = deps;
  while (!signal.aborted) {
    try {
      const swept = await sweepExpired(deps);
      if (swept > 0) log.info({ swept }, 'forgot records of certificates that have expired');
      if (swept === perSweepMax) continue;
    } catch (error) {
      log.warn({ err: errorChain(error) }, 'cannot forget records of certificates');
    }
    await clock.sleep(everyMs, signal).catch(() => undefined);
  }
}

/** When the last certificate ends that it speaks of. */
function lastRevokedMs({ key, value }: StoreEntry): number {
  const ofNode = key.startsWith(pkiKeys.revoked('agent/'));
  const lifeMs = ofNode ? nodeLifeMsMax : userLifeMs;
  return decodeValue(revocationCodec, key, value).atMs + lifeMs;
}

function expiresMs({ key, value }: StoreEntry): number {
  return decodeValue(joinedCodec, key, value).notAfterMs;
}

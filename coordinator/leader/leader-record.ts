import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { Leadership, Store } from '../store/store.ts';
import {
  decodeValue,
  encodeValue,
  leaderCodec,
  storeKeys,
  type LeaderRecord,
} from '../store/values.ts';

const retryMs = 1_000;

/** Says in the store where the leader of `term` is found. Throws NOT_LEADER. */
export async function writeLeader(
  store: Store,
  term: Leadership,
  about: Pick<LeaderRecord, 'holder' | 'address'>,
): Promise<void> {
  const record: LeaderRecord = { epoch: Number(term.epoch), ...about };
  const value = encodeValue(leaderCodec, record);
  await store.fenced(term).txn({ if: [], do: [{ op: 'put', key: storeKeys.leader, value }] });
}

/**
 * Tells of every leader that makes itself known, the present one first, until `signal` aborts. A store that does not
 * answer is asked again: what was told last stays true as far as anybody knows.
 */
export async function followLeader(
  deps: { readonly store: Store; readonly clock: Clock; readonly log: Log },
  tell: (leader: LeaderRecord) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await follow(deps.store, tell, signal);
    } catch (error) {
      if (signal.aborted) return;
      deps.log.warn({ err: errorChain(error) }, 'cannot see who leads');
    }
    await deps.clock.sleep(retryMs, signal).catch(() => undefined);
  }
}

async function follow(
  store: Store,
  tell: (leader: LeaderRecord) => void,
  signal: AbortSignal,
): Promise<void> {
  const { entries, revision } = await store.list(storeKeys.leader);
  const now = entries.find((entry) => entry.key === storeKeys.leader);
  if (now !== undefined) tell(readLeader(now.value));
  for await (const { events } of store.watch(storeKeys.leader, revision + 1n, signal)) {
    for (const event of events) if (event.kind === 'put') tell(readLeader(event.entry.value));
  }
}

function readLeader(value: Uint8Array): LeaderRecord {
  return decodeValue(leaderCodec, storeKeys.leader, value);
}

import { leadershipPrefix, storeLimits, type Store } from '../store/store.ts';
import { writeSnapshot, type SnapshotEntry, type SnapshotHeader } from './snapshot-format.ts';

/** Entries that are read at once. */
const pageEntries = 1_000;

/**
 * Everything that must survive, as it was at one revision, while the coordinator goes on. Terms of office are left out:
 * who leads is decided anew. Throws STORE_COMPACTED when taking it lasts longer than revisions are kept.
 */
export async function* takeSnapshot(
  store: Store,
  about: Omit<SnapshotHeader, 'revision'>,
): AsyncIterable<string> {
  const { revision } = await store.list('', { limit: 1 });
  yield* writeSnapshot({ ...about, revision: String(revision) }, entriesAt(store, revision));
}

async function* entriesAt(store: Store, revision: bigint): AsyncIterable<SnapshotEntry> {
  const limit = Math.min(pageEntries, storeLimits.listLimitMax);
  let after = '';
  for (;;) {
    const { entries } = await store.list('', { revision, limit, after });
    for (const { key, value } of entries) {
      if (!key.startsWith(leadershipPrefix)) yield { key, value };
    }
    const last = entries.at(-1);
    if (last === undefined || entries.length < limit) return;
    after = last.key;
  }
}

import { AppError } from '../../shared/platform/errors.ts';
import { leadershipPrefix, storeLimits, type Store, type StoreOp } from '../store/store.ts';
import { beginLineage, epochAfterLoss } from '../store/lineage.ts';
import { storeKeys } from '../store/values.ts';
import { readSnapshot, type SnapshotEntry, type SnapshotHeader } from './snapshot-format.ts';

/** Leaves room for the keys and for the store's own words. */
const bytesAtOnce = storeLimits.txnBytesMax / 2;

export interface Restored {
  readonly header: SnapshotHeader;
  readonly entries: number;
}

/**
 * Fills an empty store with a snapshot. The cluster's own record is written last, so that a restore that was interrupted is
 * never taken for a cluster. Its terms begin above all that were led since the snapshot was taken, as far as the clock,
 * `wallMs`, can tell.
 * `lines` is read twice: nothing is written before the whole snapshot was found to be sound.
 * Throws SNAPSHOT_INVALID, and STORE_NOT_EMPTY for a store that holds anything.
 */
export async function restoreSnapshot(
  store: Store,
  lines: () => AsyncIterable<string>,
  wallMs: number,
): Promise<Restored> {
  await checkEmpty(store);
  const cluster = await check(lines());
  const term = await store.lead('coordinator', {
    holder: 'restore',
    above: BigInt(cluster.header.epoch),
  });
  const fenced = store.fenced(term);
  let [ops, bytes]: [StoreOp[], number] = [[], 0];
  const flush = async (): Promise<void> => {
    if (ops.length > 0) await fenced.txn({ if: [], do: ops });
    [ops, bytes] = [[], 0];
  };
  for await (const { entry } of readSnapshot(lines())) {
    if (entry === null || entry.key === storeKeys.cluster) continue;
    if (entry.key === storeKeys.lineage) continue;
    const size = entry.key.length + entry.value.byteLength;
    if (ops.length >= storeLimits.txnOpsMax || bytes + size > bytesAtOnce) await flush();
    ops.push({ op: 'put', ...entry });
    bytes += size;
  }
  await flush();
  const { key, value } = cluster.record;
  const firstEpoch = epochAfterLoss(wallMs, Number(term.epoch) + 1);
  await fenced.txn({
    if: [{ key, target: 'mod', equals: 0n }],
    do: [{ op: 'put', key, value }, beginLineage({ firstEpoch, sinceMs: wallMs })],
  });
  return { header: cluster.header, entries: cluster.entries };
}

async function checkEmpty(store: Store): Promise<void> {
  const { entries } = await store.list('', { limit: 16 });
  const found = entries.find(({ key }) => !key.startsWith(leadershipPrefix));
  if (found === undefined) return;
  const interrupted = (await store.get(storeKeys.cluster)) === null;
  throw new AppError(
    'STORE_NOT_EMPTY',
    interrupted
      ? 'the store holds part of a restore that was interrupted'
      : 'the store holds a cluster already',
    { hint: 'a snapshot is restored into an empty store only: move this one away first' },
  );
}

async function check(
  lines: AsyncIterable<string>,
): Promise<Restored & { readonly record: SnapshotEntry }> {
  let header: SnapshotHeader | null = null;
  let record: SnapshotEntry | null = null;
  let entries = 0;
  for await (const read of readSnapshot(lines)) {
    header = read.header;
    if (read.entry === null) continue;
    entries += 1;
    if (read.entry.key.startsWith(leadershipPrefix)) {
      throw new AppError('SNAPSHOT_INVALID', `the snapshot holds the term ${read.entry.key}`);
    }
    if (read.entry.key === storeKeys.cluster) record = read.entry;
  }
  if (header === null || record === null) {
    throw new AppError('SNAPSHOT_INVALID', 'the snapshot holds no cluster', {
      hint: 'it was taken before the first coordinator had set up its store',
    });
  }
  return { header, record, entries };
}

import type { Store, StoreOp } from './store.ts';
import { decodeValue, encodeValue, lineageCodec, storeKeys, type LineageRecord } from './values.ts';

/** Of a store that follows no other. */
export const firstLineage: LineageRecord = { firstEpoch: 0, sinceMs: 0 };

export async function lineageOf(store: Store): Promise<LineageRecord> {
  const entry = await store.get(storeKeys.lineage);
  if (entry === null) return firstLineage;
  return decodeValue(lineageCodec, storeKeys.lineage, entry.value);
}

export function beginLineage(lineage: LineageRecord): StoreOp {
  return { op: 'put', key: storeKeys.lineage, value: encodeValue(lineageCodec, lineage) };
}

/**
 * For a store that follows one that is lost, with the count of its terms: the seconds of the clock stand for it. They are above
 * any count, also of a store that had followed another in the same way. Should the clock be wrong, the first agent that has
 * seen more says so.
 */
export function epochAfterLoss(wallMs: number, least: number): number {
  return Math.max(least, Math.floor(wallMs / 1_000));
}

import type { Revision, StoreEntry, StoreEvent, WatchBatch } from './store.ts';

/** One change of one key, as a store's event log keeps it. */
export interface HistoryRow {
  readonly revision: Revision;
  readonly key: string;
  /** null: deleted. */
  readonly entry: StoreEntry | null;
}

/** Groups rows (in order of revision) by transaction; one that touched nothing under `prefix` has no events. */
export function batchesOf(rows: readonly HistoryRow[], prefix: string): readonly WatchBatch[] {
  const batches: { revision: Revision; events: StoreEvent[] }[] = [];
  for (const row of rows) {
    let last = batches.at(-1);
    if (last?.revision !== row.revision) {
      last = { revision: row.revision, events: [] };
      batches.push(last);
    }
    if (!row.key.startsWith(prefix)) continue;
    last.events.push(
      row.entry === null ? { kind: 'delete', key: row.key } : { kind: 'put', entry: row.entry },
    );
  }
  return batches;
}

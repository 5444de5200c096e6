import { fencedStore } from '../../../../coordinator/store/txn-check.ts';
import type {
  Compare,
  Revision,
  Store,
  StoreEntry,
  Txn,
} from '../../../../coordinator/store/store.ts';

/**
 * `store` with its revisions counted from `first`, which becomes 1: a key space of its own inside a store that has counted
 * before answers exactly as a new store does.
 */
export function rebasedStore(store: Store, first: Revision): Store {
  const base = first - 1n;
  // What never was is not moved: the store's own answer to it is what is looked at.
  const up = (revision: Revision): Revision => (revision < 1n ? revision : revision + base);
  const down = (revision: Revision): Revision => revision - base;
  const upCompare = (compare: Compare): Compare =>
    compare.target === 'version' ? compare : { ...compare, equals: up(compare.equals) };
  const upOptions = <T extends { readonly revision?: Revision }>(options: T): T =>
    options.revision === undefined ? options : { ...options, revision: up(options.revision) };
  const downEntry = (entry: StoreEntry): StoreEntry => ({
    ...entry,
    createRevision: down(entry.createRevision),
    modRevision: down(entry.modRevision),
  });
  const rebased: Store = {
    get: async (key, options = {}) => {
      const entry = await store.get(key, upOptions(options));
      return entry === null ? null : downEntry(entry);
    },
    list: async (prefix, options = {}) => {
      const { entries, revision } = await store.list(prefix, upOptions(options));
      return { entries: entries.map(downEntry), revision: down(revision) };
    },
    txn: async (txn: Txn) => {
      const fence = txn.fence === undefined ? {} : { fence: upCompare(txn.fence) };
      const { ok, revision } = await store.txn({ ...txn, if: txn.if.map(upCompare), ...fence });
      return { ok, revision: down(revision) };
    },
    watch: async function* (prefix, from, signal) {
      for await (const batch of store.watch(prefix, (from < 2n ? 2n : from) + base, signal)) {
        const events = batch.events.map((event) =>
          event.kind === 'put' ? { ...event, entry: downEntry(event.entry) } : event,
        );
        yield { revision: down(batch.revision), events };
      }
    },
    compact: async (revision) => store.compact(up(revision)),
    lead: async (name, options) => {
      const term = await store.lead(name, options);
      return { ...term, fence: { ...term.fence, equals: down(term.fence.equals) } };
    },
    fenced: (leadership) => fencedStore(rebased, leadership),
    close: async () => store.close(),
  };
  return rebased;
}

import { openSqliteStore } from '../../../coordinator/store/sqlite-store.ts';
import type { Store } from '../../../coordinator/store/store.ts';
import { errorChain } from '../../../shared/platform/errors.ts';

/** The writer keeps so many. */
const kept = 100;

/** What is wrong with a store that store-writer.mjs wrote; null: all that was acknowledged is there, and nothing by half. */
export async function faultOf(path: string, acked: number): Promise<string | null> {
  let store: Store | null = null;
  try {
    store = openSqliteStore(path);
    return await faultIn(store, acked);
  } catch (error) {
    return errorChain(error);
  } finally {
    await store?.close();
  }
}

async function faultIn(store: Store, acked: number): Promise<string | null> {
  const numberIn = (value: Uint8Array | undefined): number =>
    Number.parseInt(new TextDecoder().decode(value), 10) || 0;
  const last = numberIn((await store.get('last'))?.value);
  if (last < acked) return `write ${acked} was acknowledged, the last that is there is ${last}`;
  const { entries } = await store.list('n/');
  const found = entries.map((entry) => Number(entry.key.slice(2))).toSorted((a, b) => a - b);
  const least = Math.max(1, last - kept + 1);
  const wanted = Array.from({ length: last === 0 ? 0 : last - least + 1 }, (_, at) => least + at);
  if (found.join() !== wanted.join()) {
    return `after write ${last} there are ${found.length} of ${wanted.length} entries: a transaction by half`;
  }
  const wrong = entries.find((entry) => numberIn(entry.value) !== Number(entry.key.slice(2)));
  return wrong === undefined ? null : `${wrong.key} holds another value`;
}

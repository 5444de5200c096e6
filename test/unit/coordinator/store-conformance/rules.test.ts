import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import { openSqliteStore } from '../../../../coordinator/store/sqlite-store.ts';
import { describeStoreRules } from './rules-suite.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describeStoreRules('memory', async () => new MemoryStore());
describeStoreRules('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tangram-store-'));
  folders.push(folder);
  return openSqliteStore(join(folder, 'store.sqlite'));
});

test('an unknown outcome is an error of its own, whether the write was done or not', async () => {
  let fault: 'none' | 'lost-before' | 'lost-after' = 'lost-before';
  const store = new MemoryStore(() => fault);
  const write = (): Promise<unknown> =>
    store.txn({ if: [], do: [{ op: 'put', key: 'a', value: new Uint8Array() }] });
  await expect(write()).rejects.toMatchObject({ code: 'STORE_OUTCOME_UNKNOWN' });
  expect(await store.get('a')).toBeNull();
  fault = 'lost-after';
  await expect(write()).rejects.toMatchObject({ code: 'STORE_OUTCOME_UNKNOWN' });
  expect((await store.get('a'))?.version).toBe(1n);
});

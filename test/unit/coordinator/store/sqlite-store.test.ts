import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../../../coordinator/store/sqlite-store.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function storePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tangram-sqlite-'));
  folders.push(folder);
  return join(folder, 'store.sqlite');
}

const put = (key: string) => ({ op: 'put', key, value: new Uint8Array([1]) }) as const;

test('a second store on the same file is refused while the first is open', async () => {
  const path = storePath();
  const store = openSqliteStore(path);
  await store.txn({ if: [], do: [put('a')] });
  expect(() => openSqliteStore(path)).toThrow(/another process has the store .* open/);
  await store.close();
  const again = openSqliteStore(path);
  expect((await again.get('a'))?.version).toBe(1n);
  await again.close();
});

test('a file that is no database is refused by name', () => {
  const path = storePath();
  writeFileSync(path, 'this is no database, whatever it was before: '.repeat(200));
  expect(() => openSqliteStore(path)).toThrow(
    expect.objectContaining({ code: 'STORE_UNREADABLE', message: expect.stringContaining(path) }),
  );
});

test('transactions of one turn each get their answer, in the order in which they came', async () => {
  const store = openSqliteStore(storePath());
  const absent = { key: 'a', target: 'mod', equals: 0n } as const;
  const results = await Promise.all([
    store.txn({ if: [absent], do: [put('a')] }),
    store.txn({ if: [absent], do: [put('a')] }),
    store.txn({ if: [], do: [put('b')] }),
  ]);
  expect(results).toEqual([
    { ok: true, revision: 2n },
    { ok: false, revision: 2n },
    { ok: true, revision: 3n },
  ]);
  await store.close();
});

test('what waits for its commit when the store closes is committed first', async () => {
  const path = storePath();
  const store = openSqliteStore(path);
  const waiting = store.txn({ if: [], do: [put('a')] });
  await store.close();
  expect(await waiting).toEqual({ ok: true, revision: 2n });
  await expect(store.txn({ if: [], do: [put('b')] })).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
  });
  const again = openSqliteStore(path);
  expect((await again.get('a'))?.modRevision).toBe(2n);
  await again.close();
});

test('epochs go on growing after a restart', async () => {
  const path = storePath();
  const store = openSqliteStore(path);
  const first = await store.lead('main', { holder: 'a' });
  await store.close();
  expect(first.lost.aborted).toBe(true);
  const again = openSqliteStore(path);
  expect((await again.lead('main', { holder: 'b' })).epoch).toBe(2n);
  await again.close();
});

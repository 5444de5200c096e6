import { spawnSync } from 'node:child_process';
import Database from 'better-sqlite3';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
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

test('a watch of keys that nobody writes outlives that what others wrote is forgotten', async () => {
  const store = openSqliteStore(storePath());
  const stop = new AbortController();
  const seen: (readonly [bigint, number])[] = [];
  const watching = (async () => {
    for await (const { revision, events } of store.watch('w/', 2n, stop.signal)) {
      seen.push([revision, events.length]);
    }
  })();
  await store.txn({ if: [], do: [put('w/a')] });
  for (let at = 0; at < 10; at += 1) await store.txn({ if: [], do: [put('other')] });
  await store.compact(12n);
  await store.txn({ if: [], do: [put('other')] });
  await store.txn({ if: [], do: [put('w/a'), put('other')] });
  await expect
    .poll(() => seen)
    .toEqual([
      [2n, 1],
      [14n, 1],
    ]);
  stop.abort();
  await watching;
  await store.close();
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

test('a store that was not closed and has lost its log is refused', async () => {
  const path = storePath();
  const copy = storePath();
  const store = openSqliteStore(path);
  await store.txn({ if: [], do: [put('a')] });
  // What a crash leaves: the file and its log, as they are while the store is open.
  copyFileSync(path, copy);
  copyFileSync(`${path}-open`, `${copy}-open`);
  expect(() => openSqliteStore(copy)).toThrow(
    expect.objectContaining({
      code: 'STORE_UNREADABLE',
      message: expect.stringMatching(/was not closed, and its log .*-wal is gone/),
      hint: expect.stringContaining('restore a backup'),
    }),
  );
  copyFileSync(`${path}-wal`, `${copy}-wal`);
  const recovered = openSqliteStore(copy);
  expect((await recovered.get('a'))?.version).toBe(1n);
  await recovered.close();
  expect(['-wal', '-open'].map((suffix) => existsSync(`${copy}${suffix}`))).toEqual([false, false]);
  await openSqliteStore(copy).close();
  await store.close();
});

test('a store of a newer program is refused with the way back', async () => {
  const path = storePath();
  await openSqliteStore(path).close();
  const newer = new Database(path);
  newer.pragma('user_version = 99');
  newer.close();
  expect(() => openSqliteStore(path)).toThrow(
    expect.objectContaining({
      code: 'STORE_UNREADABLE',
      message: expect.stringMatching(/written by a newer program: schema 99, this one knows \d+$/),
      hint: expect.stringContaining('start the newer version again'),
    }),
  );
});

test('a damaged page is found when the store is opened', async () => {
  const path = storePath();
  const store = openSqliteStore(path);
  for (let at = 0; at < 50; at += 1) {
    await store.txn({ if: [], do: [{ op: 'put', key: `k${at}`, value: new Uint8Array(1_000) }] });
  }
  await store.close();
  const bytes = readFileSync(path);
  bytes.fill(0xff, 4_096 * 3, 4_096 * 9);
  writeFileSync(path, bytes);
  expect(() => openSqliteStore(path)).toThrow(
    expect.objectContaining({
      code: 'STORE_UNREADABLE',
      hint: expect.stringContaining('restore it from a backup'),
    }),
  );
});

test('a store whose process ended without closing it opens again', () => {
  const path = storePath();
  const module = fileURLToPath(
    new URL('../../../../coordinator/store/sqlite-store.ts', import.meta.url),
  );
  const script = `
    import { openSqliteStore } from ${JSON.stringify(module)};
    const store = openSqliteStore(${JSON.stringify(path)});
    await store.txn({ if: [], do: [{ op: 'put', key: 'a', value: new Uint8Array([1]) }] });
    throw new Error('the process fails');`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const run = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 });
  expect(run.stderr).toContain('the process fails');
  expect(existsSync(`${path}-open`)).toBe(false);
  return expect(readVersion(path, 'a')).resolves.toBe(1n);
});

async function readVersion(path: string, key: string): Promise<bigint | undefined> {
  const store = openSqliteStore(path);
  const entry = await store.get(key);
  await store.close();
  return entry?.version;
}

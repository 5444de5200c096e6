import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { restoreSnapshot } from '../../../../coordinator/backup/restore-snapshot.ts';
import { takeSnapshot } from '../../../../coordinator/backup/save-snapshot.ts';
import {
  readSnapshotFile,
  writeSnapshotFile,
} from '../../../../coordinator/backup/snapshot-file.ts';
import { readSnapshot } from '../../../../coordinator/backup/snapshot-format.ts';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import { openSqliteStore } from '../../../../coordinator/store/sqlite-store.ts';
import type { Store } from '../../../../coordinator/store/store.ts';
import { AppError } from '../../../../shared/platform/errors.ts';

const about = { clusterId: 'cluster-a', epoch: 7, takenAtMs: 1_000, version: '0.1.0' };

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tangram-snapshot-'));
  file = join(folder, 'a.snapshot.gz');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function put(store: Store, entries: Readonly<Record<string, string>>): Promise<void> {
  for (const [key, text] of Object.entries(entries)) {
    await store.txn({ if: [], do: [{ op: 'put', key, value: Buffer.from(text) }] });
  }
}

async function all(store: Store): Promise<Record<string, string>> {
  const { entries } = await store.list('');
  return Object.fromEntries(
    entries
      .filter(({ key }) => !key.startsWith('leadership/'))
      .map(({ key, value }) => [key, Buffer.from(value).toString()]),
  );
}

async function codeOf(task: Promise<unknown>): Promise<string> {
  const error: unknown = await task.catch((thrown: unknown) => thrown);
  return error instanceof AppError ? `${error.code}: ${error.message}` : 'nothing was thrown';
}

const small = { cluster: '{"clusterId":"cluster-a"}', 'models/a': '1', 'models/b': 'ä\n"' };

async function saved(entries: Readonly<Record<string, string>> = small): Promise<void> {
  const store = new MemoryStore();
  await store.lead('coordinator', { holder: 'x' });
  await put(store, entries);
  await writeSnapshotFile(file, takeSnapshot(store, about));
}

test('what was saved is restored into an empty store, in a term above the one it was taken in', async () => {
  await saved();
  const store = openSqliteStore(join(folder, 'coordinator.db'));
  const restored = await restoreSnapshot(store, () => readSnapshotFile(file), 0);
  expect(restored).toMatchObject({ entries: 3, header: { ...about, revision: '5' } });
  const { lineage, ...kept } = await all(store);
  expect(kept).toEqual(small);
  expect(lineage).toContain('"firstEpoch":9');
  expect(Number((await store.lead('coordinator', { holder: 'next' })).epoch)).toBeGreaterThan(7);
  await store.close();
});

test('a snapshot is of one moment, whatever is written while it is taken', async () => {
  const store = new MemoryStore();
  const entries = Object.fromEntries(
    Array.from({ length: 2_500 }, (_, at) => [`models/${String(at).padStart(5, '0')}`, 'before']),
  );
  await put(store, { cluster: '{}', ...entries });
  const lines: string[] = [];
  for await (const line of takeSnapshot(store, about)) {
    lines.push(line);
    if (lines.length === 10) await put(store, { 'models/02400': 'after', 'models/zz': 'after' });
  }
  expect(lines).toHaveLength(2_503);
  expect(lines.join('')).not.toContain(Buffer.from('after').toString('base64'));
});

test('the file is its owner’s alone, and nothing is left of one that could not be written', async () => {
  await saved();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const broken = (async function* () {
    yield 'a line\n';
    await Promise.resolve();
    throw new Error('the store went away');
  })();
  const other = join(folder, 'b.snapshot.gz');
  expect(await codeOf(writeSnapshotFile(other, broken))).toMatch(/^BACKUP_FAILED: cannot write/);
  expect(readdirSync(folder)).toEqual(['a.snapshot.gz']);
});

test('a store that holds anything is not restored into, and an interrupted restore is told as such', async () => {
  await saved();
  const full = new MemoryStore();
  await put(full, { cluster: '{}' });
  expect(await codeOf(restoreSnapshot(full, () => readSnapshotFile(file), 0))).toBe(
    'STORE_NOT_EMPTY: the store holds a cluster already',
  );
  const half = new MemoryStore();
  await put(half, { 'models/a': '1' });
  expect(await codeOf(restoreSnapshot(half, () => readSnapshotFile(file), 0))).toBe(
    'STORE_NOT_EMPTY: the store holds part of a restore that was interrupted',
  );
});

describe('a snapshot that cannot be trusted', () => {
  test.each<[string, (text: string) => string | Buffer, RegExp]>([
    ['is no archive', () => Buffer.from('hello'), /cannot read the snapshot/],
    ['is empty', () => '', /the snapshot is empty/],
    ['is something else', () => '{"apiVersion":"tangram/v1"}\n', /this is no snapshot/],
    [
      'is of a newer program',
      (text) => text.replace('snapshot/1', 'snapshot/2'),
      /reads tangram-snapshot\/1/,
    ],
    ['ends early', (text) => text.split('\n').slice(0, -2).join('\n'), /ends early, after line 4/],
    [
      'lacks an entry',
      (text) => text.split('\n').toSpliced(2, 1).join('\n'),
      /counts 3 entries, and there were 2/,
    ],
    ['goes on after its end', (text) => `${text}["a","YQ=="]\n`, /something follows its end/],
    [
      'holds no cluster',
      (text) => text.replace('"cluster"', '"clusteR"'),
      /damaged|holds no cluster/,
    ],
  ])('because it %s is refused, and nothing of it is used', async (_, change, why) => {
    await saved();
    const changed = change(gunzipSync(readFileSync(file)).toString());
    writeFileSync(file, typeof changed === 'string' ? gzipSync(changed) : changed);
    const store = new MemoryStore();
    const told = await codeOf(restoreSnapshot(store, () => readSnapshotFile(file), 0));
    expect(told).toMatch(why);
    expect(told).toMatch(/^SNAPSHOT_INVALID/);
    expect(await all(store)).toEqual({});
  });

  test('a changed byte anywhere is found', async () => {
    await saved();
    const text = gunzipSync(readFileSync(file));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.byteLength - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const changed = Buffer.from(text);
          changed[at] = ((changed[at] ?? 0) + by) % 256;
          const read = async (): Promise<void> => {
            for await (const line of readSnapshot(linesOf(changed.toString('latin1')))) void line;
          };
          // The last end of line may be anything: it says nothing.
          fc.pre(at < text.byteLength - 1);
          expect(await codeOf(read())).toMatch(/^SNAPSHOT_INVALID/);
        },
      ),
      { numRuns: 300 },
    );
  });
});

async function* linesOf(text: string): AsyncIterable<string> {
  await Promise.resolve();
  yield* text.split('\n').filter((line) => line !== '');
}

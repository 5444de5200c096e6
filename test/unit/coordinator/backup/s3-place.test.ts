import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { s3Place } from '../../../../coordinator/backup/s3-place.ts';
import { errorChain } from '../../../../shared/platform/errors.ts';
import { ObjectStore } from '../../../fakes/object-store.ts';

let folder: string;
let store: ObjectStore;
let endpoint: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tangram-s3-'));
  writeFileSync(join(folder, 'keys'), 'AKIAEXAMPLE\nsecret/of+the=store\n');
  store = new ObjectStore('backups', {
    accessKeyId: 'AKIAEXAMPLE',
    secretAccessKey: 'secret/of+the=store',
  });
  endpoint = await store.start();
});

afterEach(async () => {
  await store.stop();
  rmSync(folder, { recursive: true, force: true });
});

const place = (over: { bucket?: string; keys?: string } = {}) =>
  s3Place(
    { kind: 's3', bucket: over.bucket ?? 'backups', prefix: 'eu/tangram' },
    { endpoint, region: 'us-east-1', accessKeyFile: over.keys ?? join(folder, 'keys') },
  );

async function* lines(...all: readonly string[]): AsyncIterable<string> {
  await Promise.resolve();
  yield* all;
}

test('snapshots are put, listed over several pages and removed below the prefix', async () => {
  store.objects.set('eu/tangram/deeper/x', Buffer.from(''));
  store.objects.set('eu/other', Buffer.from(''));
  const names = ['a.1', 'a.2', 'a.3', 'b ü.4'];
  for (const name of names) await place().put(name, lines('one\n', 'two\n'));
  expect((await place().list()).toSorted()).toEqual(names);
  expect(gunzipSync(store.objects.get('eu/tangram/a.1') ?? '').toString()).toBe('one\ntwo\n');
  await place().remove('a.2');
  await place().remove('a.2');
  expect((await place().list()).toSorted()).toEqual(['a.1', 'a.3', 'b ü.4']);
});

test('a store that is busy for a moment is asked again', async () => {
  store.busy = 2;
  await place().put('a.1', lines('one\n'));
  expect(store.objects.has('eu/tangram/a.1')).toBe(true);
});

test('what is wrong is told in one line: keys, bucket, file', async () => {
  writeFileSync(join(folder, 'wrong'), 'AKIAEXAMPLE\nanother\n');
  writeFileSync(join(folder, 'half'), 'AKIAEXAMPLE\n');
  const told = async (task: () => Promise<unknown>): Promise<string> =>
    errorChain(await task().catch((error: unknown) => error));
  expect(await told(() => place({ keys: join(folder, 'wrong') }).list())).toBe(
    'cannot list in s3://backups/eu/tangram: 403: <Error><Code>SignatureDoesNotMatch</Code></Error>',
  );
  expect(await told(() => place({ bucket: 'other' }).put('a', lines('x')))).toContain(
    'NoSuchBucket',
  );
  expect(() => place({ keys: join(folder, 'half') })).toThrow(/holds no access key and secret/);
  expect(() => place({ keys: join(folder, 'none') })).toThrow(
    /cannot read backup.s3.accessKeyFile/,
  );
});

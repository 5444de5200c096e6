import { describe, expect, test } from 'vitest';
import { storeLimits, type Store, type WatchBatch } from '../../../../coordinator/store/store.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const put = (key: string, text: string) => ({ op: 'put', key, value: bytes(text) }) as const;
const del = (key: string) => ({ op: 'delete', key }) as const;

async function take(
  watched: AsyncIterable<WatchBatch>,
  count: number,
): Promise<readonly WatchBatch[]> {
  const seen: WatchBatch[] = [];
  if (count === 0) return seen;
  for await (const batch of watched) {
    seen.push(batch);
    if (seen.length === count) break;
  }
  return seen;
}

const brief = (batches: readonly WatchBatch[]) =>
  batches.map((batch) => [
    batch.revision,
    batch.events.map((event) => (event.kind === 'put' ? `+${event.entry.key}` : `-${event.key}`)),
  ]);

/** What every store does, one rule a test. `open` answers an empty one. */
export function describeStoreRules(name: string, open: () => Promise<Store>): void {
  describe(`${name} store`, () => rules(open));
}

function rules(open: () => Promise<Store>): void {
  test('gives every operation of a transaction one revision', async () => {
    const store = await open();
    const result = await store.txn({ if: [], do: [put('a', '1'), put('b', '2')] });
    expect(result).toEqual({ ok: true, revision: 2n });
    const { entries, revision } = await store.list('');
    expect(revision).toBe(2n);
    expect(entries.map((entry) => [entry.key, entry.modRevision])).toEqual([
      ['a', 2n],
      ['b', 2n],
    ]);
    await store.close();
  });

  test('does not advance for a transaction that changes nothing', async () => {
    const store = await open();
    expect(await store.txn({ if: [], do: [] })).toEqual({ ok: true, revision: 1n });
    expect(await store.txn({ if: [], do: [del('missing')] })).toEqual({
      ok: true,
      revision: 1n,
    });
    await store.close();
  });

  test('shows no event for the delete of a missing key', async () => {
    const store = await open();
    await store.txn({ if: [], do: [del('missing'), put('a', '1')] });
    const seen = await take(store.watch('', 2n, new AbortController().signal), 1);
    expect(brief(seen)).toEqual([[2n, ['+a']]]);
    await store.close();
  });

  test('refuses a key twice in one transaction, before anything is done', async () => {
    const store = await open();
    const twice = store.txn({ if: [], do: [put('a', '1'), del('a')] });
    await expect(twice).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await store.get('a')).toBeNull();
    await store.close();
  });

  test('refuses keys that cannot be ordered bytewise everywhere', async () => {
    const store = await open();
    for (const key of ['', 'a b', 'ü', '\u0000', 'x'.repeat(storeLimits.keyLengthMax + 1)]) {
      await expect(store.txn({ if: [], do: [put(key, '')] })).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
      });
    }
    await store.close();
  });

  test('refuses too many operations and too many bytes', async () => {
    const store = await open();
    const many = Array.from({ length: storeLimits.txnOpsMax + 1 }, (_, at) => put(`k${at}`, ''));
    await expect(store.txn({ if: [], do: many })).rejects.toMatchObject({
      code: 'LIMIT_REACHED',
    });
    const value = new Uint8Array(storeLimits.txnBytesMax);
    await expect(store.txn({ if: [], do: [{ op: 'put', key: 'k', value }] })).rejects.toMatchObject(
      { code: 'LIMIT_REACHED' },
    );
    await store.close();
  });

  test('compares mod, create and version; 0 means absent', async () => {
    const store = await open();
    await store.txn({ if: [], do: [put('a', '1')] });
    await store.txn({ if: [], do: [put('a', '2')] });
    const holds = async (target: 'mod' | 'create' | 'version', key: string, equals: bigint) =>
      (await store.txn({ if: [{ key, target, equals }], do: [] })).ok;
    expect(await holds('mod', 'a', 3n)).toBe(true);
    expect(await holds('mod', 'a', 2n)).toBe(false);
    expect(await holds('create', 'a', 2n)).toBe(true);
    expect(await holds('version', 'a', 2n)).toBe(true);
    expect(await holds('mod', 'b', 0n)).toBe(true);
    expect(await holds('version', 'a', 0n)).toBe(false);
    await store.close();
  });

  test('does the other branch when a condition fails', async () => {
    const store = await open();
    const result = await store.txn({
      if: [{ key: 'a', target: 'mod', equals: 7n }],
      do: [put('a', 'then')],
      otherwise: [put('b', 'otherwise')],
    });
    expect(result).toEqual({ ok: false, revision: 2n });
    expect(await store.get('a')).toBeNull();
    expect((await store.get('b'))?.version).toBe(1n);
    await store.close();
  });

  test('begins a key anew after its delete', async () => {
    const store = await open();
    await store.txn({ if: [], do: [put('a', '1')] });
    await store.txn({ if: [], do: [del('a')] });
    await store.txn({ if: [], do: [put('a', '3')] });
    expect(await store.get('a')).toEqual({
      key: 'a',
      value: bytes('3'),
      createRevision: 4n,
      modRevision: 4n,
      version: 1n,
    });
    await store.close();
  });

  test('lists bytewise, page by page, at one snapshot', async () => {
    const store = await open();
    await store.txn({ if: [], do: ['p/b', 'p/B', 'p/a', 'q', 'p/~'].map((key) => put(key, '')) });
    const first = await store.list('p/', { limit: 2 });
    expect(first.entries.map((entry) => entry.key)).toEqual(['p/B', 'p/a']);
    await store.txn({ if: [], do: [del('p/b'), put('p/c', '')] });
    const second = await store.list('p/', { revision: first.revision, after: 'p/a' });
    expect(second.entries.map((entry) => entry.key)).toEqual(['p/b', 'p/~']);
    expect((await store.list('p/')).entries.map((entry) => entry.key)).toEqual([
      'p/B',
      'p/a',
      'p/c',
      'p/~',
    ]);
    await store.close();
  });

  test('keeps 64-bit revisions as bigint', async () => {
    const store = await open();
    const { revision } = await store.txn({ if: [], do: [put('a', '1')] });
    const entry = await store.get('a');
    expect([typeof revision, typeof entry?.modRevision, typeof entry?.version]).toEqual([
      'bigint',
      'bigint',
      'bigint',
    ]);
    await store.close();
  });

  test('keeps binary values, and does not let a caller change them afterwards', async () => {
    const store = await open();
    const value = Uint8Array.from({ length: 256 }, (_, at) => at);
    await store.txn({ if: [], do: [{ op: 'put', key: 'a', value }] });
    value[0] = 99;
    expect((await store.get('a'))?.value[0]).toBe(0);
    expect((await store.get('a'))?.value).toHaveLength(256);
    await store.close();
  });

  test('watches history and what comes, without gaps', async () => {
    const store = await open();
    await store.txn({ if: [], do: [put('w/a', '1'), put('other', '1')] });
    const seen = take(store.watch('w/', 2n, new AbortController().signal), 3);
    await store.txn({ if: [], do: [put('other', '2')] });
    await store.txn({ if: [], do: [put('w/b', '1')] });
    await store.txn({ if: [], do: [del('w/a')] });
    await store.txn({ if: [], do: [put('other', '3')] });
    expect(brief(await seen)).toEqual([
      [2n, ['+w/a']],
      [4n, ['+w/b']],
      [5n, ['-w/a']],
    ]);
    await store.close();
  });

  test('resumes a watch after the last revision that was seen', async () => {
    const store = await open();
    for (const text of ['1', '2', '3']) await store.txn({ if: [], do: [put('a', text)] });
    const [first] = await take(store.watch('', 2n, new AbortController().signal), 1);
    const rest = await take(
      store.watch('', (first?.revision ?? 0n) + 1n, new AbortController().signal),
      2,
    );
    expect(rest.map((batch) => batch.revision)).toEqual([3n, 4n]);
    await store.close();
  });

  test('ends a watch when its signal aborts', async () => {
    const store = await open();
    const controller = new AbortController();
    const seen = take(store.watch('', 2n, controller.signal), 1);
    controller.abort();
    expect(await seen).toEqual([]);
    await store.close();
  });

  test('forgets what is compacted and keeps what is current', async () => {
    const store = await open();
    await store.txn({ if: [], do: [put('a', '1'), put('gone', '1')] });
    await store.txn({ if: [], do: [put('a', '2'), del('gone')] });
    await store.txn({ if: [], do: [put('a', '3')] });
    await store.compact(3n);
    await expect(store.get('a', { revision: 2n })).rejects.toMatchObject({
      code: 'STORE_COMPACTED',
    });
    await expect(take(store.watch('', 3n, new AbortController().signal), 1)).rejects.toMatchObject({
      code: 'STORE_COMPACTED',
    });
    expect((await store.get('a', { revision: 3n }))?.modRevision).toBe(3n);
    expect((await store.list('', { revision: 3n })).entries.map((entry) => entry.key)).toEqual([
      'a',
    ]);
    expect(brief(await take(store.watch('', 4n, new AbortController().signal), 1))).toEqual([
      [4n, ['+a']],
    ]);
    expect((await store.get('a'))?.modRevision).toBe(4n);
    await store.close();
  });

  test('has no revision below the first, and nothing happened at it', async () => {
    const store = await open();
    await store.txn({ if: [], do: [put('a', '1')] });
    for (const revision of [0n, -3n]) {
      const compacted = { code: 'STORE_COMPACTED' };
      await expect(store.get('a', { revision })).rejects.toMatchObject(compacted);
      await expect(store.list('', { revision })).rejects.toMatchObject(compacted);
      await expect(store.compact(revision)).rejects.toMatchObject(compacted);
    }
    expect(await store.list('', { revision: 1n })).toEqual({ entries: [], revision: 1n });
    const everything = take(store.watch('', 1n, new AbortController().signal), 1);
    expect(brief(await everything)).toEqual([[2n, ['+a']]]);
    await store.close();
  });

  test('may be compacted to the same revision twice, but not to an older one', async () => {
    const store = await open();
    for (const text of ['1', '2', '3']) await store.txn({ if: [], do: [put('a', text)] });
    await store.compact(3n);
    await store.compact(3n);
    await expect(store.compact(2n)).rejects.toMatchObject({ code: 'STORE_COMPACTED' });
    await store.close();
  });

  test('gives a list that is longer than one answer of its back-end', async () => {
    const store = await open();
    const keys = Array.from({ length: 1_100 }, (_, at) => `n/${String(at).padStart(5, '0')}`);
    for (let at = 0; at < keys.length; at += 100) {
      await store.txn({ if: [], do: keys.slice(at, at + 100).map((key) => put(key, '')) });
    }
    expect((await store.list('n/')).entries.map((entry) => entry.key)).toEqual(keys);
    await store.close();
  });

  test('refuses a revision that has not been yet', async () => {
    const store = await open();
    await expect(store.get('a', { revision: 9n })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    await expect(store.compact(9n)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await store.close();
  });

  test('gives each leader a higher epoch, above the one it is told of', async () => {
    const store = await open();
    const first = await store.lead('main', { holder: 'a' });
    const second = await store.lead('main', { holder: 'b' });
    const third = await store.lead('main', { holder: 'c', above: 40n });
    expect([first.epoch, second.epoch, third.epoch]).toEqual([1n, 2n, 41n]);
    expect([first.lost.aborted, second.lost.aborted, third.lost.aborted]).toEqual([
      true,
      true,
      false,
    ]);
    await store.close();
  });

  test('refuses every write of a deposed leader, the other branch too', async () => {
    const store = await open();
    const first = await store.lead('main', { holder: 'a' });
    // The same term without its signal: what a paused process holds, that has not heard the news.
    const paused = store.fenced({ ...first, lost: new AbortController().signal });
    expect((await paused.txn({ if: [], do: [put('a', '1')] })).ok).toBe(true);
    await store.lead('main', { holder: 'b' });
    await expect(paused.txn({ if: [], do: [put('a', '2')] })).rejects.toMatchObject({
      code: 'NOT_LEADER',
    });
    await expect(
      paused.txn({
        if: [{ key: 'a', target: 'version', equals: 9n }],
        do: [],
        otherwise: [put('a', '2')],
      }),
    ).rejects.toMatchObject({ code: 'NOT_LEADER' });
    await expect(store.fenced(first).txn({ if: [], do: [put('a', '2')] })).rejects.toMatchObject({
      code: 'NOT_LEADER',
    });
    expect((await store.get('a'))?.version).toBe(1n);
    await store.close();
  });

  test('tells a failed condition of a living leader from a lost term', async () => {
    const store = await open();
    const fenced = store.fenced(await store.lead('main', { holder: 'a' }));
    expect(
      await fenced.txn({ if: [{ key: 'x', target: 'mod', equals: 5n }], do: [put('x', '1')] }),
    ).toMatchObject({ ok: false });
    await store.close();
  });

  test('lets nobody but an election write the key of a term', async () => {
    const store = await open();
    await expect(
      store.txn({ if: [], do: [put('leadership/main', '9 thief')] }),
    ).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await store.close();
  });
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pageOf } from '../../../../coordinator/api/page-token.ts';

const names = (text: string): readonly string[] => text.split('');
const self = (name: string): string => name;

function page(all: readonly string[], pageSize: number, pageToken: string) {
  return pageOf('models', all, self, { pageSize, pageToken });
}

describe('pages', () => {
  test('go through everything in order of name', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 })),
        fc.integer({ min: 1, max: 5 }),
        (all, pageSize) => {
          const seen: string[] = [];
          let token = '';
          do {
            const { items, nextPageToken } = page(all, pageSize, token);
            seen.push(...items);
            token = nextPageToken;
          } while (token !== '');
          expect(seen).toEqual([...all].sort());
        },
      ),
    );
  });

  test('neither repeat nor skip what stays while others come and go', () => {
    const first = page(names('bdf'), 2, '');
    expect(first.items).toEqual(['b', 'd']);
    // `b` and `d`, the last one given, are gone; `a` and `e` came.
    expect(page(names('aef'), 2, first.nextPageToken)).toEqual({
      items: ['e', 'f'],
      nextPageToken: '',
    });
  });

  test('are of 100 unless told, and never above 1,000', () => {
    const all = Array.from({ length: 1_500 }, (_, at) => String(at).padStart(4, '0'));
    expect(page(all, 0, '').items.length).toBe(100);
    expect(page(all, 5_000, '').items.length).toBe(1_000);
  });

  test.for([
    { name: 'rubbish', token: 'rubbish' },
    { name: 'JSON of another shape', token: Buffer.from('{"a":1}').toString('base64url') },
    { name: 'a newer version', token: Buffer.from('[2,"models","a"]').toString('base64url') },
    { name: "another list's token", token: Buffer.from('[1,"nodes","a"]').toString('base64url') },
    { name: 'a very long one', token: 'a'.repeat(10_000) },
  ])('refuse $name', ({ token }) => {
    expect(() => page(names('ab'), 1, token)).toThrow(/no token of a list of models/);
  });

  test('refuse a negative size', () => {
    expect(() => page(names('ab'), -1, '')).toThrow(/below 0/);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../../shared/domain/canonical-json.ts';

describe('canonical JSON', () => {
  test.each<[what: string, value: unknown, text: string]>([
    ['keys come in order, whatever the order they were set in', { b: 1, a: 2 }, '{"a":2,"b":1}'],
    ['also within lists', [{ b: [], a: {} }], '[{"a":{},"b":[]}]'],
    ['what is undefined is not there', { a: undefined, b: null }, '{"b":null}'],
    ['and keeps its place in a list', [undefined, 1], '[null,1]'],
    ['whole numbers as names come first, by value', { a: 0, 10: 1, 9: 2 }, '{"9":2,"10":1,"a":0}'],
    ['what has a text of its own keeps it', new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ])('%s', (_what, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test('is what JSON.stringify writes of sorted entries', () => {
    const value = fc.anything({ withNullPrototype: false, withTypedArray: false, maxDepth: 4 });
    fc.assert(
      fc.property(value, (drawn) => {
        expect(canonicalJson([drawn])).toBe(sortedByReplacer([drawn]));
      }),
    );
  });
});

function sortedByReplacer(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
}

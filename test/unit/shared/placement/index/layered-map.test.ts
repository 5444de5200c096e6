import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LayeredMap } from '../../../../../shared/placement/index/layered-map.ts';

type Act = { readonly map: number; readonly key: number; readonly value: number | null } | 'fork';

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ map: fc.nat(), key: fc.nat(9), value: fc.option(fc.nat()) }),
  },
  { weight: 1, arbitrary: fc.constant('fork' as const) },
);

test('every fork is a map of its own', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
      const pairs = [
        { layered: new LayeredMap<number, number>(), plain: new Map<number, number>() },
      ];
      for (const each of acts) {
        const at = each === 'fork' ? pairs.length - 1 : each.map % pairs.length;
        const pair = pairs[at];
        if (pair === undefined) continue;
        if (each === 'fork') {
          pairs.push({ layered: pair.layered.fork(), plain: new Map(pair.plain) });
        } else if (each.value === null) {
          pair.layered.delete(each.key);
          pair.plain.delete(each.key);
        } else {
          pair.layered.set(each.key, each.value);
          pair.plain.set(each.key, each.value);
        }
      }
      for (const { layered, plain } of pairs) {
        for (let key = 0; key < 10; key += 1) {
          expect(layered.get(key)).toBe(plain.get(key));
          expect(layered.has(key)).toBe(plain.has(key));
        }
      }
    }),
  );
});

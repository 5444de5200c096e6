import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tournament } from '../../../../../shared/placement/index/tournament.ts';

const score = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(Infinity));

/** The lowest score outside some slots, the first among equals; -1: none is finite. */
function plainBest(scores: readonly number[], excluded: readonly number[]): number {
  let best = -1;
  for (const [slot, each] of scores.entries()) {
    if (each === Infinity || excluded.includes(slot)) continue;
    if (best < 0 || each < (scores[best] ?? Infinity)) best = slot;
  }
  return best;
}

test('the winner is the first of the lowest, whatever changed and whatever is left out', () => {
  fc.assert(
    fc.property(
      fc.array(score, { minLength: 1, maxLength: 40 }),
      fc.array(fc.tuple(fc.nat(39), score), { maxLength: 30 }),
      fc.uniqueArray(fc.nat(39), { maxLength: 12 }),
      (first, changes, some) => {
        const scores = [...first];
        const tree = new Tournament(scores.length);
        for (const [slot, each] of scores.entries()) tree.write(slot, each);
        tree.rebuild();
        const excluded = some.filter((slot) => slot < scores.length).sort((a, b) => a - b);
        for (const [slot, each] of changes) {
          if (slot >= scores.length) continue;
          scores[slot] = each;
          tree.set(slot, each);
          expect(tree.best([])).toBe(plainBest(scores, []));
        }
        expect(tree.best(excluded)).toBe(plainBest(scores, excluded));
      },
    ),
  );
});

test('a copy does not see what becomes of its origin', () => {
  const tree = new Tournament(3);
  tree.set(1, 5);
  const copy = new Tournament(0, tree);
  tree.set(2, 1);
  expect([tree.best([]), copy.best([])]).toEqual([2, 1]);
});

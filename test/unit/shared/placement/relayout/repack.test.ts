import { expect, test } from 'vitest';
import { makeRoom } from '../../../../../shared/placement/relayout/make-room.ts';
import { lintPlan } from '../../../../../shared/placement/relayout/lint-plan.ts';
import { largeCluster } from '../../../../bench/exact/large-cluster.ts';
import { relayoutCase } from '../../../../bench/exact/relayout-cases.ts';
import { leastInterruption } from '../../../../bench/exact/relayout-optimum.ts';
import { asMig, factsOf, planIn, roomFor, roomInput } from './stage-set.ts';

// Full clusters in which nearly everybody has to move: what choosing one after another misses.
test.each([217, 228, 337, 511, 10_011, 10_092])(
  'case %i is repacked for about the least interruption that is possible',
  (seed) => {
    const { world, set, wanted, estimates } = relayoutCase(seed);
    expect(roomFor(set, wanted).kind).toBe('refused');
    const allowed = roomInput(set, wanted, { interruptionSeconds: 400 });
    const plan = planIn(makeRoom({ ...allowed, estimates }));
    expect(lintPlan(set.snapshot, plan, factsOf(set, wanted))).toEqual([]);
    const least = leastInterruption(world, 30_000);
    const seconds = plan.price.interruptions.reduce((sum, each) => sum + (each.seconds ?? 0), 0);
    expect(seconds / Number(least)).toBeLessThanOrEqual(1.1);
  },
);

test('where the pieces are too large for the room that is left, nothing is promised', () => {
  const set = largeCluster(3, 1, true);
  const input = roomInput(set, asMig('wanted', 19_000), { interruptionSeconds: 10_000 });
  expect(makeRoom(input)).toMatchObject({ kind: 'refused', fitsIf: null });
});

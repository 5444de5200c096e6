import { expect, test } from 'vitest';
import { makeRoom } from '../../../../../shared/placement/relayout/make-room.ts';
import { lintPlan } from '../../../../../shared/placement/relayout/lint-plan.ts';
import { largeCluster } from '../../../../bench/exact/large-cluster.ts';
import { relayoutCase } from '../../../../bench/exact/relayout-cases.ts';
import { leastInterruption } from '../../../../bench/exact/relayout-optimum.ts';
import { asMig, factsOf, planIn, roomFor, roomInput } from './stage-set.ts';

// Full clusters in which nearly everybody has to move: what choosing one after another misses.
test.each([217, 228, 337, 511, 10_011, 10_092])(
  'case %i is repacked for the fewest interruptions that are possible',
  (seed) => {
    const { world, set, wanted } = relayoutCase(seed);
    expect(roomFor(set, wanted).kind).toBe('refused');
    const plan = planIn(roomFor(set, wanted, { interruptionSeconds: 200 }));
    expect(lintPlan(set.snapshot, plan, factsOf(set, wanted))).toEqual([]);
    const counted = world.kinds.map((kind) =>
      kind.seconds === null ? kind : { ...kind, seconds: 1 },
    );
    expect(plan.price.replicasInterrupted).toBe(
      leastInterruption({ ...world, kinds: counted }, 30_000),
    );
  },
);

test('where the pieces are too large for the room that is left, nothing is promised', () => {
  const set = largeCluster(3, 1, true);
  const input = roomInput(set, asMig('wanted', 19_000), { interruptionSeconds: 10_000 });
  expect(makeRoom(input)).toMatchObject({ kind: 'refused', fitsIf: null });
});

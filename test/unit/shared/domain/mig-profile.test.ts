import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { migGeometries } from '../../../../shared/domain/mig-geometry.ts';
import {
  freeStarts,
  placementMask,
  placementRefusal,
  profileById,
  type MigPlacement,
} from '../../../../shared/domain/mig-profile.ts';

const a100 = migGeometries['A100-40GB'];
const at = (giProfileId: number, start: number): MigPlacement => ({ giProfileId, start });

describe('adding a placement to an A100 layout', () => {
  test.for([
    { name: 'an empty card takes 3g at 4', layout: [], wanted: at(9, 4), refusal: null },
    {
      name: '3g cannot start at 2',
      layout: [],
      wanted: at(9, 2),
      refusal: '3g.20gb cannot start at 2',
    },
    {
      name: 'overlap is named',
      layout: [at(9, 4)],
      wanted: at(19, 6),
      refusal: '1g.5gb at 6 overlaps 3g.20gb at 4',
    },
    {
      name: 'a second +me is one too many',
      layout: [at(20, 0)],
      wanted: at(20, 1),
      refusal: '1g.5gb+me is limited to 1 on this card',
    },
    {
      name: 'an unknown profile',
      layout: [],
      wanted: at(77, 0),
      refusal: 'this card has no profile 77',
    },
    {
      name: 'engines run out before units do: 3g twice and nvdec 5 leave 1 for 1g.10gb',
      layout: [at(9, 0), at(15, 4)],
      wanted: at(15, 6),
      refusal: null,
    },
  ])('$name', ({ layout, wanted, refusal }) => {
    expect(placementRefusal(a100, layout, wanted)).toBe(refusal);
  });

  test('free starts are those that nothing covers', () => {
    expect(freeStarts(a100, [at(9, 4), at(19, 1)], 14)).toEqual([2]);
  });
});

test('+me profiles share the one jpeg and ofa engine of the card', () => {
  const a30 = migGeometries.A30;
  expect(placementRefusal(a30, [at(6, 0)], at(21, 2))).toBe('no jpeg engine is left for 1g.6gb+me');
});

test('RTX PRO 6000 has twelve units', () => {
  const rtx = migGeometries['RTX-PRO-6000-96GB'];
  expect(freeStarts(rtx, [at(14, 0), at(14, 6)], 14)).toEqual([3, 9]);
});

test('whatever is added step by step never overlaps', () => {
  const geometries = Object.values(migGeometries);
  fc.assert(
    fc.property(
      fc.constantFrom(...geometries),
      fc.array(fc.record({ pick: fc.nat(), start: fc.nat(11) }), { maxLength: 30 }),
      (geometry, tries) => {
        const layout: MigPlacement[] = [];
        for (const { pick, start } of tries) {
          const profile = geometry.profiles[pick % geometry.profiles.length];
          const wanted = at(profile?.giProfileId ?? -1, start);
          if (placementRefusal(geometry, layout, wanted) === null) layout.push(wanted);
        }
        let taken = 0;
        for (const placement of layout) {
          const size = profileById(geometry, placement.giProfileId)?.placementSize ?? 0;
          const mask = placementMask(placement.start, size);
          expect(taken & mask).toBe(0);
          taken |= mask;
        }
      },
    ),
  );
});

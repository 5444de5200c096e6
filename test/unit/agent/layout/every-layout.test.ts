import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planCard, shapesOf } from '../../../../agent/layout/plan-card.ts';
import type { LayoutWish } from '../../../../agent/layout/wish.ts';
import { cards } from '../../../../shared/domain/card.ts';
import { isSamePlacement } from '../../../../shared/domain/mig-layout.ts';
import { migGeometries } from '../../../../shared/domain/mig-geometry.ts';
import {
  placementMask,
  placementRefusal,
  profileById,
  type MigGeometry,
  type MigPlacement,
} from '../../../../shared/domain/mig-profile.ts';
import { cardNow, instancesNow } from '../../../fakes/agent/card-now.ts';

type Layout = readonly MigPlacement[];

function placesOf(geometry: MigGeometry): Layout {
  return geometry.profiles.flatMap((profile) =>
    profile.placementStarts.map((start) => ({ giProfileId: profile.giProfileId, start })),
  );
}

/** Every set of placements that `allowed` lets stand together, the empty one included. */
function layouts(
  geometry: MigGeometry,
  allowed: (layout: Layout, next: MigPlacement) => boolean,
): readonly Layout[] {
  const places = placesOf(geometry);
  const found: Layout[] = [];
  const visit = (layout: Layout, from: number): void => {
    found.push(layout);
    for (let at = from; at < places.length; at += 1) {
      const next = places[at];
      if (next !== undefined && allowed(layout, next)) visit([...layout, next], at + 1);
    }
  };
  visit([], 0);
  return found;
}

function legalLayouts(geometry: MigGeometry): readonly Layout[] {
  return layouts(geometry, (layout, next) => placementRefusal(geometry, layout, next) === null);
}

function maskOf(geometry: MigGeometry, { giProfileId, start }: MigPlacement): number {
  return placementMask(start, profileById(geometry, giProfileId)?.placementSize ?? 0);
}

/** Profiles of the same size and starts, such as `+me`, are not counted twice. */
function withoutTwins(
  geometry: MigGeometry,
  more: { readonly doubleMemory: boolean },
): MigGeometry {
  const seen = new Set<string>();
  const profiles = geometry.profiles.filter((profile) => {
    const key = `${profile.placementSize} ${profile.placementStarts.join()}`;
    const twin = seen.has(key);
    seen.add(key);
    const double = profile.computeSlices === 1 && profile.placementSize === 2;
    return !twin && (more.doubleMemory || !double);
  });
  return { ...geometry, profiles };
}

// `layout_oracles` of the project's facts on MIG geometry (2026-11): counted there, apart from this program, by
// enumerating non-overlapping placements.
test.for([
  {
    name: '7 slices, without 1g of double memory',
    card: 'A100-40GB',
    doubleMemory: false,
    valid: 298,
    maximal: 19,
    multisets: 14,
    masks: 144,
  },
  {
    name: '7 slices, with it',
    card: 'A100-40GB',
    doubleMemory: true,
    valid: 723,
    maximal: 78,
    multisets: 38,
    masks: 192,
  },
  {
    name: 'H100-80GB',
    card: 'H100-80GB',
    doubleMemory: true,
    valid: 723,
    maximal: 78,
    multisets: 38,
    masks: 192,
  },
  { name: 'A30', card: 'A30', doubleMemory: true, valid: 26, maximal: 5, multisets: 4, masks: 16 },
  {
    name: 'RTX PRO 6000',
    card: 'RTX-PRO-6000-96GB',
    doubleMemory: true,
    valid: 26,
    maximal: 5,
    multisets: 4,
    masks: 16,
  },
] as const)('the layouts of $name are as many as counted elsewhere', (oracle) => {
  const geometry = withoutTwins(migGeometries[oracle.card], oracle);
  const apart = (layout: Layout, next: MigPlacement): boolean =>
    layout.every((each) => (maskOf(geometry, each) & maskOf(geometry, next)) === 0);
  const all = layouts(geometry, apart);
  const places = placesOf(geometry);
  const maximal = all.filter((layout) => places.every((place) => !apart(layout, place)));
  const multiset = (layout: Layout): string =>
    layout
      .map((each) => each.giProfileId)
      .toSorted((a, b) => a - b)
      .join();
  const mask = (layout: Layout): number =>
    layout.reduce((sum, each) => sum | maskOf(geometry, each), 0);
  expect({
    valid: all.length,
    maximal: maximal.length,
    multisets: new Set(maximal.map(multiset)).size,
    masks: new Set(all.map(mask)).size,
  }).toEqual({
    valid: oracle.valid,
    maximal: oracle.maximal,
    multisets: oracle.multisets,
    masks: oracle.masks,
  });
  // Engines and limits of the real card forbid none of them.
  expect(legalLayouts(geometry)).toHaveLength(oracle.valid);
});

function wish(geometry: MigGeometry, layout: Layout, withStarts: boolean): LayoutWish {
  const instances = layout.map(({ giProfileId, start }) => ({
    profile: profileById(geometry, giProfileId)?.name ?? '',
    start: withStarts ? start : null,
    compute: null,
  }));
  return { place: 'test', cards: 'all', deviceIds: null, mig: true, instances };
}

function nowOf(name: string, geometry: MigGeometry, layout: Layout) {
  return cardNow(name, { geometry, instances: instancesNow(geometry, layout) });
}

const has = (layout: Layout, place: MigPlacement): boolean =>
  layout.some((each) => isSamePlacement(each, place));

/** From one layout to another: legal all the way, and what both have is not touched. */
function checkWay(name: string, geometry: MigGeometry, from: Layout, to: Layout): void {
  const plan = planCard(nowOf(name, geometry, from), wish(geometry, to, true), {
    interrupt: false,
  });
  expect(plan.blocks).toEqual([]);
  for (const shape of shapesOf(plan.before, plan.steps)) {
    shape.instances.forEach((each, at) => {
      expect(placementRefusal(geometry, shape.instances.slice(0, at), each)).toBeNull();
    });
  }
  const last = shapesOf(plan.before, plan.steps).at(-1)?.instances ?? [];
  expect(last.length === to.length && to.every((each) => has(last, each))).toBe(true);
  const both = from.filter((each) => has(to, each));
  expect(plan.kept).toHaveLength(both.length);
  for (const step of plan.steps) {
    if (step.kind !== 'create' && step.kind !== 'destroy') throw new Error('only instances change');
    expect(has(both, step.instance)).toBe(false);
  }
  expect(plan.steps).toHaveLength(from.length + to.length - 2 * both.length);
}

/** Two products of one geometry are planned alike. */
const distinct = [
  ...new Map(
    cards.flatMap((card) =>
      card.migGeometry === null ? [] : [[card.migGeometry, card.name] as const],
    ),
  ),
];
const named = new Map<string, string>(distinct);
const everyCard = Object.keys(migGeometries).map((key) => ({
  key: key as keyof typeof migGeometries,
  // A geometry of a product that has no row is planned as if on an A100: names decide nothing.
  name: named.get(key) ?? 'A100-40GB',
}));

describe.for(everyCard)('on $key', ({ key, name }) => {
  const geometry: MigGeometry = migGeometries[key];
  const all = legalLayouts(geometry);
  const byMultiset = new Map<string, Layout[]>();
  const multiset = (layout: Layout): string =>
    layout
      .map((each) => each.giProfileId)
      .toSorted((a, b) => a - b)
      .join();
  for (const layout of all) {
    byMultiset.set(multiset(layout), [...(byMultiset.get(multiset(layout)) ?? []), layout]);
  }

  test('every layout is reached from an empty card, and left for one', () => {
    for (const layout of all) {
      checkWay(name, geometry, [], layout);
      checkWay(name, geometry, layout, []);
    }
  });

  test('every layout is reached from every other', () => {
    if (all.length <= 64) {
      for (const from of all) for (const to of all) checkWay(name, geometry, from, to);
      return;
    }
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.constantFrom(...all), (from, to) => {
        checkWay(name, geometry, from, to);
      }),
      { numRuns: 500 },
    );
  });

  test('without starts, a wish keeps as much as any layout of the same profiles could', () => {
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.constantFrom(...all), (from, to) => {
        const plan = planCard(nowOf(name, geometry, from), wish(geometry, to, false), {
          interrupt: false,
        });
        expect(plan.blocks).toEqual([]);
        expect(multiset(plan.after.instances)).toBe(multiset(to));
        const others = byMultiset.get(multiset(to)) ?? [];
        const most = Math.max(
          ...others.map((other) => from.filter((each) => has(other, each)).length),
        );
        expect(plan.kept).toHaveLength(most);
      }),
      { numRuns: 300 },
    );
  });
});

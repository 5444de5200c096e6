import { describe, expect, test } from 'vitest';
import { migGeometries, type MigGeometryKey } from '../../../../../shared/domain/mig-geometry.ts';
import type { MigGeometry, MigPlacement } from '../../../../../shared/domain/mig-profile.ts';
import { freeStarts } from '../../../../../shared/domain/mig-profile.ts';
import { MigTable } from '../../../../../shared/placement/policies/mig-table.ts';

/** Every legal layout of a card, each once. */
function everyLayout(geometry: MigGeometry): readonly (readonly MigPlacement[])[] {
  const found = new Map<string, readonly MigPlacement[]>([['', []]]);
  for (const layout of found.values()) {
    for (const { giProfileId } of geometry.profiles) {
      for (const start of freeStarts(geometry, layout, giProfileId)) {
        const next = [...layout, { giProfileId, start }].sort((a, b) => a.start - b.start);
        found.set(next.map((each) => `${each.giProfileId}@${each.start}`).join(), next);
      }
    }
  }
  return [...found.values()];
}

/** Tries every way to add instances of one profile. */
function mostCopies(
  geometry: MigGeometry,
  layout: readonly MigPlacement[],
  giProfileId: number,
): number {
  return freeStarts(geometry, layout, giProfileId).reduce(
    (most, start) =>
      Math.max(most, 1 + mostCopies(geometry, [...layout, { giProfileId, start }], giProfileId)),
    0,
  );
}

/** Layouts in which an instance brings no media engines of its own: as people cut cards, and few enough to try all. */
const products: readonly MigGeometryKey[] = ['A30', 'A100-40GB', 'H100-80GB', 'RTX-PRO-6000-96GB'];

describe.for(products)('%s', (product) => {
  const geometry: MigGeometry = migGeometries[product];
  const table = new MigTable(geometry);
  const layouts = everyLayout(geometry);

  test.for(geometry.profiles)('$name fits as often as trying every way finds', (profile) => {
    for (const layout of layouts) {
      expect(table.copies(layout, profile)).toBe(mostCopies(geometry, layout, profile.giProfileId));
    }
  });
});

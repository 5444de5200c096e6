import {
  freeStarts,
  placementMask,
  profileById,
  type MigGeometry,
  type MigPlacement,
} from '../../shared/domain/mig-profile.ts';

/**
 * How much of a card's memory no instance can take any more, MiB: it lies outside the instances that exist, and every
 * profile that would cover it is refused there.
 */
export function unusableMib(
  geometry: MigGeometry | null,
  layout: readonly MigPlacement[],
  memoryTotalMib: number | null,
): number {
  if (geometry === null || memoryTotalMib === null) return 0;
  let reach = 0;
  for (const { giProfileId, start } of layout) {
    const profile = profileById(geometry, giProfileId);
    if (profile !== undefined) reach |= placementMask(start, profile.placementSize);
  }
  for (const { giProfileId, placementSize } of geometry.profiles) {
    for (const start of freeStarts(geometry, layout, giProfileId)) {
      reach |= placementMask(start, placementSize);
    }
  }
  let unreached = 0;
  for (let unit = 0; unit < geometry.placementUnits; unit += 1) {
    if ((reach & (1 << unit)) === 0) unreached += 1;
  }
  return (memoryTotalMib * unreached) / geometry.placementUnits;
}

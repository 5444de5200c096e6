import {
  freeStarts,
  type MigGeometry,
  type MigPlacement,
} from '../../shared/domain/mig-profile.ts';

/** How many more instances of one profile alone fit beside what is there. Ascending starts are never worse: all are of one size. */
export function freeCount(
  geometry: MigGeometry,
  present: readonly MigPlacement[],
  giProfileId: number,
): number {
  let layout = present;
  for (let count = 0; ; count += 1) {
    const [start] = freeStarts(geometry, layout, giProfileId);
    if (start === undefined) return count;
    layout = [...layout, { giProfileId, start }];
  }
}

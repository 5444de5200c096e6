import type { MigEngines, MigGeometry, MigProfile } from '../../../shared/domain/mig-profile.ts';
import type { ListedPlacements } from '../../formats/mig/mig-placements.ts';
import type { ListedProfile } from '../../formats/mig/mig-profiles.ts';

/** Joins `-lgip` and `-lgipp` into one geometry a card, by card index. Profiles without a placement are left out. */
export function assembleGeometries(
  profiles: readonly ListedProfile[],
  placements: readonly ListedPlacements[],
): ReadonlyMap<number, MigGeometry> {
  const geometries = new Map<number, MigGeometry>();
  for (const gpuIndex of new Set(profiles.map((profile) => profile.gpuIndex))) {
    const joined = profiles
      .filter((profile) => profile.gpuIndex === gpuIndex)
      .flatMap((profile) => joinProfile(profile, placements));
    if (joined.length === 0) continue;
    geometries.set(gpuIndex, {
      placementUnits: Math.max(
        ...joined.flatMap((each) =>
          each.placementStarts.map((start) => start + each.placementSize),
        ),
      ),
      enginesTotal: enginesOfWholeCard(joined),
      profiles: joined,
    });
  }
  return geometries;
}

function joinProfile(
  profile: ListedProfile,
  placements: readonly ListedPlacements[],
): readonly MigProfile[] {
  const found = placements.find(
    (each) => each.gpuIndex === profile.gpuIndex && each.giProfileId === profile.giProfileId,
  );
  if (found === undefined || found.starts.length === 0) return [];
  return [
    {
      name: profile.name,
      giProfileId: profile.giProfileId,
      computeSlices: Number(/^(\d+)g\b/.exec(profile.name)?.[1] ?? 1),
      placementSize: found.size,
      placementStarts: found.starts.toSorted((a, b) => a - b),
      instancesMax: profile.instancesMax,
      memoryMib: profile.memoryMib,
      smCount: profile.smCount,
      copyEngines: profile.copyEngines,
      engines: profile.engines,
    },
  ];
}

/**
 * The one instance that covers the whole card has all its engines. null where the listing contradicts that
 * (more of an engine in the small instances together than in the big one).
 */
function enginesOfWholeCard(profiles: readonly MigProfile[]): MigEngines | null {
  const whole = profiles.toSorted(
    (a, b) => b.placementSize - a.placementSize || b.engines.nvdec - a.engines.nvdec,
  )[0];
  if (whole === undefined) return null;
  const consistent = profiles.every((profile) =>
    (['nvdec', 'nvenc', 'jpeg', 'ofa'] as const).every(
      (engine) => profile.engines[engine] * profile.instancesMax <= whole.engines[engine],
    ),
  );
  return consistent ? whole.engines : null;
}

import type {
  MigEngines,
  MigGeometry,
  MigPlacement,
  MigProfile,
} from '../../domain/mig-profile.ts';
import { placementMask, profileById } from '../../domain/mig-profile.ts';

/**
 * How many more instances of each profile a card could hold, looked up by which of its placement units are taken.
 * Any grid: 4, 8 or 12 units. Engines and the limits of profiles are a second constraint, applied on top.
 */
export class MigTable {
  private readonly geometry: MigGeometry;
  /** For each profile, the instances that fit side by side beside an occupancy mask; made when first asked for. */
  private readonly bySpace = new Map<number, Uint8Array>();

  constructor(geometry: MigGeometry) {
    this.geometry = geometry;
  }

  /** Instances of `profile` that could be added to `layout`, all at once. */
  copies(layout: readonly MigPlacement[], profile: MigProfile): number {
    let mask = 0;
    let alike = 0;
    for (const { giProfileId, start } of layout) {
      const size = profileById(this.geometry, giProfileId)?.placementSize ?? 0;
      mask |= placementMask(start, size);
      if (giProfileId === profile.giProfileId) alike += 1;
    }
    return Math.max(
      0,
      Math.min(
        this.spaceFor(profile)[mask] ?? 0,
        profile.instancesMax - alike,
        enginesFor(this.geometry, layout, profile),
      ),
    );
  }

  private spaceFor(profile: MigProfile): Uint8Array {
    const known = this.bySpace.get(profile.giProfileId);
    if (known !== undefined) return known;
    const made = tabulateSpace(this.geometry.placementUnits, profile);
    this.bySpace.set(profile.giProfileId, made);
    return made;
  }
}

/** Starts ascend and all instances are alike, so taking the first free start again and again is best. */
function tabulateSpace(units: number, profile: MigProfile): Uint8Array {
  const starts = profile.placementStarts.map((start) =>
    placementMask(start, profile.placementSize),
  );
  return Uint8Array.from({ length: 2 ** units }, (_, occupied) => {
    let mask = occupied;
    let count = 0;
    for (const wanted of starts) {
      if ((mask & wanted) !== 0) continue;
      mask |= wanted;
      count += 1;
    }
    return count;
  });
}

/** Instances of `profile` that the engines left by `layout` suffice for. */
function enginesFor(
  geometry: MigGeometry,
  layout: readonly MigPlacement[],
  profile: MigProfile,
): number {
  const { enginesTotal } = geometry;
  if (enginesTotal === null) return Infinity;
  let most = Infinity;
  for (const engine of engineKinds) {
    const each = profile.engines[engine];
    if (each === 0) continue;
    let left = enginesTotal[engine];
    for (const { giProfileId } of layout) {
      left -= profileById(geometry, giProfileId)?.engines[engine] ?? 0;
    }
    most = Math.min(most, Math.floor(left / each));
  }
  return most;
}

const engineKinds = ['nvdec', 'nvenc', 'jpeg', 'ofa'] as const satisfies (keyof MigEngines)[];

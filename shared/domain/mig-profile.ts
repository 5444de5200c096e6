/** Fixed-function engines that an instance brings along. */
export interface MigEngines {
  readonly nvdec: number;
  readonly nvenc: number;
  readonly jpeg: number;
  readonly ofa: number;
}

/** A MIG GPU-instance profile as one card offers it. Ids are not portable between products. */
export interface MigProfile {
  /** `1g.5gb`, `1g.10gb+me`: what it is called by this driver. Marketing, never identity. */
  readonly name: string;
  /** The id that `nvidia-smi mig -cgi` takes (19, 14, 9, …). */
  readonly giProfileId: number;
  readonly computeSlices: number;
  /** In placement units (memory slices), not compute slices: 3g has size 4 on an A100. */
  readonly placementSize: number;
  readonly placementStarts: readonly number[];
  readonly instancesMax: number;
  readonly memoryMib: number;
  readonly smCount: number;
  readonly copyEngines: number;
  readonly engines: MigEngines;
}

/** How one product can be cut. */
export interface MigGeometry {
  /** Units of the placement grid: 8 on A100/H100, 4 on A30, 12 on RTX PRO 6000. */
  readonly placementUnits: number;
  /** null: not documented for this product; non-overlap and `instancesMax` still hold. */
  readonly enginesTotal: MigEngines | null;
  readonly profiles: readonly MigProfile[];
}

/** A profile at a start position. */
export interface MigPlacement {
  readonly giProfileId: number;
  readonly start: number;
}

export function profileById(geometry: MigGeometry, giProfileId: number): MigProfile | undefined {
  return geometry.profiles.find((profile) => profile.giProfileId === giProfileId);
}

/** Bit mask of the placement units that `[start, start + size)` covers. At most 31 units. */
export function placementMask(start: number, size: number): number {
  return ((1 << size) - 1) << start;
}

/**
 * Why `wanted` cannot be added to `layout`, or null when it can.
 * Two instances may coexist when their placements do not overlap, the engine sums stay within the card's
 * and no profile exceeds its maximum (NVIDIA MIG User Guide, "Supported MIG Profiles").
 */
export function placementRefusal(
  geometry: MigGeometry,
  layout: readonly MigPlacement[],
  wanted: MigPlacement,
): string | null {
  const profile = profileById(geometry, wanted.giProfileId);
  if (profile === undefined) return `this card has no profile ${wanted.giProfileId}`;
  if (!profile.placementStarts.includes(wanted.start)) {
    return `${profile.name} cannot start at ${wanted.start}`;
  }
  const present = layout.map((placement) => profileById(geometry, placement.giProfileId));
  const mask = placementMask(wanted.start, profile.placementSize);
  for (const [at, placement] of layout.entries()) {
    const other = present[at];
    if (other === undefined) return `this card has no profile ${placement.giProfileId}`;
    if ((placementMask(placement.start, other.placementSize) & mask) !== 0) {
      return `${profile.name} at ${wanted.start} overlaps ${other.name} at ${placement.start}`;
    }
  }
  const same = layout.filter((placement) => placement.giProfileId === wanted.giProfileId).length;
  if (same >= profile.instancesMax) {
    return `${profile.name} is limited to ${profile.instancesMax} on this card`;
  }
  return engineRefusal(geometry, present, profile);
}

function engineRefusal(
  geometry: MigGeometry,
  present: readonly (MigProfile | undefined)[],
  wanted: MigProfile,
): string | null {
  const total = geometry.enginesTotal;
  if (total === null) return null;
  for (const engine of ['nvdec', 'nvenc', 'jpeg', 'ofa'] as const) {
    const used = present.reduce((sum, profile) => sum + (profile?.engines[engine] ?? 0), 0);
    if (wanted.engines[engine] > 0 && used + wanted.engines[engine] > total[engine]) {
      return `no ${engine} engine is left for ${wanted.name}`;
    }
  }
  return null;
}

/**
 * Every start at which `giProfileId` could be added to `layout`, in ascending order: where `placementRefusal` is null.
 * It is asked for each profile of each card of a fleet, so what is the same for all starts is looked at once.
 */
export function freeStarts(
  geometry: MigGeometry,
  layout: readonly MigPlacement[],
  giProfileId: number,
): readonly number[] {
  const profile = profileById(geometry, giProfileId);
  if (profile === undefined) return noStarts;
  let occupied = 0;
  let same = 0;
  for (const placement of layout) {
    const other = profileById(geometry, placement.giProfileId);
    if (other === undefined) return noStarts;
    occupied |= placementMask(placement.start, other.placementSize);
    if (other === profile) same += 1;
  }
  if (same >= profile.instancesMax) return noStarts;
  const { placementStarts, placementSize } = profile;
  const isFree = (start: number): boolean => (placementMask(start, placementSize) & occupied) === 0;
  if (!placementStarts.some(isFree)) return noStarts;
  const present = layout.map((placement) => profileById(geometry, placement.giProfileId));
  if (engineRefusal(geometry, present, profile) !== null) return noStarts;
  return placementStarts.filter(isFree);
}

const noStarts: readonly number[] = [];

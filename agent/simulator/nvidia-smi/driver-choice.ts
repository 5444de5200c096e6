import {
  freeStarts,
  type MigGeometry,
  type MigPlacement,
  type MigProfile,
} from '../../../shared/domain/mig-profile.ts';
import type { GpuInstance } from './state.ts';

/**
 * The order in which the driver tries starts on boards of 8 units when the caller names none, read off public
 * captures: 1g goes to 6, 4, 5, 0, 1, 2, 3 (7x 1g.12gb on GH200); 2g to 4 first, then 0 and 2; 3g to 4, then 0.
 * Boards of another width were only seen to start at 0: ascending.
 */
const startOrder8: Readonly<Record<number, readonly number[]>> = {
  1: [6, 4, 5, 0, 1, 2, 3],
  2: [4, 0, 2, 6],
  4: [4, 0],
  8: [0],
};

/** Where the driver would put the next instance of `profile`, or undefined when there is no room. */
export function chooseStart(
  geometry: MigGeometry,
  layout: readonly MigPlacement[],
  profile: MigProfile,
): number | undefined {
  const free = freeStarts(geometry, layout, profile.giProfileId);
  const order = geometry.placementUnits === 8 ? startOrder8[profile.placementSize] : undefined;
  return order?.find((start) => free.includes(start)) ?? free[0];
}

/**
 * GPU-instance ids are the nodes of a binary tree over the placement units, which yields every pool that was
 * seen: on 8 units 7g 0, 3g 1-2, 2g 3-5, 1g 7-13; on A30 2g 1-2, 1g 3-6.
 */
export function gpuInstanceId(geometry: MigGeometry, profile: MigProfile, start: number): number {
  const positions = geometry.placementUnits / profile.placementSize;
  return Math.floor(positions - 1 + start / profile.placementSize);
}

/** How many more instances of `profile` alone would fit: the `Free` of `-lgip`. */
export function freeCount(
  geometry: MigGeometry,
  layout: readonly MigPlacement[],
  profile: MigProfile,
): number {
  let taken = layout;
  for (let count = 0; ; count += 1) {
    const start = freeStarts(geometry, taken, profile.giProfileId)[0];
    if (start === undefined) return count;
    taken = [...taken, { giProfileId: profile.giProfileId, start }];
  }
}

/** A compute-instance profile inside one GPU instance. */
export interface CiProfile {
  readonly id: number;
  readonly name: string;
  readonly slices: number;
  readonly smCount: number;
  readonly isDefault: boolean;
  readonly instancesMax: number;
}

const ciProfileIds: Readonly<Record<number, number>> = { 1: 0, 2: 1, 3: 2, 4: 3, 7: 4 };
/** What a 1-slice instance with twice the memory offers instead of profile 0. */
const ciProfileIdDoubleMemory = 7;

/** Every compute-instance profile that fits into an instance of `profile`, smallest first. */
export function ciProfiles(geometry: MigGeometry, profile: MigProfile): readonly CiProfile[] {
  const unit = geometry.profiles.find((each) => each.computeSlices === 1)?.smCount ?? 14;
  const bare = bareName(profile.name);
  const found: CiProfile[] = [];
  for (const slices of [1, 2, 3, 4, 7]) {
    // An instance of 4 slices has no 3-slice compute profile on the boards that were seen.
    if (slices > profile.computeSlices || (slices === 3 && profile.computeSlices === 4)) continue;
    const whole = slices === profile.computeSlices;
    found.push({
      id:
        whole && isDoubleMemory(geometry, profile)
          ? ciProfileIdDoubleMemory
          : (ciProfileIds[slices] ?? 0),
      name: whole ? bare : `${slices}c.${bare}`,
      slices,
      smCount: whole ? profile.smCount : unit * slices,
      isDefault: whole,
      instancesMax: Math.floor(profile.computeSlices / slices),
    });
  }
  return found;
}

/** Where a compute instance of `slices` goes: the last slice first for single ones (as captured), else the lowest. */
export function chooseComputeStart(
  profile: MigProfile,
  instance: GpuInstance,
  slices: number,
): number | undefined {
  const starts: number[] = [];
  for (let start = 0; start + slices <= profile.computeSlices; start += slices) starts.push(start);
  if (slices === 1 && profile.computeSlices === 3) starts.unshift(...starts.splice(2, 1));
  return starts.find((start) =>
    instance.computeInstances.every(
      (other) => start >= other.start + other.slices || other.start >= start + slices,
    ),
  );
}

/** NVML's enumeration order, in which `-lgi` and `-lci` group: plain profiles by size, then the variants. */
export function profileRank(geometry: MigGeometry, profile: MigProfile): number {
  const listed = geometry.profiles.indexOf(profile);
  const plain = !profile.name.includes('+') && !profile.name.includes('-');
  if (plain && !isDoubleMemory(geometry, profile)) return profile.computeSlices;
  return 100 + listed;
}

/** `1g.10gb+me` → `1g.10gb`: compute instances carry no suffix. */
export function bareName(name: string): string {
  return name.replace(/[+-].*$/, '');
}

function isDoubleMemory(geometry: MigGeometry, profile: MigProfile): boolean {
  const smallest = geometry.profiles.find((each) => each.computeSlices === 1);
  return (
    profile.computeSlices === 1 &&
    smallest !== undefined &&
    profile.placementSize > smallest.placementSize
  );
}

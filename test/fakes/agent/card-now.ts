import type { CardNow, InstanceNow } from '../../../agent/layout/card-now.ts';
import { migFamilyOf } from '../../../agent/layout/mig-family.ts';
import { cards, geometryOf } from '../../../shared/domain/card.ts';
import { parseGpuUuid } from '../../../shared/domain/ids.ts';
import type { LaidOutInstance } from '../../../shared/domain/mig-layout.ts';
import { profileById, type MigGeometry } from '../../../shared/domain/mig-profile.ts';
import { must } from './fake-core.ts';

export const gpu = must(parseGpuUuid('GPU-00000000'));

/** A card by our short name, with MIG on and nothing on it. */
export function cardNow(name: string, over: Partial<CardNow> = {}): CardNow {
  const card = cards.find((each) => each.name === name);
  if (card === undefined) throw new Error(`no card ${name}`);
  const mig = card.migGeometry === null ? null : true;
  return {
    gpu,
    index: 0,
    productName: card.productName,
    pciDeviceId: card.pciDeviceId,
    family: migFamilyOf(card.productName),
    passedThrough: false,
    migEnabled: mig,
    migPending: over.migEnabled === undefined ? mig : over.migEnabled,
    geometry: geometryOf(card),
    instances: [],
    holders: [],
    mpsRunning: false,
    nvlinkPeers: [],
    authority: 'cut',
    layoutRevision: 1,
    error: null,
    ...over,
  };
}

/** Instances as they would be seen: each with its default compute instance and names of its own. */
export function instancesNow(
  geometry: MigGeometry,
  placements: readonly { readonly giProfileId: number; readonly start: number }[],
): readonly InstanceNow[] {
  return placements
    .map(({ giProfileId, start }, at) => ({
      giProfileId,
      start,
      profile: profileById(geometry, giProfileId)?.name ?? '?',
      compute: null,
      gpuInstanceId: at + 1,
      computeInstanceIds: [0],
      uuid: `MIG-${giProfileId}-${start}`,
      memoryMib: 1,
      slice: null,
      holders: [],
    }))
    .toSorted((a, b) => a.start - b.start);
}

export function laidOut(
  geometry: MigGeometry,
  giProfileId: number,
  start: number,
): LaidOutInstance {
  const profile = profileById(geometry, giProfileId)?.name ?? '?';
  return { giProfileId, start, profile, compute: null };
}

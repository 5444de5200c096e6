import type { MigGeometry, MigPlacement, MigProfile } from '../domain/mig-profile.ts';
import { freeStarts, placementMask, placementRefusal, profileById } from '../domain/mig-profile.ts';
import type { CardView, SpareInstance } from './card-view.ts';
import { isIdle, isMigOn, renderUse } from './card-view.ts';
import { divCeil, divFloor, prices } from './cost.ts';
import type { Need } from './need.ts';
import type { CardOffer, CardVerdict } from './verdict.ts';
import { refuse } from './verdict.ts';

/**
 * The best MIG instance for a need: the profile that wastes least, at the legal start that leaves most room
 * for others, or an instance that exists already and belongs to nobody.
 */
export function offerMig(view: CardView, need: Need): CardVerdict {
  const asked = `needs ${need.memoryMib}MiB as MIG`;
  const { geometry } = view;
  if (view.migEnabled === null) return refuse('isolation', asked, 'has no MIG');
  if (geometry === null) return refuse('isolation', asked, 'did not tell its MIG profiles');
  if (view.use !== 'none' && view.use !== 'mig') {
    return refuse('mode', asked, renderUse(view), { closeness: -view.slicesHeld });
  }
  const switches = !isMigOn(view);
  if (switches && !isIdle(view)) {
    return refuse('foreign', asked, `has ${view.foreignMib}MiB held by others`);
  }
  const cuts = view.authority === 'cut';
  const offers = [
    ...view.spare.flatMap((spare) => offerSpare(view, geometry, spare, need)),
    ...(cuts ? offerCreation(view, geometry, need) : []),
  ];
  const best = offers.reduce<CardOffer | null>(cheaper, null);
  return best ?? refuseMig(view, geometry, need);
}

function cheaper(best: CardOffer | null, next: CardOffer): CardOffer {
  return best === null || next.cost < best.cost ? next : best;
}

function offerSpare(
  view: CardView,
  geometry: MigGeometry,
  spare: SpareInstance,
  need: Need,
): CardOffer[] {
  const known = profileById(geometry, spare.giProfileId);
  if (known === undefined) return [];
  const profile = { ...known, memoryMib: spare.memoryMib };
  if (!fits(view, geometry, profile, need)) return [];
  const cost =
    wasteOf(view, geometry, profile, need) + spare.memoryMib + freeAfter(view, geometry, 0);
  return [migOffer(profile, spare.start, cost, false)];
}

function offerCreation(view: CardView, geometry: MigGeometry, need: Need): CardOffer[] {
  const before = roomOf(geometry, occupiedMask(geometry, view.layout));
  const modePrice = !isMigOn(view) ? prices.switchMig : 0;
  return geometry.profiles
    .filter((profile) => fits(view, geometry, profile, need))
    .flatMap((profile) =>
      freeStarts(geometry, view.layout, profile.giProfileId).map((start) => {
        const after = [...view.layout, { giProfileId: profile.giProfileId, start }];
        const lost = before - roomOf(geometry, occupiedMask(geometry, after));
        const cost =
          wasteOf(view, geometry, profile, need) +
          lost +
          freeAfter(view, geometry, profile.placementSize) +
          prices.createInstance +
          modePrice;
        return migOffer(profile, start, cost, isIdle(view));
      }),
    );
}

function migOffer(profile: MigProfile, start: number, cost: number, opensIdle: boolean): CardOffer {
  const { giProfileId, name, placementSize, memoryMib } = profile;
  return {
    kind: 'offer',
    shape: { kind: 'mig', giProfileId, start, profile: name, size: placementSize, memoryMib },
    cost,
    opensIdle,
  };
}

/** Whether an instance of that profile is large enough, in memory and in SMs. */
export function fits(
  view: CardView,
  geometry: MigGeometry,
  profile: MigProfile,
  need: Need,
): boolean {
  return (
    profile.memoryMib >= need.memoryMib && hasShare(view, geometry, profile, need.computePercent)
  );
}

/** Exact, without division: `sm / smOfCard >= percent / 100`. */
function hasShare(
  view: CardView,
  geometry: MigGeometry,
  profile: MigProfile,
  percent: number,
): boolean {
  if (view.smCount > 0) return profile.smCount * 100 >= percent * view.smCount;
  return profile.computeSlices * 100 >= percent * computeSlicesOf(geometry);
}

function computeSlicesOf(geometry: MigGeometry): number {
  return geometry.profiles.reduce((most, profile) => Math.max(most, profile.computeSlices), 1);
}

/** `1g.10gb` is plain; `1g.10gb+me`, `2g.48gb-me` and `4g.96gb+gfx` are variants. */
export function isVariant(profile: Pick<MigProfile, 'name'>): boolean {
  return profile.name.includes('+') || profile.name.includes('-');
}

/** MiB and separation that nobody asked for, and SMs beyond what was asked and beyond the slice's share of the memory. */
function wasteOf(view: CardView, geometry: MigGeometry, profile: MigProfile, need: Need): number {
  const smPercent =
    view.smCount > 0
      ? divFloor(profile.smCount * 100, view.smCount)
      : divFloor(profile.computeSlices * 100, computeSlicesOf(geometry));
  const due = Math.max(
    need.computePercent,
    divCeil(profile.memoryMib * 100, Math.max(1, view.memoryTotalMib)),
  );
  const smWasteMib = divFloor(Math.max(0, smPercent - due) * view.memoryTotalMib, 200);
  const variant = isVariant(profile) ? prices.profileVariant : 0;
  const unasked = need.isolation === 'mig' ? 0 : prices.migUnasked;
  return profile.memoryMib - need.memoryMib + smWasteMib + variant + unasked;
}

/** Best fit: the fuller card first. */
function freeAfter(view: CardView, geometry: MigGeometry, sizeTaken: number): number {
  const free = geometry.placementUnits - unitsTaken(geometry, view.layout) - sizeTaken;
  return divFloor(divFloor(view.memoryTotalMib * free, geometry.placementUnits), 8);
}

function unitsTaken(geometry: MigGeometry, layout: readonly MigPlacement[]): number {
  return layout.reduce(
    (sum, { giProfileId }) => sum + (profileById(geometry, giProfileId)?.placementSize ?? 0),
    0,
  );
}

function occupiedMask(geometry: MigGeometry, layout: readonly MigPlacement[]): number {
  return layout.reduce((mask, { giProfileId, start }) => {
    const size = profileById(geometry, giProfileId)?.placementSize ?? 0;
    return mask | placementMask(start, size);
  }, 0);
}

/**
 * What could still be cut out of a layout, as one number: for each plain profile the MiB of as many instances
 * as fit side by side, averaged over the profiles. The start that lowers it least strands least.
 */
function roomOf(geometry: MigGeometry, occupied: number): number {
  const plain = geometry.profiles.filter((profile) => !isVariant(profile));
  const room = plain.reduce(
    (sum, profile) => sum + placeable(profile, occupied) * profile.memoryMib,
    0,
  );
  return divFloor(room, Math.max(1, plain.length));
}

/** Starts ascend and all instances of a profile are alike, so taking the first free start again and again is best. */
function placeable(profile: MigProfile, occupied: number): number {
  let mask = occupied;
  let count = 0;
  for (const start of profile.placementStarts) {
    const wanted = placementMask(start, profile.placementSize);
    if ((mask & wanted) !== 0) continue;
    mask |= wanted;
    count += 1;
  }
  return Math.min(count, profile.instancesMax);
}

function refuseMig(view: CardView, geometry: MigGeometry, need: Need): CardVerdict {
  const asked = `needs ${need.memoryMib}MiB as MIG`;
  const largest = largestOf(geometry.profiles);
  if (largest === null) return refuse('isolation', asked, 'has no MIG profile');
  const wide = geometry.profiles.filter((each) =>
    hasShare(view, geometry, each, need.computePercent),
  );
  const free = largestOf(wide.filter((each) => canHave(view, geometry, each)));
  const fitsMib = free?.memoryMib ?? 0;
  if (largest.memoryMib < need.memoryMib) {
    const has = `offers at most ${largest.name} (${largest.memoryMib}MiB)`;
    return refuse('size', asked, has, { closeness: largest.memoryMib, fitsMib });
  }
  if (!wide.some((each) => each.memoryMib >= need.memoryMib)) {
    const has = `has no MIG profile with that share of its SMs`;
    const needs = `needs ${need.computePercent}% of the SMs as MIG`;
    return refuse('compute', needs, has, { fitsMib });
  }
  return refuseFull(view, geometry, need, free);
}

/** It would fit an empty card: is memory gone, or is it there in the wrong places? */
function refuseFull(
  view: CardView,
  geometry: MigGeometry,
  need: Need,
  free: MigProfile | null,
): CardVerdict {
  const asked = `needs ${need.memoryMib}MiB as MIG`;
  const fitsMib = free?.memoryMib ?? 0;
  const smallest = geometry.profiles
    .filter((each) => fits(view, geometry, each, need))
    .reduce((least, each) => Math.min(least, each.placementSize), geometry.placementUnits);
  const unitsFree = geometry.placementUnits - unitsTaken(geometry, view.layout);
  const has =
    free === null
      ? 'has no MIG placement free'
      : `has ${free.name} (${free.memoryMib}MiB) as its largest free MIG slice`;
  const scattered = view.authority === 'cut' && unitsFree >= smallest;
  return refuse(scattered ? 'layout' : 'memory', asked, has, { closeness: fitsMib, fitsMib });
}

function canHave(view: CardView, geometry: MigGeometry, profile: MigProfile): boolean {
  const { giProfileId } = profile;
  if (view.spare.some((spare) => spare.giProfileId === giProfileId)) return true;
  if (view.authority !== 'cut') return false;
  return profile.placementStarts.some(
    (start) => placementRefusal(geometry, view.layout, { giProfileId, start }) === null,
  );
}

function largestOf(profiles: readonly MigProfile[]): MigProfile | null {
  return profiles.reduce<MigProfile | null>(
    (best, each) => (best === null || each.memoryMib > best.memoryMib ? each : best),
    null,
  );
}

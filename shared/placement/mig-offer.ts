import type { MigGeometry, MigPlacement, MigProfile } from '../domain/mig-profile.ts';
import { freeStarts, placementMask, profileById } from '../domain/mig-profile.ts';
import type { CardView, SpareInstance } from './card-view.ts';
import { isIdle, isMigOn, renderUse } from './card-view.ts';
import { divCeil, divFloor, prices } from './cost.ts';
import type { Need } from './need.ts';
import type { CardVerdict, RawOffer } from './verdict.ts';
import { offering, refuse } from './verdict.ts';

/**
 * The MIG instances worth considering for a need: those that exist and belong to nobody, and those that could be
 * made: each plain profile that will do, unless a smaller one fits inside its place, at each legal start that leaves
 * something else to others. `+me`, `+gfx` and `-me` only where no plain one will do.
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
  const cuts = view.authority === 'cut' ? cutsFor(view, geometry, need) : [];
  const all = [...sparesFor(view, geometry, need), ...cuts];
  const plain = all.filter(({ profile }) => !isVariant(profile));
  const offers = (plain.length > 0 ? plain : all).map((cut) => offerOf(view, geometry, cut, need));
  return offers.length > 0 ? offering(...offers) : refuseMig(view, geometry, need);
}

/** An instance that could be had. */
interface Cut {
  readonly profile: MigProfile;
  readonly start: number;
  readonly exists: boolean;
}

/** Of several that are alike the one with the lowest start. */
function sparesFor(view: CardView, geometry: MigGeometry, need: Need): Cut[] {
  const seen = new Set<string>();
  return view.spare.flatMap((spare) => {
    const profile = profileOfSpare(geometry, spare);
    if (profile === null || !fits(view, geometry, profile, need)) return [];
    const kind = `${profile.giProfileId}:${profile.memoryMib}`;
    if (seen.has(kind)) return [];
    seen.add(kind);
    return [{ profile, start: spare.start, exists: true }];
  });
}

function profileOfSpare(geometry: MigGeometry, spare: SpareInstance): MigProfile | null {
  const known = profileById(geometry, spare.giProfileId);
  return known === undefined ? null : { ...known, memoryMib: spare.memoryMib };
}

function cutsFor(view: CardView, geometry: MigGeometry, need: Need): Cut[] {
  const cuts = allCuts(view, geometry).filter(({ profile }) => fits(view, geometry, profile, need));
  return cuts.filter((cut) => !cuts.some((other) => isInside(other, cut)));
}

/** What could be cut on a card does not depend on who asks, and cards of a fleet are asked by every shape of request. */
const cutsOf = new WeakMap<CardView, readonly Cut[]>();

function allCuts(view: CardView, geometry: MigGeometry): readonly Cut[] {
  const known = cutsOf.get(view);
  if (known !== undefined) return known;
  const cuts = geometry.profiles.flatMap((profile) =>
    distinctStarts(geometry, view.layout, profile).map((start) => ({
      profile,
      start,
      exists: false,
    })),
  );
  cutsOf.set(view, cuts);
  return cuts;
}

/** Whether `inner` takes no compute slice more and only some of the placement units of `outer`. */
function isInside(inner: Cut, outer: Cut): boolean {
  const inside = maskOf(inner);
  const outside = maskOf(outer);
  return (
    inside !== outside &&
    (inside & ~outside) === 0 &&
    inner.profile.computeSlices <= outer.profile.computeSlices &&
    isVariant(inner.profile) <= isVariant(outer.profile)
  );
}

function maskOf({ profile, start }: Cut): number {
  return placementMask(start, profile.placementSize);
}

/** Of the free starts those that differ in what they leave to others; the lowest of those that do not. */
function distinctStarts(
  geometry: MigGeometry,
  layout: readonly MigPlacement[],
  profile: MigProfile,
): readonly number[] {
  const starts = freeStarts(geometry, layout, profile.giProfileId);
  if (starts.length < 2) return starts;
  const occupied = occupiedMask(geometry, layout);
  const seen = new Set<string>();
  return starts.filter((start) => {
    const room = roomBeside(geometry, occupied | placementMask(start, profile.placementSize));
    if (seen.has(room)) return false;
    seen.add(room);
    return true;
  });
}

/** How many instances of each plain profile could still be cut beside an occupancy. */
function roomBeside(geometry: MigGeometry, occupied: number): string {
  let room = '';
  for (const profile of geometry.profiles) {
    if (!isVariant(profile)) room += `${placeable(profile, occupied)},`;
  }
  return room;
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

function offerOf(view: CardView, geometry: MigGeometry, cut: Cut, need: Need): RawOffer {
  const { giProfileId, name: profile, placementSize: size, memoryMib } = cut.profile;
  return {
    shape: { kind: 'mig', giProfileId, start: cut.start, profile, size, memoryMib },
    priceMilli:
      unaskedPrice(view, geometry, cut.profile, need) +
      (cut.exists ? 0 : prices.createInstance) +
      (isMigOn(view) ? 0 : prices.switchMig),
    opensIdle: isIdle(view),
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

/** Separation and engines that nobody asked for, and SMs beyond what was asked and the slice's part of the memory. */
function unaskedPrice(
  view: CardView,
  geometry: MigGeometry,
  profile: MigProfile,
  need: Need,
): number {
  const smPercent =
    view.smCount > 0
      ? divFloor(profile.smCount * 100, view.smCount)
      : divFloor(profile.computeSlices * 100, computeSlicesOf(geometry));
  const due = Math.max(
    need.computePercent,
    divCeil(profile.memoryMib * 100, Math.max(1, view.memoryTotalMib)),
  );
  return (
    Math.max(0, smPercent - due) * prices.smUnasked +
    (isVariant(profile) ? prices.profileVariant : 0) +
    (need.isolation === 'mig' ? 0 : prices.migUnasked)
  );
}

/** Placement units that a layout covers. */
export function unitsTaken(geometry: MigGeometry, layout: readonly MigPlacement[]): number {
  let units = 0;
  for (let mask = occupiedMask(geometry, layout); mask !== 0; mask &= mask - 1) units += 1;
  return units;
}

function occupiedMask(geometry: MigGeometry, layout: readonly MigPlacement[]): number {
  let mask = 0;
  for (const { giProfileId, start } of layout) {
    mask |= placementMask(start, profileById(geometry, giProfileId)?.placementSize ?? 0);
  }
  return mask;
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
  return freeStarts(geometry, view.layout, giProfileId).length > 0;
}

function largestOf(profiles: readonly MigProfile[]): MigProfile | null {
  return profiles.reduce<MigProfile | null>(
    (best, each) => (best === null || each.memoryMib > best.memoryMib ? each : best),
    null,
  );
}

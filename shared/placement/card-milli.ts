import { unreachable } from '../domain/assert.ts';
import type { MigGeometry, MigPlacement } from '../domain/mig-profile.ts';
import type { CardView } from './card-view.ts';
import { isIdle, isMigOn } from './card-view.ts';
import { divFloor, mpsClientsMax, shareReserveMib } from './cost.ts';
import { unitsTaken } from './mig-offer.ts';
import { shareCapacityMib } from './share-offer.ts';

/**
 * Thousandths of a card that could still be handed out: of its placement units where it is cut, of its memory or SMs,
 * whichever is scarcer, where it is shared; all of an idle card; nothing of one that has failed or may not be used.
 */
export function freeMilliOf(view: CardView): number {
  if (view.health.state === 'failed' || view.authority === 'observe') return 0;
  switch (view.use) {
    case 'whole':
    case 'mixed':
      return 0;
    case 'mig':
      return freeOfLayout(view);
    case 'mps':
      return view.clientsHeld >= mpsClientsMax
        ? 0
        : Math.max(0, Math.min(freeOfMemory(view), 10 * (100 - view.smHeldPercent)));
    case 'timeshare':
      return freeOfMemory(view);
    case 'none':
      return freeUnused(view);
    default:
      return unreachable(view.use);
  }
}

function freeUnused(view: CardView): number {
  if (isMigOn(view) && (view.authority !== 'cut' || !isIdle(view))) return freeOfLayout(view);
  return view.foreign ? freeOfMemory(view) : 1_000;
}

function freeOfLayout(view: CardView): number {
  const { geometry } = view;
  if (geometry === null) return 0;
  const spare = unitsTaken(geometry, view.spare);
  const uncut = geometry.placementUnits - unitsTaken(geometry, view.layout);
  const units = view.authority === 'cut' ? Math.max(0, uncut) + spare : spare;
  return Math.min(1_000, divFloor(1_000 * units, geometry.placementUnits));
}

function freeOfMemory(view: CardView): number {
  const allMib = view.memoryTotalMib - shareReserveMib;
  if (allMib < 1) return 0;
  return Math.max(0, divFloor(1_000 * (shareCapacityMib(view) - view.memoryHeldMib), allMib));
}

/** The most memory that any one slice of the card could have now, or more: never less. */
export function roomiestMib(view: CardView): number {
  if (view.health.state === 'failed' || view.authority === 'observe') return 0;
  if (view.use === 'whole' || view.use === 'mixed') return 0;
  if (view.use === 'mps' || view.use === 'timeshare') {
    return shareCapacityMib(view) - view.memoryHeldMib;
  }
  if (view.use === 'none' && view.layout.length === 0) return view.memoryTotalMib;
  const uncut = view.geometry === null ? 0 : uncutMib(view.geometry, view.layout);
  const spare = view.spare.reduce((most, each) => Math.max(most, each.memoryMib), 0);
  return Math.max(uncut, spare, view.use === 'none' ? shareCapacityMib(view) : 0);
}

function uncutMib(geometry: MigGeometry, layout: readonly MigPlacement[]): number {
  const free = geometry.placementUnits - unitsTaken(geometry, layout);
  return geometry.profiles.reduce(
    (most, each) => (each.placementSize <= free ? Math.max(most, each.memoryMib) : most),
    0,
  );
}

import type { MigGeometry } from '../../domain/mig-profile.ts';
import { profileById } from '../../domain/mig-profile.ts';
import type { CardView } from '../card-view.ts';
import { isIdle, isMigOn } from '../card-view.ts';
import { divCeil, divFloor, mpsClientsMax, mpsClientsOf } from '../cost.ts';
import { fits } from '../mig-offer.ts';
import type { Need } from '../need.ts';
import { kindsAdmitted } from '../need.ts';
import { shareCapacityMib, shareOfSms } from '../share-offer.ts';
import { MigTable } from './mig-table.ts';
import { mayHave } from './shape-size.ts';

/** How often a need would fit on a card now, one after the other. */
export interface Room {
  readonly copies: number;
  /** Thousandths of the card that all these copies would put to use. */
  readonly fillMilli: number;
}

const none: Room = { copies: 0, fillMilli: 0 };

/**
 * Measures cards with the room that they have for needs. It looks at the card alone: what is asked of a node is not
 * seen here.
 */
export class CardMeasure {
  private readonly tables = new WeakMap<MigGeometry, MigTable>();

  /**
   * The room for one card of `need`, in the kind of slice that gives most copies; the finest on ties. A whole card
   * counts for those who asked for less only where nothing else would do.
   */
  roomFor(view: CardView, need: Need): Room {
    if (view.health.state === 'failed' || view.authority === 'observe') return none;
    if (!mayHave(need, view.productName)) return none;
    let best = none;
    for (const kind of kindsAdmitted(need)) {
      if (kind === 'whole') continue;
      const room = this.roomAs(kind, view, need);
      if (room.copies > best.copies) best = room;
    }
    return best.copies === 0 ? roomAsWhole(view, need) : best;
  }

  private roomAs(kind: 'mps' | 'mig' | 'timeshare', view: CardView, need: Need): Room {
    if (kind === 'mig') return this.roomAsMig(view, need);
    return isOpenFor(kind, view) ? roomForShares(kind, view, need) : none;
  }

  private roomAsMig(view: CardView, need: Need): Room {
    const { geometry } = view;
    if (geometry === null || view.migEnabled === null) return none;
    if (view.use !== 'none' && view.use !== 'mig') return none;
    if (!isMigOn(view) && !isIdle(view)) return none;
    const spare = sumSpare(view, geometry, need);
    const cut = view.authority === 'cut' ? this.roomToCut(view, geometry, need) : none;
    return {
      copies: spare.copies + cut.copies,
      fillMilli: spare.fillMilli + cut.fillMilli,
    };
  }

  /** Instances still to be made, all of the profile that gives most of them, the smallest on ties. */
  private roomToCut(view: CardView, geometry: MigGeometry, need: Need): Room {
    const table = this.tableOf(geometry);
    let best = none;
    for (const profile of geometry.profiles) {
      if (!fits(view, geometry, profile, need)) continue;
      const copies = table.copies(view.layout, profile);
      const fillMilli = divFloor(1_000 * copies * profile.placementSize, geometry.placementUnits);
      const finer = copies === best.copies && fillMilli < best.fillMilli;
      if (copies > best.copies || finer) best = { copies, fillMilli };
    }
    return best;
  }

  private tableOf(geometry: MigGeometry): MigTable {
    const known = this.tables.get(geometry);
    if (known !== undefined) return known;
    const made = new MigTable(geometry);
    this.tables.set(geometry, made);
    return made;
  }
}

function isOpenFor(kind: 'mps' | 'timeshare', view: CardView): boolean {
  if (kind === 'mps' && !view.mpsOffered) return false;
  if (view.use !== 'none' && view.use !== kind) return false;
  return !isMigOn(view) || (view.authority === 'cut' && isIdle(view));
}

function roomForShares(kind: 'mps' | 'timeshare', view: CardView, need: Need): Room {
  const capacityMib = shareCapacityMib(view);
  const byMemory = divFloor(capacityMib - view.memoryHeldMib, Math.max(1, need.memoryMib));
  const copies = Math.max(0, kind === 'mps' ? Math.min(byMemory, mpsPlaces(view, need)) : byMemory);
  if (copies === 0) return none;
  const percent = kind === 'mps' ? need.computePercent : 0;
  const sizeMilli = Math.max(divCeil(1_000 * need.memoryMib, capacityMib), 10 * percent);
  return { copies, fillMilli: copies * sizeMilli };
}

/** Shares that the SMs and the client places which are left suffice for. */
function mpsPlaces(view: CardView, need: Need): number {
  const smFree = 100 - view.smHeldPercent;
  const smEach = shareOfSms(view, need, shareCapacityMib(view));
  // A share that asks for no SMs takes what is left rather than nothing.
  const bySm =
    need.computePercent === 0 && smFree >= 1
      ? Math.max(1, divFloor(smFree, smEach))
      : divFloor(smFree, smEach);
  return Math.min(bySm, divFloor(mpsClientsMax - view.clientsHeld, mpsClientsOf(smEach)));
}

/** Everybody accepts a whole card. */
function roomAsWhole(view: CardView, need: Need): Room {
  if (!isFreeWhole(view) || view.memoryTotalMib < need.memoryMib) return none;
  const fillMilli = need.isolation === 'whole' ? 1_000 : partOfWhole(view, need);
  return { copies: 1, fillMilli };
}

function isFreeWhole(view: CardView): boolean {
  return isIdle(view) && (view.migEnabled !== true || view.authority === 'cut');
}

/** What a need that asked for less puts to use of a whole card. */
function partOfWhole(view: CardView, need: Need): number {
  const byMemory = divCeil(1_000 * need.memoryMib, Math.max(1, view.memoryTotalMib));
  return Math.min(1_000, Math.max(byMemory, 10 * need.computePercent));
}

function sumSpare(view: CardView, geometry: MigGeometry, need: Need): Room {
  let copies = 0;
  let units = 0;
  for (const spare of view.spare) {
    const profile = profileById(geometry, spare.giProfileId);
    if (profile === undefined) continue;
    if (!fits(view, geometry, { ...profile, memoryMib: spare.memoryMib }, need)) continue;
    copies += 1;
    units += spare.size;
  }
  return { copies, fillMilli: divFloor(1_000 * units, geometry.placementUnits) };
}

import type { CardView } from './card-view.ts';
import { isIdle, isMigOn, renderUse } from './card-view.ts';
import { divCeil, divFloor, mpsClientsMax, mpsClientsOf, prices, shareReserveMib } from './cost.ts';
import type { Need } from './need.ts';
import type { CardRefusal, CardVerdict } from './verdict.ts';
import { offering, refuse } from './verdict.ts';

/** A share of a card under MPS: memory and SMs are promised once, and each client process is held to its part. */
export function offerMps(view: CardView, need: Need): CardVerdict {
  if (!view.mpsOffered) {
    return refuse('isolation', 'needs an MPS share', 'is on a node that shares none (mps.enabled)');
  }
  const blocked = refuseShare(view, need, 'mps');
  if (blocked !== null) return blocked;
  const capacityMib = shareCapacityMib(view);
  const smPercent = shareOfSms(view, need, capacityMib);
  const smFree = 100 - view.smHeldPercent;
  if (smPercent > smFree || smFree < 1) {
    return refuse('compute', `needs ${smPercent}% of the SMs`, `has ${smFree}% free`, {
      closeness: smFree,
    });
  }
  const clientsFree = mpsClientsMax - view.clientsHeld;
  if (mpsClientsOf(smPercent) > clientsFree) {
    const needs = `needs ${need.processes} MPS ${need.processes === 1 ? 'client' : 'clients'}`;
    return refuse('clients', needs, `has ${clientsFree} of ${mpsClientsMax} left`, {
      closeness: clientsFree,
    });
  }
  return offering({
    shape: { kind: 'mps', memoryMib: need.memoryMib, smPercent },
    priceMilli: openPrice(view),
    opensIdle: isIdle(view),
  });
}

/** A place that is accounted and kept by nobody: only for those who accept any isolation. */
export function offerTimeshare(view: CardView, need: Need): CardVerdict {
  const blocked = refuseShare(view, need, 'timeshare');
  if (blocked !== null) return blocked;
  return offering({
    shape: { kind: 'timeshare', memoryMib: need.memoryMib },
    priceMilli: openPrice(view) + prices.timeshare,
    opensIdle: isIdle(view),
  });
}

/** The whole card. For those who asked for less it is the last resort. */
export function offerWhole(view: CardView, need: Need): CardVerdict {
  const asked = need.count > 1 ? `needs ${need.count} whole cards` : 'needs a whole card';
  const { memoryTotalMib } = view;
  if (memoryTotalMib < need.memoryMib) {
    return refuse('size', `needs ${need.memoryMib}MiB on one card`, `has ${memoryTotalMib}MiB`, {
      closeness: memoryTotalMib,
      fitsMib: view.use === 'none' && isIdle(view) ? memoryTotalMib : 0,
    });
  }
  if (view.use !== 'none' || view.layout.length > 0) {
    return refuse('mode', asked, renderUse(view), { closeness: -view.slicesHeld });
  }
  if (view.foreign) {
    return refuse('foreign', asked, `has ${view.foreignMib}MiB held by others`, {
      closeness: -view.foreignMib,
    });
  }
  if (view.migEnabled === true && view.authority !== 'cut') {
    return refuse('mode', asked, 'is in MIG mode, and may not be switched');
  }
  const spareGib = divFloor(memoryTotalMib - need.memoryMib, 1_024);
  return offering({
    shape: { kind: 'whole', memoryMib: memoryTotalMib },
    priceMilli:
      spareGib * prices.wholeGibUnasked +
      (need.isolation === 'whole' ? 0 : prices.wholeUnasked) +
      (view.migEnabled === true ? prices.switchMig : 0),
    opensIdle: true,
  });
}

/** MiB of a card that shares may be made of. */
export function shareCapacityMib(view: Pick<CardView, 'memoryTotalMib' | 'foreignMib'>): number {
  return Math.max(0, view.memoryTotalMib - shareReserveMib - view.foreignMib);
}

/**
 * The SM percentage of a share: what was asked, or else its part of the memory, at least 1 and no more than is
 * left, so that a model which asks for no SMs is never refused for want of them. Several processes need at
 * least their part of MPS's client places (see `mpsClientsOf`).
 */
export function shareOfSms(view: CardView, need: Need, capacityMib: number): number {
  const left = Math.max(1, 100 - view.smHeldPercent);
  const part = divFloor(need.memoryMib * 100, Math.max(1, capacityMib));
  const share = need.computePercent > 0 ? need.computePercent : Math.min(left, Math.max(1, part));
  const clients = need.processes > 1 ? divCeil(100 * need.processes, mpsClientsMax) : 0;
  return Math.max(share, clients);
}

function refuseShare(view: CardView, need: Need, kind: 'mps' | 'timeshare'): CardRefusal | null {
  const asked = `needs ${need.memoryMib}MiB as ${kind}`;
  if (view.use !== 'none' && view.use !== kind) {
    return refuse('mode', asked, renderUse(view), { closeness: -view.slicesHeld });
  }
  if (isMigOn(view) && (view.authority !== 'cut' || !isIdle(view))) {
    return refuse('mode', asked, renderUse(view), { closeness: -view.layout.length });
  }
  const mostMib = Math.max(0, view.memoryTotalMib - shareReserveMib);
  const freeMib = Math.max(0, shareCapacityMib(view) - view.memoryHeldMib);
  if (mostMib < need.memoryMib) {
    return refuse('size', asked, `has ${mostMib}MiB for shares`, {
      closeness: mostMib,
      fitsMib: freeMib,
    });
  }
  if (freeMib >= need.memoryMib) return null;
  const foreign = view.foreignMib > 0 ? `, others hold ${view.foreignMib}MiB` : '';
  return refuse('memory', asked, `has ${freeMib}MiB free${foreign}`, {
    closeness: freeMib,
    fitsMib: freeMib,
  });
}

/** The price of taking a card that no share is on, when it could have been cut. */
function openPrice(view: CardView): number {
  if (view.use !== 'none' || view.migEnabled === null) return 0;
  return prices.openCuttable + (view.migEnabled ? prices.switchMig : 0);
}

import { unreachable } from '../domain/assert.ts';
import { authorityAllows, type Authority } from '../domain/gpu.ts';
import type { SliceKind } from '../domain/slice.ts';
import type { CardView } from './card-view.ts';
import { renderUse } from './card-view.ts';
import { prices } from './cost.ts';
import { offerMig } from './mig-offer.ts';
import type { Need } from './need.ts';
import { kindsAdmitted } from './need.ts';
import { reasonRow } from './reasons.ts';
import { offerMps, offerTimeshare, offerWhole } from './share-offer.ts';
import type { CardOffers, CardRefusal, CardVerdict } from './verdict.ts';
import { offering, refuse } from './verdict.ts';

/** Judges one card for one need: the slices it can give, or the reason that came nearest to one. */
export function judgeCard(card: CardView, need: Need): CardVerdict {
  const wrong = refuseProduct(card, need) ?? refuseHealth(card);
  if (wrong !== null) return wrong;
  const view = withAuthority(card, need.authorityFloor);
  const verdict = judgeKinds(view, need);
  if (verdict.kind === 'offers') return view.health.state === 'degraded' ? worn(verdict) : verdict;
  return refuseAuthority(view, need) ?? blameUnderCut(view, need, verdict);
}

function worn({ offers }: CardOffers): CardOffers {
  return offering(
    ...offers.map((offer) => ({ ...offer, priceMilli: offer.priceMilli + prices.degraded })),
  );
}

function withAuthority(view: CardView, floor: Authority): CardView {
  return authorityAllows(view.authority, floor) ? view : { ...view, authority: floor };
}

function refuseProduct(view: CardView, need: Need): CardRefusal | null {
  const { models } = need;
  if (need.admits(view.productName)) return null;
  return refuse('card-model', `needs ${models.join(' or ')}`, `is ${view.productName}`);
}

function refuseHealth(view: CardView): CardRefusal | null {
  if (view.health.state !== 'failed') return null;
  return refuse('health', 'needs a card in use', `is out of use: ${view.health.reason}`);
}

function judgeKinds(view: CardView, need: Need): CardVerdict {
  const verdicts =
    view.use === 'mixed'
      ? [refuse('mode', 'needs a card in one mode', renderUse(view))]
      : kindsAdmitted(need).map((kind) => offerKind(kind, view, need));
  return verdicts.reduce(join);
}

function offerKind(kind: SliceKind, view: CardView, need: Need): CardVerdict {
  if (view.authority === 'observe') return refuse('authority', 'needs authority', 'has observe');
  switch (kind) {
    case 'whole':
      return offerWhole(view, need);
    case 'mig':
      return offerMig(view, need);
    case 'mps':
      return offerMps(view, need);
    case 'timeshare':
      return offerTimeshare(view, need);
    default:
      return unreachable(kind);
  }
}

/** Offers are put together; an offer beats a refusal, and the refusal that came further the other. First on ties. */
function join(best: CardVerdict, next: CardVerdict): CardVerdict {
  if (best.kind === 'offers') {
    return next.kind === 'offers' ? offering(...best.offers, ...next.offers) : best;
  }
  if (next.kind === 'offers') return next;
  const nextProgress = reasonRow(next.reason).progress;
  const bestProgress = reasonRow(best.reason).progress;
  const further =
    nextProgress > bestProgress ||
    (nextProgress === bestProgress && next.closeness > best.closeness);
  const fitsMib = Math.max(best.fitsMib, next.fitsMib);
  return { ...(further ? next : best), fitsMib };
}

/** When more authority alone would make it fit, that is the reason. */
function refuseAuthority(view: CardView, need: Need): CardRefusal | null {
  for (const level of ['place', 'cut'] as const) {
    if (authorityAllows(view.authority, level)) continue;
    if (judgeKinds({ ...view, authority: level }, need).kind === 'refused') continue;
    return refuse('authority', `needs authority ${level}`, `has ${view.authority}`);
  }
  return null;
}

/** More authority would not help: say what would still be in the way. `fitsMib` stays what fits today. */
function blameUnderCut(view: CardView, need: Need, today: CardRefusal): CardRefusal {
  if (view.authority !== 'observe') return today;
  const verdict = judgeKinds({ ...view, authority: 'cut' }, need);
  return verdict.kind === 'refused' ? { ...verdict, fitsMib: today.fitsMib } : today;
}

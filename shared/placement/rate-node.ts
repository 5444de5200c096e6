import type { SliceShape } from '../domain/slice.ts';
import type { Ask } from './ask.ts';
import { prices } from './cost.ts';
import type { ClassCount, NodeState } from './index/node-state.ts';
import type { OptionTable } from './index/option-table.ts';
import type { CardRecord, NodeRecord } from './node-record.ts';
import { compareText } from './node-record.ts';
import type { Option, Policy, RequestSight } from './policies/policy.ts';

/** A way to place a replica on one node, with the very cards. */
export interface Choice {
  readonly rate: number;
  /** Empty for a model on CPU. */
  readonly parts: readonly { readonly card: CardRecord; readonly shape: SliceShape }[];
}

/** Draws one of so many equals, 0 to `count - 1`. */
export type Draw = (count: number) => number;

/**
 * What the best place on a node costs, Infinity when it has none. Of the node's filters nothing is asked. A rating of
 * one card or of CPU alone depends on nothing but the state. `known`: has begun for just this need and policy.
 */
export function rateNode(
  record: NodeRecord,
  ask: Ask,
  policy: Policy,
  known: OptionTable | null = null,
): number {
  const { need, sight } = ask;
  const { state } = record;
  if (need === null) return policy.rate(state, cpuOption(state), sight);
  if (need.count > 1)
    return bestOf(setsOn(record, ask), { state, sight, policy }, null)?.rate ?? Infinity;
  let least = Infinity;
  let rate = Infinity;
  const same = policy.prefer === policy.rate;
  for (let group = 0; group < state.cardIds.length; group += 1) {
    const options =
      known === null ? state.groups[group]?.card.options(need, policy) : known.of(state, group);
    if (options === undefined) continue;
    for (const option of options) {
      const preferred = policy.prefer(state, option, sight);
      if (preferred > least) continue;
      const rated = same ? preferred : policy.rate(state, option, sight);
      if (preferred === least && rated >= rate) continue;
      least = preferred;
      rate = rated;
    }
  }
  return rate;
}

/** Whether a node has a place at all; much cheaper than finding the best. */
export function hasPlace({ state }: NodeRecord, { need }: Ask): boolean {
  if (need === null) return true;
  if (need.count > 1) {
    let most = 0;
    const alike = new Map<string, number>();
    for (const { card, count } of state.groups) {
      if (card.offers(need).length === 0) continue;
      const { productName } = card.view;
      const next = (alike.get(productName) ?? 0) + count;
      alike.set(productName, next);
      most = Math.max(most, next);
    }
    return most >= need.count;
  }
  return state.groups.some(({ card }) => card.offers(need).length > 0);
}

/** The best place on a node; null when it has none. `draw` tells equals apart where the policy wants them drawn. */
export function chooseOn(record: NodeRecord, ask: Ask, policy: Policy, draw: Draw): Choice | null {
  const { need, sight } = ask;
  const { state } = record;
  if (need === null) return { rate: policy.rate(state, cpuOption(state), sight), parts: [] };
  if (need.count > 1) {
    const best = bestOf(setsOn(record, ask), { state, sight, policy }, null);
    return best === null ? null : { rate: best.rate, parts: best.place.cards };
  }
  const places = record.cards.flatMap((card) =>
    card.class.options(need, policy).map((option) => ({ card, option })),
  );
  const drawn = policy.ties === 'drawn' ? draw : null;
  const best = bestOf(places, { state, sight, policy }, drawn);
  if (best === null) return null;
  const { card, option } = best.place;
  return {
    rate: best.rate,
    parts: option.parts.map(({ offer }) => ({ card, shape: offer.shape })),
  };
}

interface Place {
  readonly option: Option;
}

/** What places are rated with. */
interface Rating {
  readonly state: NodeState;
  readonly sight: RequestSight;
  readonly policy: Policy;
}

/** The place preferred most, then rated best, then the first, or one of the equals that is drawn. */
function bestOf<T extends Place>(
  places: readonly T[],
  { state, sight, policy }: Rating,
  draw: Draw | null,
): { readonly place: T; readonly rate: number } | null {
  let least = Infinity;
  let rate = Infinity;
  let equals: T[] = [];
  for (const place of places) {
    const preferred = policy.prefer(state, place.option, sight);
    if (preferred > least) continue;
    const rated = policy.rate(state, place.option, sight);
    if (preferred === least && rated > rate) continue;
    if (preferred < least || rated < rate) equals = [];
    least = preferred;
    rate = rated;
    equals.push(place);
  }
  const place = equals[draw === null ? 0 : draw(equals.length)];
  return place === undefined ? null : { place, rate };
}

const cpuHere: Option = { parts: [], priceMilli: 0 };
const cpuBesideCards: Option = { parts: [], priceMilli: prices.cpuOnGpuNode };

function cpuOption(state: NodeState): Option {
  return state.cardCount > 0 ? cpuBesideCards : cpuHere;
}

interface CardSet extends Place {
  readonly cards: Choice['parts'];
}

/** Several whole cards of one product, as close together as can be: one set a product, in order of product name. */
function setsOn(record: NodeRecord, ask: Ask): readonly CardSet[] {
  const { need } = ask;
  if (need === null || !hasEnough(record.state.groups, need.count)) return [];
  const products = new Map<string, { place: number; card: CardRecord; priceMilli: number }[]>();
  for (const [place, card] of record.cards.entries()) {
    const [offer] = card.class.offers(need);
    if (offer === undefined) continue;
    const { productName } = card.gpu;
    const alike = products.get(productName);
    const found = { place, card, priceMilli: offer.priceMilli };
    if (alike === undefined) products.set(productName, [found]);
    else alike.push(found);
  }
  return [...products]
    .filter(([, alike]) => alike.length >= need.count)
    .sort(([a], [b]) => compareText(a, b))
    .map(([, alike]) => setOf(record, ask, alike));
}

/** Cheap, and never wrong when it says no: whole cards are idle ones. */
function hasEnough(groups: readonly ClassCount[], count: number): boolean {
  let idle = 0;
  for (const group of groups) if (group.card.idle) idle += group.count;
  return idle >= count;
}

function setOf(
  record: NodeRecord,
  { need }: Ask,
  alike: readonly { readonly place: number; readonly priceMilli: number }[],
): CardSet {
  const { places, priceMilli } = record.links.choose(alike, need?.count ?? 0);
  const cards = places.flatMap((place) => {
    const card = record.cards[place];
    const offer = need === null ? undefined : card?.class.offers(need)[0];
    return card === undefined || offer === undefined ? [] : [{ card, offer }];
  });
  return {
    option: { parts: cards.map(({ card, offer }) => ({ card: card.class, offer })), priceMilli },
    cards: cards.map(({ card, offer }) => ({ card, shape: offer.shape })),
  };
}

import type { Option, SliceOffer, CardSight } from './policy.ts';

/** Thousandths of cards that an option takes, rounding and waste included. */
export function takenMilli(option: Option): number {
  let taken = 0;
  for (const { card, offer } of option.parts) taken += card.freeMilli - offer.after.freeMilli;
  return taken;
}

/**
 * What its slices cost beside their room: switches of mode, separation that nobody asked for. The distance between
 * cards is left out, because the published policies know of none.
 */
export function slicePriceMilli(option: Option): number {
  if (option.parts.length === 0) return option.priceMilli;
  let price = 0;
  for (const { offer } of option.parts) price += offer.priceMilli;
  return price;
}

/**
 * The same in points of a score from 0 to 100, for policies that were published for clusters where every card is
 * alike and nothing has such a price. A price that all options share decides nothing.
 */
export function slicePricePoints(option: Option): number {
  return Math.floor(slicePriceMilli(option) / 10);
}

/** Dearer options are alike: scores stay below 2^30. */
const costMax = 1_000_000;

/**
 * Orders the options of one node as the published baselines do: the least room, then the card that has least left
 * (the smallest that suffices).
 */
export function bestFitCard(option: Option): number {
  let left = 0;
  for (const { card } of option.parts) left += card.freeMilli;
  const cost = Math.min(takenMilli(option) + option.priceMilli, costMax);
  return cost * 1_024 + Math.min(left, 1_023);
}

/** The offers of a card that cost least room and price: what the published policies choose among. */
export function leastOffers(card: CardSight, offers: readonly SliceOffer[]): readonly SliceOffer[] {
  const costOf = (offer: SliceOffer) => card.freeMilli - offer.after.freeMilli + offer.priceMilli;
  const least = offers.reduce((lowest, offer) => Math.min(lowest, costOf(offer)), Infinity);
  return offers.filter((offer) => costOf(offer) === least);
}

import { prices } from './cost.ts';
import type { CardRecord } from './node-record.ts';
import { compareText } from './node-record.ts';
import type { CardOffer } from './verdict.ts';

/** A card that could be one of several. */
export interface CardChoice {
  readonly card: CardRecord;
  readonly offer: CardOffer;
}

export type CardsChosen =
  | { readonly kind: 'chosen'; readonly cards: readonly CardChoice[]; readonly cost: number }
  /** `most`: how many alike there are at best. */
  | { readonly kind: 'too-few'; readonly most: number };

/**
 * Chooses `count` cards of one product on a node, as close together as can be: neighbours on the PCI bus are
 * likely to share an NVLink island and a NUMA node. Among equals the products in order of name, then the
 * first cards on the bus.
 */
export function chooseCards(choices: readonly CardChoice[], count: number): CardsChosen {
  const byProduct = new Map<string, CardChoice[]>();
  for (const choice of choices) {
    const { productName } = choice.card.class.view;
    byProduct.set(productName, [...(byProduct.get(productName) ?? []), choice]);
  }
  const products = [...byProduct].sort(([a], [b]) => compareText(a, b));
  let best: CardsChosen = { kind: 'too-few', most: 0 };
  for (const [, alike] of products) {
    const next = closest(alike, count);
    if (next.kind === 'too-few') {
      if (best.kind === 'too-few' && next.most > best.most) best = next;
    } else if (best.kind === 'too-few' || next.cost < best.cost) best = next;
  }
  return best;
}

function closest(alike: readonly CardChoice[], count: number): CardsChosen {
  const onBus = alike.toSorted((a, b) => a.card.busRank - b.card.busRank);
  let best: CardsChosen = { kind: 'too-few', most: onBus.length };
  for (let from = 0; from + count <= onBus.length; from += 1) {
    const cards = onBus.slice(from, from + count);
    const cost = costOf(cards);
    if (best.kind === 'too-few' || cost < best.cost) best = { kind: 'chosen', cards, cost };
  }
  return best;
}

function costOf(cards: readonly CardChoice[]): number {
  const span = (cards.at(-1)?.card.busRank ?? 0) - (cards[0]?.card.busRank ?? 0);
  const gaps = span - (cards.length - 1);
  return cards.reduce((total, { offer }) => total + offer.cost, gaps * prices.busGap);
}

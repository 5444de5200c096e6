import { isCardNamed } from '../../shared/domain/card.ts';
import { err, ok, type Problem, type Result } from '../../shared/domain/result.ts';
import type { CardNow } from './card-now.ts';
import { problemAt, type LayoutDocument, type LayoutWish } from './wish.ts';

/** A card and the one wish that means it. */
export interface WishedCard {
  readonly now: CardNow;
  readonly wish: LayoutWish;
}

/** Finds the cards that a document means. A card may be meant once; a name must mean one. By index. */
export function selectCards(
  document: LayoutDocument,
  cards: readonly CardNow[],
): Result<readonly WishedCard[], readonly Problem[]> {
  const found = new Map<CardNow, LayoutWish>();
  const problems: Problem[] = [];
  for (const wish of document.wishes) {
    for (const now of cardsOf(wish, cards, problems)) {
      const other = found.get(now);
      if (other === undefined) found.set(now, wish);
      else if (other !== wish) {
        const message = `names GPU ${now.index} (${now.gpu}), which is named at ${other.place} too`;
        problems.push(problemAt(wish.place, message, 'name each card once'));
      }
    }
  }
  if (problems.length > 0) return err(problems);
  return ok(
    [...found].map(([now, wish]) => ({ now, wish })).sort((a, b) => a.now.index - b.now.index),
  );
}

function cardsOf(
  wish: LayoutWish,
  cards: readonly CardNow[],
  problems: Problem[],
): readonly CardNow[] {
  const filtered = (now: CardNow): boolean =>
    wish.deviceIds === null ||
    wish.deviceIds.some((id) => id.toLowerCase() === now.pciDeviceId?.toLowerCase());
  // Cards without MIG are not meant by `all`; naming one of them is a mistake that the plan tells.
  if (wish.cards === 'all') {
    return cards.filter((now) => now.migEnabled !== null && filtered(now));
  }
  return wish.cards.flatMap((name) => {
    const named = cards.filter((now) => isNamed(now, name));
    if (named.length === 0) {
      const known = cards.map((now) => `${now.index} (${now.gpu})`).join(', ');
      const hint = known === '' ? 'this node has no card' : `there is ${known}`;
      problems.push(problemAt(wish.place, `no card is called ${JSON.stringify(name)}`, hint));
    }
    return named.filter(filtered);
  });
}

/** An index and a UUID mean one card, a product every one of it. */
function isNamed(now: CardNow, name: string): boolean {
  return name === String(now.index) || name === now.gpu || isCardNamed(now.productName, name);
}

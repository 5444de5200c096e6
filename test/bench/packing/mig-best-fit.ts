import { TimeQueue } from '../../../coordinator/simulate/time-queue.ts';
import { migGeometries } from '../../../shared/domain/mig-geometry.ts';
import { freeStarts, type MigPlacement } from '../../../shared/domain/mig-profile.ts';
import type { Acceptance, Arrival, MixPart } from './stream.ts';
import { tallyOf } from './stream.ts';

const geometry = migGeometries['A100-40GB'];

/**
 * Best fit as papers on MIG mean it, written plainly and knowing nothing of the engine: the card with fewest free units on which
 * the profile has a legal start, and its lowest start. `profileOf` names the profile of a part.
 */
export function playBestFit(
  stream: readonly Arrival[],
  cardsCount: number,
  profileOf: (part: MixPart) => number,
): Acceptance {
  const cards = Array.from({ length: cardsCount }, (): Card => ({ layout: [], used: 0 }));
  const leaving = new TimeQueue<() => void>();
  const tally = tallyOf(stream);
  for (const [at, { part, time, life }] of stream.entries()) {
    while (leaving.nextAt() <= time) leaving.take()?.();
    const giProfileId = profileOf(part);
    const card = fullestWith(cards, giProfileId);
    tally.count(at, part, card !== null);
    if (card === null) continue;
    const [start = 0] = freeStarts(geometry, card.layout, giProfileId);
    const placement = { giProfileId, start };
    card.layout.push(placement);
    card.used += part.size;
    leaving.add(time + life, () => {
      card.layout.splice(card.layout.indexOf(placement), 1);
      card.used -= part.size;
    });
  }
  return tally.acceptance;
}

interface Card {
  readonly layout: MigPlacement[];
  used: number;
}

function fullestWith(cards: readonly Card[], giProfileId: number): Card | null {
  let best: Card | null = null;
  for (const card of cards) {
    if (best !== null && card.used <= best.used) continue;
    if (freeStarts(geometry, card.layout, giProfileId).length > 0) best = card;
  }
  return best;
}

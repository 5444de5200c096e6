import type { PlacementDelta, PlacementEngine } from './engine.ts';

/** Requests for one 32nd of the cards change little of what is scarce. */
const cardsPerRequest = 32;
/** On a small cluster every request changes much, but what was scarce a moment ago says little there. */
const requestsMin = 16;

/**
 * Tells the owner of an engine when to have its demand weighed anew: at the first request, and whenever as many have
 * come as one 32nd of the cards. Counted in requests, placed or not, so that no clock decides.
 */
export class ReweighRounds {
  #left = 0;

  /** Called before each request. The owner applies what it answers, and logs it; null: nothing has changed. */
  next(engine: PlacementEngine): PlacementDelta | null {
    this.#left -= 1;
    if (this.#left >= 0) return null;
    this.#left = Math.max(requestsMin, Math.floor(engine.cardCount / cardsPerRequest)) - 1;
    return engine.reweigh();
  }

  /** The demand has changed: it is weighed at the next request. */
  restart(): void {
    this.#left = 0;
  }
}

import type { PaperCards } from './paper-card.ts';
import { stepsFrom, type PaperStep, type State } from './paper-steps.ts';
import { wantedKind, type Puzzle } from './puzzle.ts';

interface RepackLimits {
  readonly secondsMax: number;
  /** Each replica goes elsewhere once at most. */
  readonly once: boolean;
  /** Moves and stops together. */
  readonly movesMax: number;
  /** States that are looked at. A price may use a third of them, so that dearer ones have their turn. */
  readonly statesMax: number;
}

/**
 * The steps that give the wanted kind a place for the fewest interrupted seconds, then for about the fewest moves:
 * best first over every order of stops, moves that start first, and placements. An interruption counts the least that
 * one of its kind lasts, and every round of moves at once that it waits for. `none`: there are no such steps, whoever goes elsewhere
 * how often; `unknown`: not among so many states.
 */
export function repackOnPaper(
  puzzle: Puzzle,
  limits: RepackLimits,
): readonly PaperStep[] | 'none' | 'unknown' {
  const frontier = new Frontier(puzzle.paper);
  frontier.add({
    cards: puzzle.cards,
    pool: [wantedKind],
    seconds: 0,
    moves: 0,
    round: null,
    before: null,
  });
  const cheapest = new Map<string, number>();
  let isAll = !limits.once;
  let price = 0;
  let seenBefore = 0;
  for (let state = frontier.take(); state !== null; state = frontier.take()) {
    if (state.pool.length === 0) return pathTo(state);
    if (state.seconds > price) {
      price = state.seconds;
      seenBefore = cheapest.size;
    }
    if (3 * (cheapest.size - seenBefore) > limits.statesMax) {
      frontier.forget(price);
      isAll = false;
      continue;
    }
    for (const next of stepsFrom(state, puzzle, limits.once)) {
      if (next.seconds > limits.secondsMax) continue;
      if (next.moves > limits.movesMax) {
        isAll = false;
        continue;
      }
      const key = keyOf(next);
      if ((cheapest.get(key) ?? Infinity) <= next.seconds) continue;
      cheapest.set(key, next.seconds);
      if (cheapest.size > limits.statesMax) return 'unknown';
      frontier.add(next);
    }
  }
  return isAll ? 'none' : 'unknown';
}

/** Cards in equal states are interchangeable. */
function keyOf({ cards, pool, round }: State): string {
  if (round === null) {
    const ids = Uint32Array.from(cards, ({ id }) => id).sort();
    return `${ids.join()}#${pool.join()}`;
  }
  const ids = cards.map(({ id }, at) => `${id}/${round.cards[at]?.id}`).sort();
  return `${ids.join()}#${pool.join()}#${round.seconds}`;
}

function pathTo(state: State): readonly PaperStep[] {
  const steps: PaperStep[] = [];
  for (let at = state.before; at !== null; at = at.state.before) steps.push(at.step);
  return steps.toReversed();
}

/** States that wait: by price, then by how near they are. Equal ones last in, first out. */
class Frontier {
  readonly #paper: PaperCards;
  readonly #levels = new Map<number, State[][]>();

  constructor(paper: PaperCards) {
    this.#paper = paper;
  }

  add(state: State): void {
    const rank = state.moves + this.#lackOf(state);
    if (rank === Infinity) return;
    const level = this.#levels.get(state.seconds) ?? [];
    this.#levels.set(state.seconds, level);
    const equals = level[rank];
    if (equals === undefined) level[rank] = [state];
    else equals.push(state);
  }

  take(): State | null {
    for (;;) {
      let price = Infinity;
      for (const each of this.#levels.keys()) price = Math.min(price, each);
      const level = this.#levels.get(price);
      if (level === undefined) return null;
      for (const equals of level) {
        const state = equals?.pop();
        if (state !== undefined) return state;
      }
      this.#levels.delete(price);
    }
  }

  /** Nothing more of that price is looked at. */
  forget(price: number): void {
    this.#levels.delete(price);
  }

  /** How many steps are missing at least, roughly; Infinity: somebody who waits never gets a place. */
  #lackOf({ cards, pool }: State): number {
    let sum = 0;
    for (const kind of pool) {
      let least = Infinity;
      for (const card of cards) least = Math.min(least, this.#paper.lack(card, kind));
      sum += 1 + least;
    }
    return sum;
  }
}

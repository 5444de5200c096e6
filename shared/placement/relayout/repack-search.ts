import type { MigInstance } from '../../domain/inventory.ts';
import type { SliceShape } from '../../domain/slice.ts';
import type { PaperCard, PaperCards, Part } from './paper-card.ts';
import { wantedKind, type Puzzle } from './puzzle.ts';

/** One step on paper. Cards are told by their index. */
export type PaperStep =
  | { readonly kind: 'stop'; readonly from: number; readonly part: Part }
  | { readonly kind: 'recut'; readonly at: number; readonly instance: MigInstance }
  | {
      readonly kind: 'place';
      readonly item: number;
      readonly to: number;
      readonly shape: SliceShape;
    }
  | {
      readonly kind: 'move';
      readonly from: number;
      readonly part: Part;
      readonly to: number;
      readonly shape: SliceShape;
    };

interface RepackLimits {
  readonly secondsMax: number;
  /** What interrupts nobody was looked for already. */
  readonly quietDone: boolean;
  /** Moves and stops together. */
  readonly movesMax: number;
  /** States that are looked at. A price may use a third of them, so that dearer ones have their turn. */
  readonly statesMax: number;
}

interface State {
  readonly cards: readonly PaperCard[];
  /** Kinds that wait for a place. */
  readonly pool: readonly number[];
  readonly seconds: number;
  readonly moves: number;
  readonly before: { readonly state: State; readonly step: PaperStep } | null;
}

/**
 * The steps that give the wanted kind a place for the fewest interrupted seconds, then for about the fewest moves:
 * best first over every order of stops, moves that start first, and placements, in which each replica goes elsewhere
 * once at most. null: there are none, or not among so many states.
 */
export function repackOnPaper(puzzle: Puzzle, limits: RepackLimits): readonly PaperStep[] | null {
  const frontier = new Frontier(puzzle.paper);
  frontier.add({ cards: puzzle.cards, pool: [wantedKind], seconds: 0, moves: 0, before: null });
  const seen = new Set<string>();
  let price = 0;
  let seenBefore = 0;
  for (let state = frontier.take(); state !== null; state = frontier.take()) {
    if (state.pool.length === 0) return pathTo(state);
    if (state.seconds > price) {
      price = state.seconds;
      seenBefore = seen.size;
    }
    if (3 * (seen.size - seenBefore) > limits.statesMax) {
      frontier.forget(price);
      continue;
    }
    for (const next of stepsFrom(state, puzzle, limits.quietDone)) {
      if (next.moves > limits.movesMax || next.seconds > limits.secondsMax) continue;
      const key = keyOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      if (seen.size > limits.statesMax) return null;
      frontier.add(next);
    }
  }
  return null;
}

/** Cards in equal states are interchangeable. */
function keyOf({ cards, pool, seconds }: State): string {
  const ids = Uint32Array.from(cards, ({ id }) => id).sort();
  return `${seconds}#${ids.join()}#${pool.join()}`;
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

/** Who stops, stops before anything else: earlier is never in anybody's way. */
function* stepsFrom(state: State, puzzle: Puzzle, quietDone: boolean): Generator<State> {
  if (state.before === null || state.before.step.kind === 'stop') yield* stops(state, puzzle);
  if (quietDone && state.seconds === 0) return;
  yield* recuts(state, puzzle);
  yield* moves(state, puzzle);
  yield* placements(state, puzzle);
}

function* stops(state: State, { kinds, paper }: Puzzle): Generator<State> {
  for (const from of distinct(state.cards)) {
    const card = state.cards[from];
    if (card === undefined) continue;
    for (const { part, card: after } of paper.taken(card)) {
      const seconds = kinds[part.kind]?.seconds ?? null;
      if (seconds === null) continue;
      yield {
        cards: state.cards.with(from, after),
        pool: [...state.pool, part.kind].sort((a, b) => a - b),
        seconds: state.seconds + seconds,
        moves: state.moves + 1,
        before: { state, step: { kind: 'stop', from, part } },
      };
    }
  }
}

function* recuts(state: State, { paper }: Puzzle): Generator<State> {
  for (const at of distinct(state.cards)) {
    const card = state.cards[at];
    if (card === undefined) continue;
    for (const { instance, card: after } of paper.recuts(card)) {
      const step: PaperStep = { kind: 'recut', at, instance };
      yield { ...state, cards: state.cards.with(at, after), before: { state, step } };
    }
  }
}

/** From a card also to itself, and to another one that is just like it. */
function* moves(state: State, puzzle: Puzzle): Generator<State> {
  const { cards } = state;
  const { paper } = puzzle;
  const different = distinct(cards);
  for (const from of different) {
    const source = cards[from];
    if (source === undefined) continue;
    const twin = cards.findIndex((card, at) => at > from && card === source);
    const goals = twin < 0 ? different : [...different, twin];
    for (const { part, card: left } of paper.taken(source)) {
      for (const to of goals) {
        const goal = cards[to];
        if (goal === undefined || !hostHas(state, puzzle, { to, kind: part.kind })) continue;
        for (const { shape, card } of paper.puts(goal, part.kind)) {
          const both = cards.with(to, card);
          yield {
            ...state,
            cards: both.with(from, to === from ? paper.without(card, part) : left),
            moves: state.moves + 1,
            before: { state, step: { kind: 'move', from, part, to, shape } },
          };
        }
      }
    }
  }
}

function* placements(state: State, puzzle: Puzzle): Generator<State> {
  const { cards, pool } = state;
  for (const item of new Set(pool)) {
    const rest = pool.toSpliced(pool.indexOf(item), 1);
    for (const to of distinct(cards)) {
      const goal = cards[to];
      if (goal === undefined || !hostHas(state, puzzle, { to, kind: item })) continue;
      for (const { shape, card } of puzzle.paper.puts(goal, item)) {
        const step: PaperStep = { kind: 'place', item, to, shape };
        yield { ...state, cards: cards.with(to, card), pool: rest, before: { state, step } };
      }
    }
  }
}

/** Of cards in equal states the first. */
function distinct(cards: readonly PaperCard[]): readonly number[] {
  return cards.flatMap((card, at) => (cards.indexOf(card) === at ? [at] : []));
}

/** Whether a node has CPU and memory for one more, beside all that is on it. */
function hostHas(
  { cards }: State,
  { hosts, seats, kinds }: Puzzle,
  { to, kind }: { readonly to: number; readonly kind: number },
): boolean {
  if (hosts === null) return true;
  const node = seats[to]?.node;
  const host = node === undefined ? undefined : hosts.get(node.inventory.node);
  if (host === undefined) return false;
  let cpuMillis = kinds[kind]?.cpuMillis ?? 0;
  let memoryMib = kinds[kind]?.memoryMib ?? 0;
  for (const [at, { parts }] of cards.entries()) {
    if (seats[at]?.node !== node) continue;
    for (const part of parts) {
      cpuMillis += kinds[part.kind]?.cpuMillis ?? 0;
      memoryMib += kinds[part.kind]?.memoryMib ?? 0;
    }
  }
  return cpuMillis <= host.cpuFreeMillis && memoryMib <= host.memoryFreeMib;
}

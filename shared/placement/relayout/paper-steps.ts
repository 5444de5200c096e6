import type { MigInstance } from '../../domain/inventory.ts';
import type { SliceShape } from '../../domain/slice.ts';
import type { PaperCard, Part } from './paper-card.ts';
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

/** Where a search on paper stands. */
export interface State {
  readonly cards: readonly PaperCard[];
  /** Kinds that wait for a place. */
  readonly pool: readonly number[];
  readonly seconds: number;
  readonly moves: number;
  /** The moves that were last and happen at once, while somebody waits. */
  readonly round: Round | null;
  readonly before: { readonly state: State; readonly step: PaperStep } | null;
}

interface Round {
  /** The longest of its moves. */
  readonly seconds: number;
  /** With those who go and with those who come: all hold their places until it is over. */
  readonly cards: readonly PaperCard[];
}

/** What comes of one more step. `once`: each replica goes elsewhere once at most. */
export function* stepsFrom(state: State, puzzle: Puzzle, once: boolean): Generator<State> {
  yield* stops(state, puzzle);
  yield* recuts(state, puzzle);
  yield* moves(state, puzzle, once);
  yield* placements(state, puzzle, once);
}

function* stops(state: State, { kinds, paper }: Puzzle): Generator<State> {
  for (const from of distinct(state)) {
    const card = state.cards[from];
    if (card === undefined) continue;
    for (const { part, card: after } of paper.taken(card)) {
      const kind = kinds[part.kind];
      if (kind?.mayStop !== true) continue;
      yield {
        cards: state.cards.with(from, after),
        pool: [...state.pool, part.kind].sort((a, b) => a - b),
        seconds: state.seconds + kind.lasts,
        moves: state.moves + 1,
        round: null,
        before: { state, step: { kind: 'stop', from, part } },
      };
    }
  }
}

function* recuts(state: State, { paper }: Puzzle): Generator<State> {
  for (const at of distinct(state)) {
    const card = state.cards[at];
    if (card === undefined) continue;
    for (const { instance, card: after } of paper.recuts(card)) {
      const step: PaperStep = { kind: 'recut', at, instance };
      const cards = state.cards.with(at, after);
      yield { ...state, cards, round: null, before: { state, step } };
    }
  }
}

/** From a card also to itself, and to another one that is just like it. */
function* moves(state: State, puzzle: Puzzle, once: boolean): Generator<State> {
  const { cards, pool, round } = state;
  const waits = pool.filter((kind) => kind !== wantedKind).length;
  const { paper } = puzzle;
  const different = distinct(state);
  for (const from of different) {
    const source = cards[from];
    if (source === undefined) continue;
    const twin = cards.findIndex((_, at) => at > from && isAlike(state, at, from));
    const goals = twin < 0 ? different : [...different, twin];
    for (const { part, card: left } of paper.taken(source)) {
      const lasts = puzzle.kinds[part.kind]?.lasts ?? 0;
      for (const to of goals) {
        const goal = cards[to];
        if (goal === undefined || !hostHas(cards, puzzle, { to, kind: part.kind })) continue;
        for (const { shape, card } of paper.puts(goal, part.kind, once)) {
          const both = cards.with(to, card);
          const moved: State = {
            ...state,
            cards: both.with(from, to === from ? paper.without(card, part) : left),
            moves: state.moves + 1,
            before: { state, step: { kind: 'move', from, part, to, shape } },
          };
          const seconds = state.seconds + waits * lasts;
          yield { ...moved, seconds, round: waits === 0 ? null : { seconds: lasts, cards: both } };
          if (round === null || !hostHas(round.cards, puzzle, { to, kind: part.kind })) continue;
          const crowded = round.cards[to];
          const put = crowded === undefined ? null : paper.put(crowded, part.kind, shape, once);
          if (put === null) continue;
          const longer = Math.max(0, lasts - round.seconds);
          yield {
            ...moved,
            seconds: state.seconds + waits * longer,
            round: { seconds: round.seconds + longer, cards: round.cards.with(to, put.card) },
          };
        }
      }
    }
  }
}

function* placements(state: State, puzzle: Puzzle, once: boolean): Generator<State> {
  const { cards, pool } = state;
  for (const item of new Set(pool)) {
    const rest = pool.toSpliced(pool.indexOf(item), 1);
    for (const to of distinct(state)) {
      const goal = cards[to];
      if (goal === undefined || !hostHas(cards, puzzle, { to, kind: item })) continue;
      for (const { shape, card } of puzzle.paper.puts(goal, item, once)) {
        const step: PaperStep = { kind: 'place', item, to, shape };
        const placed = cards.with(to, card);
        yield { ...state, cards: placed, pool: rest, round: null, before: { state, step } };
      }
    }
  }
}

/** Of cards in equal states the first. */
function distinct(state: State): readonly number[] {
  const { cards } = state;
  return cards.flatMap((_, at) =>
    cards.findIndex((_other, other) => isAlike(state, other, at)) === at ? [at] : [],
  );
}

function isAlike({ cards, round }: State, left: number, right: number): boolean {
  return cards[left] === cards[right] && round?.cards[left] === round?.cards[right];
}

/** Whether a node has CPU and memory for one more, beside all that is on it. */
function hostHas(
  cards: readonly PaperCard[],
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

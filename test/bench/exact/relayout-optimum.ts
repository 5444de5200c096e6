import { assert } from '../../../shared/domain/assert.ts';
import { compareText } from '../../../shared/placement/node-record.ts';
import {
  placementRefusal,
  type MigGeometry,
  type MigPlacement,
} from '../../../shared/domain/mig-profile.ts';

/** One kind of replica of a small world. */
export type ItemKind = {
  /** Seconds that a replica of the kind takes at least from one place to another, whoever of the two runs first. */
  readonly lasts: number;
  /** It may go before its successor comes. */
  readonly mayStop: boolean;
} & (
  | { readonly form: 'mig'; readonly giProfileId: number; readonly starts: readonly number[] }
  | { readonly form: 'share'; readonly memoryMib: number }
);

/** Cards that are all alike, in one mode. */
export type SmallCard =
  | { readonly form: 'mig'; readonly geometry: MigGeometry }
  | { readonly form: 'share'; readonly capacityMib: number };

/** Where one replica is: which kind, and at which start (0 for shares). */
export interface Spot {
  readonly kind: number;
  readonly start: number;
}

export interface SmallWorld {
  readonly card: SmallCard;
  readonly kinds: readonly ItemKind[];
  /** What is on each card. */
  readonly cards: readonly (readonly Spot[])[];
  /** The kind that is asked for. */
  readonly wanted: number;
}

/**
 * The least seconds of interruption, summed over replicas, that any sequence of steps must cost to give the wanted one a
 * place: by exhaustive search (Dijkstra's) over every order of stops, placements and rounds of moves that start first
 * and happen at once. An interruption counts the least that one of its kind can last, and the whole of every round of
 * moves that it waits for. A lower bound of what plans say: that steps of one card follow each other is not counted, and
 * stops take no time of those who wait. null: no sequence does. `too-large`: more than `statesMax` states.
 */
export function leastInterruption(
  world: SmallWorld,
  statesMax: number,
): number | null | 'too-large' {
  const cards = world.cards.map((card) => sortSpots(card));
  const start: State = { cards, leaving: cards.map(() => []), pool: [world.wanted], round: 0 };
  const seen = new Set<string>();
  const waiting = new Map<number, State[]>([[0, [start]]]);
  while (waiting.size > 0) {
    const seconds = Math.min(...waiting.keys());
    const level = waiting.get(seconds) ?? [];
    waiting.delete(seconds);
    for (let state = level.pop(); state !== undefined; state = level.pop()) {
      const key = keyOf(state);
      if (seen.has(key)) continue;
      seen.add(key);
      if (seen.size > statesMax) return 'too-large';
      if (state.pool.length === 0) return seconds;
      for (const { next, costs } of stepsFrom(world, state)) {
        if (costs === 0) level.push(next);
        else if (waiting.has(seconds + costs)) waiting.get(seconds + costs)?.push(next);
        else waiting.set(seconds + costs, [next]);
      }
    }
  }
  return null;
}

interface State {
  readonly cards: readonly (readonly Spot[])[];
  /** By card: those of the round that hold their old place until it is over. */
  readonly leaving: readonly (readonly Spot[])[];
  /** Kinds that wait for a place, the wanted one among them. */
  readonly pool: readonly number[];
  /** Seconds of the round of moves that somebody waits for; 0: none. */
  readonly round: number;
}

interface Step {
  readonly next: State;
  readonly costs: number;
}

function keyOf({ cards, leaving, pool, round }: State): string {
  const texts = cards.map((card, at) => [textOf(card), textOf(leaving[at] ?? [])].join('/'));
  return `${texts.sort(compareText).join('|')}#${pool.toSorted((a, b) => a - b).join()}#${round}`;
}

function textOf(card: readonly Spot[]): string {
  return card.map(({ kind, start }) => `${kind}@${start}`).join('+');
}

function stepsFrom(world: SmallWorld, state: State): Step[] {
  if (state.round > 0) return [close(state), ...movesInRound(world, state, 0)];
  const isAnyoneOut = state.pool.some((kind) => kind !== world.wanted);
  const moved = isAnyoneOut ? rounds(world, state) : movesAlone(world, state);
  // Placements last, so that the search, which takes the last first, looks at them before it wanders on.
  return [...moved, ...stops(world, state), ...placements(world, state)];
}

function stops(world: SmallWorld, state: State): Step[] {
  return state.cards.flatMap((card, from) =>
    unique(card).flatMap(({ kind, start }): Step[] => {
      const item = world.kinds[kind];
      if (item?.mayStop !== true) return [];
      const cards = remove(state.cards, from, { kind, start });
      return [{ next: { ...state, cards, pool: [...state.pool, kind] }, costs: item.lasts }];
    }),
  );
}

function placements(world: SmallWorld, state: State): Step[] {
  return [...new Set(state.pool)].flatMap((kind) => {
    const pool = without(state.pool, kind);
    return places(world, state, kind).map(({ at, spot }) => ({
      next: { ...state, cards: add(state.cards, at, spot), pool },
      costs: 0,
    }));
  });
}

/** While nobody waits a move after the other costs nothing. */
function movesAlone(world: SmallWorld, state: State): Step[] {
  return state.cards.flatMap((card, from) =>
    unique(card).flatMap((spot) =>
      places(world, state, spot.kind).map(({ at, spot: to }) => ({
        next: { ...state, cards: remove(add(state.cards, at, to), from, spot) },
        costs: 0,
      })),
    ),
  );
}

/** The first move of a round, by how long the longest of it may last. */
function rounds(world: SmallWorld, state: State): Step[] {
  const waits = state.pool.filter((kind) => kind !== world.wanted).length;
  const lengths = new Set(world.kinds.map(({ lasts }) => lasts));
  return [...lengths].flatMap((round) => movesInRound(world, { ...state, round }, waits * round));
}

function movesInRound(world: SmallWorld, state: State, costs: number): Step[] {
  return state.cards.flatMap((card, from) =>
    unique(card)
      .filter(({ kind }) => (world.kinds[kind]?.lasts ?? Infinity) <= state.round)
      .flatMap((spot) => {
        const cards = remove(state.cards, from, spot);
        const leaving = add(state.leaving, from, spot);
        return places(world, { ...state, cards, leaving }, spot.kind).map(({ at, spot: to }) => ({
          next: { ...state, cards: add(cards, at, to), leaving },
          costs,
        }));
      }),
  );
}

function close(state: State): Step {
  return { next: { ...state, leaving: state.leaving.map(() => []), round: 0 }, costs: 0 };
}

function places(
  world: SmallWorld,
  { cards, leaving }: State,
  kind: number,
): { at: number; spot: Spot }[] {
  const item = world.kinds[kind];
  assert(item !== undefined, 'a spot names one of the kinds');
  const found: { at: number; spot: Spot }[] = [];
  const seen = new Set<string>();
  for (const [at, own] of cards.entries()) {
    const card = [...own, ...(leaving[at] ?? [])];
    // Cards in the same state are the same to everybody.
    const text = JSON.stringify(card);
    if (seen.has(text)) continue;
    seen.add(text);
    const starts = item.form === 'mig' ? item.starts : [0];
    for (const start of starts) {
      if (fits(world, card, { kind, start })) found.push({ at, spot: { kind, start } });
    }
  }
  return found;
}

function fits(world: SmallWorld, card: readonly Spot[], spot: Spot): boolean {
  const { card: type, kinds } = world;
  const item = kinds[spot.kind];
  if (type.form === 'share') {
    const held = card.reduce((sum, { kind }) => sum + memoryOf(kinds[kind]), 0);
    return held + memoryOf(item) <= type.capacityMib;
  }
  if (item?.form !== 'mig') return false;
  const layout = card.flatMap(({ kind, start }): MigPlacement[] => {
    const other = kinds[kind];
    return other?.form === 'mig' ? [{ giProfileId: other.giProfileId, start }] : [];
  });
  const wanted = { giProfileId: item.giProfileId, start: spot.start };
  return placementRefusal(type.geometry, layout, wanted) === null;
}

function memoryOf(item: ItemKind | undefined): number {
  return item?.form === 'share' ? item.memoryMib : 0;
}

function add(cards: State['cards'], at: number, spot: Spot): State['cards'] {
  return cards.map((card, index) => (index === at ? sortSpots([...card, spot]) : card));
}

function remove(cards: State['cards'], at: number, spot: Spot): State['cards'] {
  return cards.map((card, index) => {
    if (index !== at) return card;
    const found = card.findIndex(({ kind, start }) => kind === spot.kind && start === spot.start);
    return card.filter((_, each) => each !== found);
  });
}

function without(pool: readonly number[], kind: number): readonly number[] {
  const found = pool.indexOf(kind);
  return pool.filter((_, at) => at !== found);
}

function unique(card: readonly Spot[]): readonly Spot[] {
  return [...new Map(card.map((spot) => [`${spot.kind}@${spot.start}`, spot])).values()];
}

function sortSpots(card: readonly Spot[]): readonly Spot[] {
  return card.toSorted((a, b) => a.start - b.start || a.kind - b.kind);
}

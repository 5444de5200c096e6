import { assert } from '../../../shared/domain/assert.ts';
import { compareText } from '../../../shared/placement/node-record.ts';
import {
  placementRefusal,
  type MigGeometry,
  type MigPlacement,
} from '../../../shared/domain/mig-profile.ts';

/** One kind of replica of a small world. */
export type ItemKind =
  | {
      readonly form: 'mig';
      readonly giProfileId: number;
      readonly starts: readonly number[];
      /** What its interruption lasts at least; null: it may not be interrupted. */
      readonly seconds: number | null;
    }
  | {
      readonly form: 'share';
      readonly memoryMib: number;
      /** What its interruption lasts at least; null: it may not be interrupted. */
      readonly seconds: number | null;
    };

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
 * place: by exhaustive search (Dijkstra's) over every order of moves that start first, interruptions and placements. Each
 * interruption counts the least that one of its kind can last. null: no sequence does. `too-large`: more than
 * `statesMax` states.
 */
export function leastInterruption(
  world: SmallWorld,
  statesMax: number,
): number | null | 'too-large' {
  const start: State = { cards: world.cards.map((card) => sortSpots(card)), pool: [world.wanted] };
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
      level.push(...freeSteps(world, state));
      for (const { next, lasts } of interruptions(world, state)) {
        const later = waiting.get(seconds + lasts) ?? [];
        later.push(next);
        waiting.set(seconds + lasts, later);
      }
    }
  }
  return null;
}

interface State {
  readonly cards: readonly (readonly Spot[])[];
  /** Kinds that wait for a place, the wanted one among them. */
  readonly pool: readonly number[];
}

function keyOf({ cards, pool }: State): string {
  const texts = cards.map((card) => card.map(({ kind, start }) => `${kind}@${start}`).join('+'));
  return `${texts.sort(compareText).join('|')}#${pool.toSorted((a, b) => a - b).join()}`;
}

/** Placing one of the pool, and moving a replica that takes its new place first: nobody is interrupted. */
function freeSteps(world: SmallWorld, state: State): State[] {
  const steps: State[] = [];
  for (const [from, card] of state.cards.entries()) {
    for (const spot of unique(card)) {
      for (const { at, spot: to } of places(world, state, spot.kind)) {
        steps.push({ ...state, cards: remove(add(state.cards, at, to), from, spot) });
      }
    }
  }
  // Last, so that the search, which takes the last first, looks at them before it wanders on.
  for (const kind of new Set(state.pool)) {
    const pool = without(state.pool, kind);
    for (const { at, spot } of places(world, state, kind)) {
      steps.push({ cards: add(state.cards, at, spot), pool });
    }
  }
  return steps;
}

function interruptions(
  world: SmallWorld,
  state: State,
): { readonly next: State; readonly lasts: number }[] {
  return state.cards.flatMap((card, from) =>
    unique(card).flatMap((spot) => {
      const lasts = world.kinds[spot.kind]?.seconds ?? null;
      if (lasts === null) return [];
      const pool = [...state.pool, spot.kind];
      return [{ next: { cards: remove(state.cards, from, spot), pool }, lasts }];
    }),
  );
}

function places(world: SmallWorld, { cards }: State, kind: number): { at: number; spot: Spot }[] {
  const item = world.kinds[kind];
  assert(item !== undefined, 'a spot names one of the kinds');
  const found: { at: number; spot: Spot }[] = [];
  const seen = new Set<string>();
  for (const [at, card] of cards.entries()) {
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

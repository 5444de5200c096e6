import { assert } from '../../../shared/domain/assert.ts';
import { cards, geometryOf } from '../../../shared/domain/card.ts';
import { statedEstimates, type Estimates } from '../../../shared/domain/estimates.ts';
import { freeStarts, type MigGeometry } from '../../../shared/domain/mig-profile.ts';
import type { ModelSpec } from '../../../shared/domain/model.ts';
import type { SliceShape } from '../../../shared/domain/slice.ts';
import { shareReserveMib } from '../../../shared/placement/cost.ts';
import { gpu, migShape, mpsShape, node } from '../../unit/shared/placement/builders.ts';
import {
  asMig,
  asShare,
  movedOnly,
  stageSet,
  type Placed,
  type StageSet,
} from '../../unit/shared/placement/relayout/stage-set.ts';
import { Dice } from './dice.ts';
import type { ItemKind, SmallCard, SmallWorld, Spot } from './relayout-optimum.ts';

/** The same small cluster twice: for the exhaustive search and for the planner. */
export interface RelayoutCase {
  readonly world: SmallWorld;
  readonly set: StageSet;
  readonly wanted: ModelSpec;
  /** Models take different times to start. */
  readonly estimates: Estimates;
}

interface Flavour {
  readonly product: string;
  readonly cardsMost: number;
  /** Profiles by name, or MiB. */
  readonly sizes: readonly (string | number)[];
}

const flavours: readonly [Flavour, ...Flavour[]] = [
  { product: 'A30', cardsMost: 8, sizes: ['1g.6gb', '2g.12gb', '4g.24gb'] },
  { product: 'A100-40GB', cardsMost: 3, sizes: ['1g.5gb', '2g.10gb', '3g.20gb'] },
  {
    product: 'A100-40GB',
    cardsMost: 2,
    sizes: ['1g.5gb', '2g.10gb', '3g.20gb', '4g.20gb', '7g.40gb'],
  },
  { product: 'T4', cardsMost: 6, sizes: [3_000, 5_000, 9_000] },
  { product: 'T4', cardsMost: 4, sizes: [2_500, 4_000, 6_500, 12_000] },
  { product: 'L40S', cardsMost: 5, sizes: [9_000, 14_000, 23_000] },
];

/**
 * A cluster that was filled at random and then lost some replicas, and a kind that is asked for. Whether that fits
 * at once, after moves or never is up to the dice.
 */
export function relayoutCase(seed: number): RelayoutCase {
  const dice = new Dice(seed);
  const flavour = dice.pick(flavours);
  const { small, kinds } = kindsOf(flavour);
  const count = 2 + dice.below(flavour.cardsMost - 1);
  const spots = Array.from({ length: count }, () =>
    fillCard(dice, small, kinds).filter(() => dice.below(4) > 0),
  );
  const wanted = 2 * dice.below(flavour.sizes.length);
  return caseOf(dice, flavour, { card: small, kinds, cards: spots, wanted });
}

const crowdedFlavours: readonly [Flavour, ...Flavour[]] = [
  { product: 'A30', cardsMost: 4, sizes: ['1g.6gb', '2g.12gb'] },
  { product: 'A100-40GB', cardsMost: 3, sizes: ['1g.5gb', '2g.10gb', '3g.20gb'] },
  { product: 'A100-40GB', cardsMost: 2, sizes: ['1g.5gb', '2g.10gb', '3g.20gb', '4g.20gb'] },
  { product: 'T4', cardsMost: 4, sizes: [3_000, 4_500, 6_500] },
  { product: 'T4', cardsMost: 3, sizes: [2_500, 4_000, 5_500, 8_000] },
  { product: 'L40S', cardsMost: 3, sizes: [9_000, 12_500, 16_000, 23_000] },
];

/**
 * A cluster that has room for all that runs and for what is asked for, if only everybody were in the right place:
 * filled at random, robbed of one replica, and all others put anywhere else that has room. There is hardly a free
 * place to move to, so many of these take interruptions.
 */
export function crowdedCase(seed: number): RelayoutCase {
  const dice = new Dice(seed);
  for (;;) {
    const flavour = dice.pick(crowdedFlavours);
    const { small, kinds } = kindsOf(flavour);
    const count = 2 + dice.below(flavour.cardsMost - 1);
    const full = Array.from({ length: count }, () => fillCard(dice, small, kinds)).flat();
    const [asked, ...others] = shuffled(dice, full);
    assert(asked !== undefined, 'a card has room for somebody');
    const spots = scatter(dice, { card: small, kinds, others, count });
    const wanted = 2 * Math.floor(asked.kind / 2);
    if (spots === null || spots.some((own) => hasRoom(small, kinds, { spots: own, kind: wanted })))
      continue;
    return caseOf(dice, flavour, { card: small, kinds, cards: spots, wanted });
  }
}

/** Puts replicas anywhere that has room, the large ones first; null: one of them found none. */
function scatter(
  dice: Dice,
  {
    card,
    kinds,
    others,
    count,
  }: Pick<SmallWorld, 'card' | 'kinds'> & {
    readonly others: readonly Spot[];
    readonly count: number;
  },
): readonly (readonly Spot[])[] | null {
  const cards = Array.from({ length: count }, (): Spot[] => []);
  for (const { kind } of others.toSorted((a, b) => (b.kind >> 1) - (a.kind >> 1))) {
    const free = cards.flatMap((spots) =>
      startsOf(card, kinds, { spots, kind }).map((start) => ({ spots, start })),
    );
    const [first, ...rest] = free;
    if (first === undefined) return null;
    const { spots, start } = dice.pick([first, ...rest]);
    spots.push({ kind, start });
  }
  return cards;
}

function hasRoom(
  card: SmallCard,
  kinds: readonly ItemKind[],
  at: { readonly spots: readonly Spot[]; readonly kind: number },
): boolean {
  return startsOf(card, kinds, at).length > 0;
}

function shuffled<T>(dice: Dice, items: readonly T[]): readonly T[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(dice.below(rest.length), 1));
}

function kindsOf({ product, sizes }: Flavour): { small: SmallCard; kinds: readonly ItemKind[] } {
  const card = cards.find(({ name }) => name === product);
  assert(card !== undefined, 'a flavour names a known card');
  const geometry = geometryOf(card);
  const small: SmallCard =
    typeof sizes[0] === 'string' && geometry !== null
      ? { form: 'mig', geometry }
      : { form: 'share', capacityMib: card.memoryMib - shareReserveMib };
  const kinds = sizes.flatMap((size): ItemKind[] => [
    kindOf(size, geometry, false),
    kindOf(size, geometry, true),
  ]);
  return { small, kinds };
}

/** Each kind takes its own time to start. */
function caseOf(dice: Dice, flavour: Flavour, untimed: SmallWorld): RelayoutCase {
  const startSeconds = untimed.kinds.map(() => dice.pick(starts));
  const kinds = untimed.kinds.map((kind, at) => ({
    ...kind,
    lasts: besideStart + (startSeconds[at] ?? 0),
  }));
  const world = { ...untimed, kinds };
  return { world, ...staged(world, flavour), estimates: estimatesOf(startSeconds) };
}

/** Seconds until a replica is ready. */
const starts: readonly [number, ...number[]] = [4, 20, 60];

/** Every step of a move or an interruption but the start: make, stop, give back. */
const besideStart =
  statedEstimates.steps['stop-replica'].seconds +
  statedEstimates.steps['destroy-slice'].seconds +
  statedEstimates.steps['create-slice'].seconds;

function estimatesOf(startSeconds: readonly number[]): Estimates {
  return {
    ...statedEstimates,
    starts: new Map(
      startSeconds.map((seconds, at) => [modelNameOf(`m${at}`), { seconds, source: 'learned' }]),
    ),
  };
}

/** The time of its start is drawn later. */
function kindOf(size: string | number, geometry: MigGeometry | null, mayStop: boolean): ItemKind {
  const lasts = besideStart;
  if (typeof size === 'number') return { form: 'share', memoryMib: size, lasts, mayStop };
  const profile = geometry?.profiles.find(({ name }) => name === size);
  assert(profile !== undefined, 'a flavour names profiles of its card');
  return {
    form: 'mig',
    giProfileId: profile.giProfileId,
    starts: profile.placementStarts,
    lasts,
    mayStop,
  };
}

function fillCard(dice: Dice, card: SmallCard, kinds: readonly ItemKind[]): readonly Spot[] {
  const spots: Spot[] = [];
  for (let tries = 0; tries < 12; tries += 1) {
    const kind = dice.below(kinds.length);
    const starts = startsOf(card, kinds, { spots, kind });
    const [first, ...rest] = starts;
    if (first !== undefined) spots.push({ kind, start: dice.pick([first, ...rest]) });
  }
  return spots;
}

function startsOf(
  card: SmallCard,
  kinds: readonly ItemKind[],
  { spots, kind }: { readonly spots: readonly Spot[]; readonly kind: number },
): readonly number[] {
  const item = kinds[kind];
  if (card.form === 'share') {
    const held = [...spots.map((spot) => kinds[spot.kind]), item].reduce(
      (sum, each) => sum + (each?.form === 'share' ? each.memoryMib : 0),
      0,
    );
    return held <= card.capacityMib ? [0] : [];
  }
  if (item?.form !== 'mig') return [];
  const layout = spots.flatMap(({ kind: other, start }) => {
    const there = kinds[other];
    return there?.form === 'mig' ? [{ giProfileId: there.giProfileId, start }] : [];
  });
  return freeStarts(card.geometry, layout, item.giProfileId);
}

/** The cluster as the planner sees it: two cards a node. */
function staged(world: SmallWorld, flavour: Flavour): Pick<RelayoutCase, 'set' | 'wanted'> {
  const { product, sizes } = flavour;
  const specs = world.kinds.map((kind, at) => specOf(kind, at, flavour));
  const nodesCount = Math.ceil(world.cards.length / 2);
  const nodes = Array.from({ length: nodesCount }, (_, at) => {
    const name = `n${at}`;
    const own = world.cards.slice(2 * at, 2 * at + 2);
    const migEnabled = world.card.form === 'mig' ? true : null;
    const mode = world.card.form === 'mig' ? 'mig' : 'idle';
    return node(
      name,
      own.map((_unused, index) =>
        gpu(
          name,
          index,
          product,
          product === 'T4' || product === 'L40S' ? {} : { migEnabled, mode },
        ),
      ),
    );
  });
  const placed = world.cards.flatMap((spots, at) =>
    spots.flatMap(({ kind, start }): Placed[] => {
      const spec = specs[kind];
      if (spec === undefined) return [];
      const shape = shapeOf(sizes[Math.floor(kind / 2)] ?? 0, product, start);
      return [{ spec, node: `n${Math.floor(at / 2)}`, at: [[at % 2, shape]] }];
    }),
  );
  const asked = specs[world.wanted];
  assert(asked !== undefined, 'what is wanted is one of the kinds');
  return { set: stageSet(nodes, placed), wanted: { ...asked, name: modelNameOf('wanted') } };
}

function modelNameOf(name: string): ModelSpec['name'] {
  return asMig(name, 1).name;
}

function specOf(kind: ItemKind, at: number, { sizes, product }: Flavour): ModelSpec {
  const disruption = kind.mayStop
    ? ({ kind: 'budget', seconds: 3_600 } as const)
    : movedOnly.disruption;
  const size = sizes[Math.floor(at / 2)] ?? 0;
  if (typeof size === 'number') return asShare(`m${at}`, size, { disruption });
  const card = cards.find(({ name }) => name === product);
  const geometry = card === undefined ? null : geometryOf(card);
  const profile = geometry?.profiles.find(({ name }) => name === size);
  assert(card !== undefined && profile !== undefined, 'a flavour names profiles of its card');
  // So much that the profile gives it and no smaller one does.
  const computePercent = Math.floor((100 * profile.smCount) / card.smCount);
  const spec = asMig(`m${at}`, profile.memoryMib, { disruption });
  const { gpu: need } = spec;
  assert(need !== null, 'a MIG model needs a card');
  return { ...spec, gpu: { ...need, computePercent } };
}

function shapeOf(size: string | number, product: string, start: number): SliceShape {
  return typeof size === 'number' ? mpsShape(size, 1) : migShape(product, size, start);
}

import type { Claim } from '../../domain/claim.ts';
import type { GpuUuid, NodeName } from '../../domain/ids.ts';
import { isolationSatisfies } from '../../domain/gpu.ts';
import type { GpuInventory, MigInstance } from '../../domain/inventory.ts';
import { placementMask } from '../../domain/mig-profile.ts';
import { shareReserveMib } from '../cost.ts';
import type { PlacementNode } from '../engine.ts';
import { milliOf } from './ease.ts';
import { mayServe, type ClearingRules } from './clearing-rules.ts';
import type { IdleInstance } from './stages.ts';

/** A way to make room on some cards of a node: who and what would have to go. */
export interface Clearing {
  readonly node: NodeName;
  readonly cards: readonly GpuUuid[];
  readonly victims: readonly Claim[];
  readonly recuts: readonly IdleInstance[];
  /** Thousandths of a card that the victims hold: the less, the easier they find another place. */
  readonly milli: number;
}

/** Few and small victims first; then by name, so that the order is the same everywhere. */
export function byEase(left: Clearing, right: Clearing): number {
  return (
    left.victims.length - right.victims.length ||
    left.milli - right.milli ||
    left.recuts.length - right.recuts.length ||
    compare(left.node, right.node) ||
    compare(left.cards[0] ?? '', right.cards[0] ?? '')
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

/** A node as those who clear it see it. */
export interface NodeSight {
  readonly node: PlacementNode;
  /** In no order that may decide anything. */
  readonly claims: readonly Claim[];
  readonly cards: readonly CardAt[];
  readonly cpuFreeMillis: number;
  readonly memoryFreeMib: number;
}

interface CardAt {
  readonly node: NodeName;
  readonly gpu: GpuInventory;
  /** In order of id. */
  readonly held: readonly Claim[];
  /** Equal for cards that differ in nothing but names. */
  readonly text: string;
}

/** `kindOf`: claims with equal texts differ in nothing but names and place. */
export function sightOf(
  node: PlacementNode,
  claims: readonly Claim[],
  kindOf: (claim: Claim) => string,
): NodeSight {
  const { inventory } = node;
  const byCard = claimsByCard(claims.toSorted((a, b) => compare(a.id, b.id)));
  const cards = inventory.gpus.map((gpu) => {
    const held = byCard.get(gpu.uuid) ?? [];
    const idle = idleInstances(gpu, held).map(({ profile, start }) => `${profile}@${start}`);
    const text = [gpu.productName, textOf(held, gpu, kindOf), idle.join()].join('|');
    return { node: inventory.node, gpu, held, text };
  });
  return {
    node,
    claims,
    cards,
    cpuFreeMillis: inventory.cpuMillis - sumOf(claims, ({ cpuMillis }) => cpuMillis),
    memoryFreeMib: inventory.memoryMib - sumOf(claims, ({ memoryMib }) => memoryMib),
  };
}

function sumOf(claims: readonly Claim[], of: (claim: Claim) => number): number {
  return claims.reduce((sum, claim) => sum + of(claim), 0);
}

function textOf(
  held: readonly Claim[],
  gpu: GpuInventory,
  kindOf: (claim: Claim) => string,
): string {
  const texts = held.map((claim) => {
    const shapes = claim.slices.map(({ gpu: uuid, shape }) => {
      const start = shape.kind === 'mig' ? shape.start : shape.kind;
      return `${uuid === gpu.uuid ? '' : 'beside '}${shape.memoryMib}@${start}`;
    });
    return `${kindOf(claim)}:${shapes.join('+')}`;
  });
  return texts.sort().join();
}

/** How many cards are looked at that differ in nothing but names. */
const alikeMax = 2;

/**
 * Every sensible way to make room for one need on a node, easiest first. `seen` counts the cards that were looked at:
 * where one fails, another that is just like it does too.
 */
export function clearings(
  sight: NodeSight,
  rules: ClearingRules,
  seen: Map<string, number>,
): readonly Clearing[] {
  const { node, claims, cards } = sight;
  if (rules.need.count > 1) {
    const found = clearWhole(node, claims, rules);
    return found === null ? [] : [found];
  }
  const hasCpu = sight.cpuFreeMillis >= rules.host.cpuMillis;
  const hasMemory = sight.memoryFreeMib >= rules.host.memoryMib;
  return cards
    .filter(({ gpu, text }) => {
      if (!mayServe(gpu, rules)) return false;
      const key = `${hasCpu}/${hasMemory}|${text}`;
      const count = (seen.get(key) ?? 0) + 1;
      seen.set(key, count);
      return count <= alikeMax;
    })
    .flatMap((card) => clearCard(card, card.held, rules))
    .sort(byEase);
}

function claimsByCard(claims: readonly Claim[]): ReadonlyMap<GpuUuid, readonly Claim[]> {
  const found = new Map<GpuUuid, Claim[]>();
  for (const claim of claims) {
    for (const gpu of new Set(claim.slices.map((slice) => slice.gpu))) {
      const list = found.get(gpu);
      if (list === undefined) found.set(gpu, [claim]);
      else list.push(claim);
    }
  }
  return found;
}

/** What a claim holds of one card, in thousandths of it. */
function milliOn(claim: Claim, gpu: GpuInventory): number {
  return claim.slices.reduce(
    (sum, slice) => (slice.gpu === gpu.uuid ? sum + milliOf(slice.shape, gpu) : sum),
    0,
  );
}

type Card = Pick<CardAt, 'node' | 'gpu'>;

function clearCard(at: Card, held: readonly Claim[], rules: ClearingRules): Clearing[] {
  const { need } = rules;
  const kinds = new Set(held.flatMap((claim) => kindsOn(claim, at.gpu.uuid)));
  const found: Clearing[] = [];
  const shares = !kinds.has('mig') && !kinds.has('whole');
  if (isolationSatisfies('mig', need.isolation) && !kinds.has('whole')) {
    found.push(...clearForInstance(at, kinds.has('mig') ? held : [], rules));
  }
  if (isolationSatisfies('mps', need.isolation) && shares)
    found.push(...clearForShare(at, held, rules));
  const all = clearAll(at, held, rules);
  const unique = new Map(
    [...found, ...(all === null ? [] : [all])].map((each) => [keyOf(each), each]),
  );
  return [...unique.values()];
}

function keyOf({ victims, recuts }: Clearing): string {
  return [
    ...victims.map(({ id }) => id),
    '/',
    ...recuts.map(({ instance }) => instance.start),
  ].join();
}

function kindsOn(claim: Claim, gpu: GpuUuid): string[] {
  return claim.slices.flatMap((slice) => (slice.gpu === gpu ? [slice.shape.kind] : []));
}

/** For every profile that will do and every legal start of it: whoever lies in the way. */
function clearForInstance(at: Card, held: readonly Claim[], rules: ClearingRules): Clearing[] {
  const { geometry, uuid, authority } = at.gpu;
  const { need } = rules;
  if (geometry === null || authority !== 'cut') return [];
  if (at.gpu.migEnabled !== true && held.length === 0) return [];
  const idle = idleInstances(at.gpu, held);
  const found: Clearing[] = [];
  for (const profile of geometry.profiles) {
    if (profile.memoryMib < need.memoryMib) continue;
    for (const start of profile.placementStarts) {
      const mask = placementMask(start, profile.placementSize);
      const victims = held.filter((claim) =>
        claim.slices.some(
          ({ gpu, shape }) =>
            gpu === uuid &&
            shape.kind === 'mig' &&
            (placementMask(shape.start, shape.size) & mask) !== 0,
        ),
      );
      const inTheWay = idle.filter(
        (instance) => (placementMask(instance.start, instance.size) & mask) !== 0,
      );
      const clearing = clearingOf(at, victims, inTheWay, rules);
      if (clearing !== null) found.push(clearing);
    }
  }
  return found;
}

/** How many claims are tried two by two; a card has 48 clients at most, and few of them matter. */
const pairsOfMax = 16;

/** Shares that together give back enough: one, two, or as many as it takes, the smallest sufficient ones first. */
function clearForShare(at: Card, held: readonly Claim[], rules: ClearingRules): Clearing[] {
  const { gpu } = at;
  const { need, mayGo } = rules;
  const sizes = held.map((claim) => {
    const shapes = claim.slices.flatMap((slice) => (slice.gpu === gpu.uuid ? [slice.shape] : []));
    return {
      claim,
      memoryMib: shapes.reduce((sum, shape) => sum + shape.memoryMib, 0),
      smPercent: shapes.reduce((sum, s) => sum + (s.kind === 'mps' ? s.smPercent : 0), 0),
    };
  });
  const sum = (of: (each: (typeof sizes)[number]) => number) =>
    sizes.reduce((total, each) => total + of(each), 0);
  const free =
    gpu.memoryTotalMib - shareReserveMib - gpu.memoryForeignMib - sum((each) => each.memoryMib);
  const lacksMib = need.memoryMib - free;
  const lacksSms = Math.max(1, need.computePercent) - (100 - sum((each) => each.smPercent));
  const enough = (chosen: typeof sizes) =>
    chosen.reduce((total, each) => total + each.memoryMib, 0) >= lacksMib &&
    chosen.reduce((total, each) => total + each.smPercent, 0) >= lacksSms;
  const going = sizes
    .filter(({ claim }) => mayGo(claim))
    .sort((a, b) => a.memoryMib - b.memoryMib || compare(a.claim.id, b.claim.id));
  const sets = [
    ...going.map((each) => [each]),
    ...pairs(going.slice(-pairsOfMax)),
    ...pairs(going.slice(0, pairsOfMax)),
    ...prefixes(going),
    ...prefixes(going.toReversed()),
  ];
  return sets.filter(enough).flatMap(
    (set) =>
      clearingOf(
        at,
        set.map(({ claim }) => claim),
        [],
        rules,
      ) ?? [],
  );
}

function pairs<T>(items: readonly T[]): T[][] {
  return items.flatMap((first, at) => items.slice(at + 1).map((second) => [first, second]));
}

function prefixes<T>(items: readonly T[]): T[][] {
  return items.slice(2).map((_, at) => items.slice(0, at + 3));
}

/** Everything goes: for a whole card, or for another mode. */
function clearAll(at: Card, held: readonly Claim[], rules: ClearingRules): Clearing | null {
  return clearingOf(at, held, idleInstances(at.gpu, held), rules);
}

/** Instances that hold a place although no claim is on them. */
export function idleInstances(gpu: GpuInventory, held: readonly Claim[]): readonly MigInstance[] {
  const taken = new Set(
    held.flatMap(({ slices }) =>
      slices.flatMap(({ gpu: uuid, shape }) =>
        uuid === gpu.uuid && shape.kind === 'mig' ? [`${shape.giProfileId}@${shape.start}`] : [],
      ),
    ),
  );
  return gpu.instances.filter(({ giProfileId, start }) => !taken.has(`${giProfileId}@${start}`));
}

/** null: somebody or something in the way may not go, or nothing is in the way at all. */
function clearingOf(
  { node, gpu }: Card,
  victims: readonly Claim[],
  instances: readonly MigInstance[],
  { mayGo, recutIdle }: ClearingRules,
): Clearing | null {
  if (victims.length + instances.length === 0 || !victims.every(mayGo)) return null;
  if (instances.length > 0 && !(recutIdle && mayRecut(gpu))) return null;
  // One that carries a slice is on its way out already, and its agent's to take away.
  if (instances.some(({ slice }) => slice !== null)) return null;
  return {
    node,
    cards: [gpu.uuid],
    victims,
    recuts: instances.map((instance) => ({ node, gpu: gpu.uuid, instance })),
    milli: victims.reduce((sum, claim) => sum + milliOn(claim, gpu), 0),
  };
}

/** Somebody else's work is never touched, and the layout only of cards that were given to us to cut. */
export function mayRecut(gpu: GpuInventory): boolean {
  return gpu.authority === 'cut' && gpu.mode !== 'foreign' && gpu.memoryForeignMib === 0;
}

/** The cards of one product that are emptied most easily. */
function clearWhole(
  node: PlacementNode,
  claims: readonly Claim[],
  rules: ClearingRules,
): Clearing | null {
  const byCard = claimsByCard(claims);
  const name = node.inventory.node;
  const byProduct = new Map<string, Clearing[]>();
  for (const gpu of node.inventory.gpus) {
    if (!mayServe(gpu, rules)) continue;
    const held = byCard.get(gpu.uuid) ?? [];
    const empty = held.length === 0 && gpu.instances.length === 0;
    if (empty && gpu.memoryForeignMib > 0) continue;
    const card = empty
      ? { node: name, cards: [gpu.uuid], victims: [], recuts: [], milli: 0 }
      : clearAll({ node: name, gpu }, held, rules);
    if (card === null) continue;
    byProduct.set(gpu.productName, [...(byProduct.get(gpu.productName) ?? []), card]);
  }
  const { count } = rules.need;
  const found = [...byProduct.values()]
    .filter((cards) => cards.length >= count)
    .map((cards) => merge(name, cards.sort(byEase).slice(0, count)))
    .filter(({ victims, recuts }) => victims.length + recuts.length > 0)
    .sort(byEase);
  return found[0] ?? null;
}

function merge(node: NodeName, parts: readonly Clearing[]): Clearing {
  const victims = new Map(parts.flatMap((part) => part.victims).map((claim) => [claim.id, claim]));
  return {
    node,
    cards: parts.flatMap(({ cards }) => cards),
    victims: [...victims.values()],
    recuts: parts.flatMap(({ recuts }) => recuts),
    milli: parts.reduce((sum, { milli }) => sum + milli, 0),
  };
}

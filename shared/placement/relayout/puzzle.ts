import type { Claim } from '../../domain/claim.ts';
import type { Estimates } from '../../domain/estimates.ts';
import type { GpuUuid } from '../../domain/ids.ts';
import type { GpuInventory } from '../../domain/inventory.ts';
import { askOf, refuseNode, type Ask } from '../ask.ts';
import { CardClasses } from '../card-class.ts';
import { LinkTable } from '../card-links.ts';
import { viewCard } from '../card-view.ts';
import type { PlacementNode, PlacementRequest } from '../engine.ts';
import { NodeStates } from '../index/node-state.ts';
import { recordNode, type NodeRecord } from '../node-record.ts';
import { interruptionSeconds, mayInterrupt, movable, type Running } from './budget.ts';
import { PaperCards, type Base, type Kind, type PaperCard, type Part } from './paper-card.ts';
import { nearest, type Search } from './relocate.ts';
import type { Scene } from './scene.ts';
import { idleInstances, mayRecut } from './victims.ts';

/** A few cards, what may move on them, and who wants a place. */
export interface Puzzle {
  readonly cards: readonly PaperCard[];
  /** By card. */
  readonly seats: readonly Seat[];
  readonly kinds: readonly Kind[];
  /** What each node has left beside those that may move; null: enough for everything at once. */
  readonly hosts: ReadonlyMap<string, PaperHost> | null;
  readonly loose: readonly Loose[];
  readonly paper: PaperCards;
  /** All cards of the cluster are in it. */
  readonly isWhole: boolean;
}

/** The kind of the request that the puzzle is for. */
export const wantedKind = 0;

/** A card that is part of the search. */
interface Seat {
  readonly node: PlacementNode;
  readonly gpu: GpuInventory;
}

/** Host resources of a node. */
interface PaperHost {
  readonly cpuFreeMillis: number;
  readonly memoryFreeMib: number;
}

/** A claim that may move, as a part of the card that it is on. */
export interface Loose {
  readonly claim: Claim;
  /** Index of the card. */
  readonly at: number;
  readonly part: Part;
}

/** A search over every order of steps is for so few cards. */
const cardsMax = 8;

/** All cards of a small cluster, or those of the nodes where room is made most easily. */
export function puzzleOf(search: Search, request: PlacementRequest, estimates: Estimates): Puzzle {
  const { scene, budget } = search;
  const seats = seatsFor(search, request);
  const index = new Map<GpuUuid, number>(seats.map(({ gpu }, at) => [gpu.uuid, at]));
  const nodes = [...new Set(seats.map(({ node }) => node))];
  const kinds = new Kinds(request);
  const loose: Loose[] = [];
  const stay = new Map<PlacementNode, readonly Claim[]>();
  for (const node of nodes) {
    const staying: Claim[] = [];
    for (const claim of scene.claimsOn(node.inventory.node)) {
      const running = mayLeave(claim, search);
      const [slice] = claim.slices;
      const at = slice === undefined ? undefined : index.get(slice.gpu);
      if (running === null || slice === undefined || at === undefined) staying.push(claim);
      else {
        const kind = kinds.of(running, estimates);
        loose.push({ claim, at, part: { kind, shape: slice.shape, settled: false } });
      }
    }
    stay.set(node, staying);
  }
  const gone = new Set<string>(loose.flatMap(({ claim }) => claim.slices.map(({ id }) => id)));
  const tables = { classes: new CardClasses(), states: new NodeStates(), links: new LinkTable() };
  const records = new Map(
    nodes.map((node) => [node, recordNode(node, stay.get(node) ?? [], tables)]),
  );
  const hosts = hostsOf([...records.values()], kinds.all, loose);
  const paper = new PaperCards(kinds.all, tables.classes);
  const bases = new Map<string, number>();
  const cards = seats.map(({ node, gpu }, at) => {
    const own = loose.filter((each) => each.at === at);
    const held = scene.claimsOn(node.inventory.node);
    const idle =
      budget.recutIdle && mayRecut(gpu)
        ? idleInstances(gpu, held).filter(({ slice }) => slice === null)
        : [];
    const instances = gpu.instances.filter(
      (each) => !idle.includes(each) && !(each.slice !== null && gone.has(each.slice)),
    );
    const bare = { ...gpu, instances };
    const fixed = (stay.get(node) ?? [])
      .flatMap(({ slices }) => slices)
      .filter((slice) => slice.gpu === gpu.uuid);
    const record = records.get(node);
    const admits = kinds.asks.map(
      (ask) => record !== undefined && refuseNode(record, ask) === null,
    );
    const key = [
      tables.classes.find(viewCard(bare, fixed)).id,
      admits.join(),
      hosts === null ? '' : node.inventory.node,
    ].join('|');
    const id = bases.get(key) ?? bases.size;
    bases.set(key, id);
    const base: Base = { id, gpu: bare, fixed, hosts: admits };
    return paper.find(
      base,
      own.map(({ part }) => part),
      idle,
    );
  });
  return { cards, seats, kinds: kinds.all, hosts, loose, paper, isWhole: isSmall(scene) };
}

function isSmall(scene: Scene): boolean {
  let cards = 0;
  for (const { node } of scene.nodes()) {
    cards += node.inventory.gpus.length;
    if (cards > cardsMax) return false;
  }
  return true;
}

function seatsFor(search: Search, request: PlacementRequest): readonly Seat[] {
  const { scene } = search;
  const nodes = isSmall(scene)
    ? scene.nodes().flatMap(({ node }) => (node.availability.kind === 'ready' ? [node] : []))
    : nearest(search, request).flatMap((name) => scene.node(name) ?? []);
  const seats: Seat[] = [];
  for (const node of nodes) {
    for (const gpu of node.inventory.gpus) {
      if (seats.length === cardsMax) return seats;
      if (gpu.health.state !== 'failed' && gpu.authority !== 'observe') seats.push({ node, gpu });
    }
  }
  return seats;
}

/** One that holds part of one card, and has no say in who else is on its node. */
function mayLeave(claim: Claim, { runningOf }: Search): Running | null {
  const running = movable(claim, runningOf);
  if (running === null || claim.slices.length !== 1 || claim.apartFrom !== undefined) return null;
  const { gpu, placement } = running.spec;
  const isAlone = placement.maxPerNode === 0 && placement.antiAffinity.length === 0;
  return gpu !== null && gpu.count === 1 && isAlone ? running : null;
}

/** Gives each kind its number, the wanted one first. */
class Kinds {
  readonly all: Kind[] = [];
  readonly asks: Ask[] = [];
  readonly #known = new Map<string, number>();

  constructor({ spec }: PlacementRequest) {
    this.#add(askOf(spec), { lasts: 0, mayStop: false });
  }

  of(running: Running, estimates: Estimates): number {
    const lasts = interruptionSeconds(running, estimates);
    const mayStop = mayInterrupt(running, lasts);
    const { spec } = running;
    // The name too: others may have a say in who is beside them.
    const key = `${askOf(spec).key}|${lasts}|${mayStop}|${spec.name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.all.length);
    return this.#add(askOf(spec), { lasts, mayStop });
  }

  #add(ask: Ask, time: Pick<Kind, 'lasts' | 'mayStop'>): number {
    const { need, spec } = ask;
    if (need === null) return -1;
    const { cpuMillis, memoryMib } = spec.workload;
    this.asks.push(ask);
    return this.all.push({ need, ...time, cpuMillis, memoryMib }) - 1;
  }
}

/** Nobody counts CPU and memory where there is enough for all that may move, twice. */
function hostsOf(
  records: readonly NodeRecord[],
  kinds: readonly Kind[],
  loose: readonly Loose[],
): ReadonlyMap<string, PaperHost> | null {
  const all = [...loose.map(({ part }) => kinds[part.kind]), kinds[wantedKind]];
  const sumOf = (of: (kind: Kind) => number) =>
    2 * all.reduce((sum, kind) => sum + (kind === undefined ? 0 : of(kind)), 0);
  const cpuMillis = sumOf((kind) => kind.cpuMillis);
  const memoryMib = sumOf((kind) => kind.memoryMib);
  const isRoomy = records.every(
    ({ state }) => state.cpuFreeMillis >= cpuMillis && state.memoryFreeMib >= memoryMib,
  );
  if (isRoomy) return null;
  return new Map(records.map(({ name, state }) => [name, state]));
}

/**
 * Whether all together would not fit even if their pieces could be put anywhere: nothing helps then, whoever
 * moves. Never wrong when it says so.
 */
export function isOverfull({ cards, kinds, loose, paper }: Puzzle): boolean {
  const bare = [...new Set(cards.map(({ base }) => paper.find(base, [], [])))];
  const least = kinds.map((_, kind) =>
    bare.reduce((milli, card) => {
      const taken = paper
        .puts(card, kind)
        .map((put) => card.class.freeMilli - put.card.class.freeMilli);
      return Math.min(milli, ...taken);
    }, Infinity),
  );
  const room = cards.reduce((sum, { base }) => sum + paper.find(base, [], []).class.freeMilli, 0);
  const asked = [wantedKind, ...loose.map(({ part }) => part.kind)];
  // Each piece was rounded by less than two thousandths.
  return asked.reduce((sum, kind) => sum + Math.max(0, (least[kind] ?? 0) - 2), 0) > room;
}

import type { GpuInventory } from '../domain/inventory.ts';
import { divFloor, prices } from './cost.ts';

/** A card that could be one of several, by its place among the cards of its node. */
export interface LinkedCard {
  readonly place: number;
  /** Its own price, in milli. */
  readonly priceMilli: number;
}

/** Several cards of one node. */
export interface LinkedSet {
  /** Places, in order of PCI bus. */
  readonly places: readonly number[];
  /** The prices of the cards and of what lies between them, in milli. */
  readonly priceMilli: number;
}

/** Sets that are looked at one by one; beyond that sets are grown from each card. */
const setsMax = 512;
/** Choices that are remembered before all are forgotten. */
const choicesMax = 1_024;

/**
 * How the cards of a node are joined: NVLink first, then NUMA nodes, then the PCI bus. Nodes that are built alike share
 * one.
 * Invariants: what is remembered is a pure function of the hardware and the question.
 */
export class CardLinks {
  private readonly size: number;
  /** By `size * a + b`: what it costs to have both in one replica. */
  private readonly pairs: Int32Array;
  /** By the same: 1 where NVLink joins them. */
  private readonly linked: Uint8Array;
  private readonly busRank: Int32Array;
  private readonly choices = new Map<string, LinkedSet>();

  /** `gpus` in order of UUID: their indices are the places. */
  constructor(gpus: readonly GpuInventory[]) {
    const { length } = gpus;
    this.size = length;
    this.pairs = new Int32Array(length * length);
    this.linked = new Uint8Array(length * length);
    this.busRank = busRanks(gpus);
    for (const [a, left] of gpus.entries()) {
      for (const [b, right] of gpus.entries()) {
        const links = linksBetween(left, right);
        this.linked[length * a + b] = links > 0 ? 1 : 0;
        this.pairs[length * a + b] = a === b ? 0 : pairPrice(left, right, links);
      }
    }
  }

  /** The cheapest `count` of some cards, of which there are enough; among equals the first on the bus. */
  choose(cards: readonly LinkedCard[], count: number): LinkedSet {
    let key = `${count}`;
    for (const { place, priceMilli } of cards) key += `,${place}:${priceMilli}`;
    const known = this.choices.get(key);
    if (known !== undefined) return known;
    const onBus = cards.toSorted((a, b) => this.rankOf(a) - this.rankOf(b));
    const made = this.cheapest(onBus, count);
    if (this.choices.size >= choicesMax) this.choices.clear();
    this.choices.set(key, made);
    return made;
  }

  private rankOf({ place }: LinkedCard): number {
    return this.busRank[place] ?? 0;
  }

  private cheapest(onBus: readonly LinkedCard[], count: number): LinkedSet {
    const sets =
      countSets(onBus.length, count) <= setsMax
        ? allSets(onBus, count)
        : this.grownSets(onBus, count);
    const islands = sets.map((set) =>
      this.largestIsland(onBus.filter((card) => !set.includes(card))),
    );
    const largest = Math.max(...islands);
    let best: LinkedSet | null = null;
    for (const [at, set] of sets.entries()) {
      const broken = largest - (islands[at] ?? 0);
      const priceMilli = this.priceOf(set) + broken * prices.islandBroken;
      if (best === null || priceMilli < best.priceMilli) {
        best = { places: set.map(({ place }) => place), priceMilli };
      }
    }
    return best ?? { places: [], priceMilli: 0 };
  }

  private priceOf(set: readonly LinkedCard[]): number {
    let own = 0;
    let pairs = 0;
    for (const [at, card] of set.entries()) {
      own += card.priceMilli;
      for (let other = 0; other < at; other += 1) {
        pairs += this.pairs[this.size * card.place + (set[other]?.place ?? 0)] ?? 0;
      }
    }
    const [first, last] = [set[0], set.at(-1)];
    const span =
      first === undefined || last === undefined ? 0 : this.rankOf(last) - this.rankOf(first);
    const gaps = Math.max(0, span - (set.length - 1));
    return own + divFloor(pairs, Math.max(1, set.length - 1)) + gaps * prices.busGap;
  }

  /** Cards in the largest group that NVLink joins, directly or through others of the group. */
  private largestIsland(cards: readonly LinkedCard[]): number {
    const left = new Set(cards.map(({ place }) => place));
    let largest = 0;
    for (const start of left) {
      left.delete(start);
      const island = [start];
      for (const each of island) {
        for (const other of left) {
          if (this.linked[this.size * each + other] !== 1) continue;
          left.delete(other);
          island.push(other);
        }
      }
      largest = Math.max(largest, island.length);
    }
    return largest;
  }

  /** From each card the set that takes the nearest card again and again. */
  private grownSets(onBus: readonly LinkedCard[], count: number): LinkedCard[][] {
    return onBus.map((seed) => {
      const set = [seed];
      while (set.length < count) {
        let nearest: LinkedCard | null = null;
        let least = Infinity;
        for (const card of onBus) {
          if (set.includes(card)) continue;
          const distance = set.reduce(
            (sum, each) => sum + (this.pairs[this.size * each.place + card.place] ?? 0),
            card.priceMilli + Math.abs(this.rankOf(card) - this.rankOf(seed)) * prices.busGap,
          );
          if (distance < least) [nearest, least] = [card, distance];
        }
        if (nearest === null) break;
        set.push(nearest);
      }
      return set.sort((a, b) => this.rankOf(a) - this.rankOf(b));
    });
  }
}

/** Kinds of node that are kept before the table starts anew. */
const kindsMax = 1_024;

/** Finds how the cards of a node are joined. A cache, like the other tables. */
export class LinkTable {
  private readonly kinds = new Map<string, CardLinks>();

  /** `gpus` in order of UUID. */
  find(gpus: readonly GpuInventory[]): CardLinks {
    const ranks = busRanks(gpus);
    let signature = '';
    for (const [at, gpu] of gpus.entries()) {
      signature += `${ranks[at]}/${gpu.numaNode}`;
      if (gpu.nvlinkPeers.length > 0) {
        for (const other of gpus) signature += `,${linksBetween(gpu, other)}`;
      }
      signature += '|';
    }
    const known = this.kinds.get(signature);
    if (known !== undefined) return known;
    const made = new CardLinks(gpus);
    if (this.kinds.size >= kindsMax) this.kinds.clear();
    this.kinds.set(signature, made);
    return made;
  }
}

function busRanks(gpus: readonly GpuInventory[]): Int32Array {
  const byBus = gpus.toSorted((a, b) =>
    a.pciBusId < b.pciBusId ? -1 : Number(a.pciBusId > b.pciBusId),
  );
  return Int32Array.from(gpus, (gpu) => byBus.indexOf(gpu));
}

function linksBetween(gpu: GpuInventory, other: GpuInventory): number {
  return gpu.nvlinkPeers.find((peer) => peer.gpu === other.uuid)?.links ?? 0;
}

function pairPrice(left: GpuInventory, right: GpuInventory, links: number): number {
  const apart =
    left.numaNode !== null && right.numaNode !== null && left.numaNode !== right.numaNode
      ? prices.numaPair
      : 0;
  if (links < 1) return prices.unlinkedPair + apart;
  return Math.max(0, prices.linksMax - links) * prices.missingLink + apart;
}

/** `n` over `k`, or anything above `setsMax` when it is more. */
function countSets(n: number, k: number): number {
  let sets = 1;
  for (let at = 1; at <= k && sets <= setsMax; at += 1) sets = divFloor(sets * (n - k + at), at);
  return sets;
}

/** Every choice of `count` cards, in lexical order. */
function allSets(cards: readonly LinkedCard[], count: number): LinkedCard[][] {
  if (count === 0) return [[]];
  return cards.flatMap((card, at) =>
    allSets(cards.slice(at + 1), count - 1).map((rest) => [card, ...rest]),
  );
}

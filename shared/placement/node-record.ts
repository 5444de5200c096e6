import type { Claim } from '../domain/claim.ts';
import type { GpuUuid, ModelName, NodeName } from '../domain/ids.ts';
import type { GpuInventory } from '../domain/inventory.ts';
import type { Slice } from '../domain/slice.ts';
import type { CardClass, CardClasses } from './card-class.ts';
import { isIdle, viewCard } from './card-view.ts';
import type { PlacementNode } from './engine.ts';

/** One card of a node, with the class it belongs to now. */
export interface CardRecord {
  readonly gpu: GpuInventory;
  readonly class: CardClass;
  /** Its place among the node's cards in order of PCI bus: neighbours there are likely to be linked. */
  readonly busRank: number;
}

/** The cards of a node that are alike. */
export interface CardGroup {
  readonly class: CardClass;
  /** In order of UUID; never empty. */
  readonly cards: readonly [CardRecord, ...CardRecord[]];
}

/** A node with what its claims leave of it. Never changed: a delta makes a new one, so forks can share them. */
export interface NodeRecord {
  readonly name: NodeName;
  readonly node: PlacementNode;
  readonly claims: readonly Claim[];
  readonly cpuFreeMillis: number;
  readonly memoryFreeMib: number;
  readonly replicas: ReadonlyMap<ModelName, number>;
  readonly idleCards: number;
  /** In the order of their first card. */
  readonly groups: readonly CardGroup[];
}

/** Sums up a node. The order of cards and claims does not matter. */
export function recordNode(
  node: PlacementNode,
  claims: readonly Claim[],
  classes: CardClasses,
): NodeRecord {
  const { inventory } = node;
  const cards = recordCards(inventory.gpus, slicesByGpu(claims), classes);
  return {
    name: inventory.node,
    node,
    claims,
    cpuFreeMillis: inventory.cpuMillis - sum(claims, (claim) => claim.cpuMillis),
    memoryFreeMib: inventory.memoryMib - sum(claims, (claim) => claim.memoryMib),
    replicas: countReplicas(claims),
    idleCards: sum(cards, ({ class: { view } }) =>
      isIdle(view) && view.health.state !== 'failed' ? 1 : 0,
    ),
    groups: groupCards(cards),
  };
}

function recordCards(
  gpus: readonly GpuInventory[],
  slices: ReadonlyMap<GpuUuid, readonly Slice[]>,
  classes: CardClasses,
): CardRecord[] {
  const byBus = gpus.toSorted((a, b) => compareText(a.pciBusId, b.pciBusId));
  return gpus
    .toSorted((a, b) => compareText(a.uuid, b.uuid))
    .map((gpu) => ({
      gpu,
      class: classes.find(viewCard(gpu, slices.get(gpu.uuid) ?? [])),
      busRank: byBus.indexOf(gpu),
    }));
}

function slicesByGpu(claims: readonly Claim[]): ReadonlyMap<GpuUuid, Slice[]> {
  const found = new Map<GpuUuid, Slice[]>();
  for (const claim of claims) {
    for (const slice of claim.slices) {
      const list = found.get(slice.gpu);
      if (list === undefined) found.set(slice.gpu, [slice]);
      else list.push(slice);
    }
  }
  return found;
}

/** A claim that is being reclaimed still occupies its slices, but its replica serves no more. */
function countReplicas(claims: readonly Claim[]): ReadonlyMap<ModelName, number> {
  const counts = new Map<ModelName, number>();
  for (const { holder, state } of claims) {
    if (holder.kind !== 'replica' || state !== 'held') continue;
    counts.set(holder.model, (counts.get(holder.model) ?? 0) + 1);
  }
  return counts;
}

function groupCards(cards: readonly CardRecord[]): CardGroup[] {
  const groups = new Map<CardClass, [CardRecord, ...CardRecord[]]>();
  for (const card of cards) {
    const group = groups.get(card.class);
    if (group === undefined) groups.set(card.class, [card]);
    else group.push(card);
  }
  return [...groups].map(([cardClass, members]) => ({ class: cardClass, cards: members }));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** By code unit: the same on every machine, whatever its locale. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

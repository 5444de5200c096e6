import type { Claim } from '../domain/claim.ts';
import type { GpuUuid, ModelName, NodeName } from '../domain/ids.ts';
import type { GpuInventory } from '../domain/inventory.ts';
import type { Slice } from '../domain/slice.ts';
import type { CardClass, CardClasses } from './card-class.ts';
import { viewCard } from './card-view.ts';
import type { CardLinks, LinkTable } from './card-links.ts';
import type { PlacementNode } from './engine.ts';
import type { NodeState, NodeStates } from './index/node-state.ts';
import { workBit } from './policies/policy.ts';

/** One card of a node, with the class it belongs to now. */
export interface CardRecord {
  readonly gpu: GpuInventory;
  readonly class: CardClass;
  /** Stands for its hardware in the table of classes. */
  readonly hardware: string;
  readonly slices: readonly Slice[];
}

/** A node with what its claims leave of it. Never changed: a delta makes a new one, so forks can share them. */
export interface NodeRecord {
  readonly name: NodeName;
  readonly node: PlacementNode;
  readonly claims: readonly Claim[];
  readonly state: NodeState;
  readonly ready: boolean;
  readonly hasDocker: boolean;
  readonly hasProcess: boolean;
  /** Some claim on it names models that may not be beside its own. */
  readonly keepsApart: boolean;
  /** In order of UUID. */
  readonly cards: readonly CardRecord[];
  /** How the cards are joined; the places in it are those in `cards`. */
  readonly links: CardLinks;
}

/** The tables that records are made with. */
export interface RecordTables {
  readonly classes: CardClasses;
  readonly states: NodeStates;
  readonly links: LinkTable;
}

/** Sums up a node. The order of cards and claims does not matter. */
export function recordNode(
  node: PlacementNode,
  claims: readonly Claim[],
  tables: RecordTables,
): NodeRecord {
  const gpus = inOrder(node);
  const slices = slicesByGpu(claims);
  const cards = gpus.map((gpu) =>
    recordCard(gpu, slices.get(gpu.uuid) ?? noSlices, tables.classes),
  );
  return assemble({ node, claims, cards, links: tables.links.find(gpus) }, tables);
}

/** The record once the node is as told, its claims unchanged: cards that are the same objects are not looked at. */
export function recordAnew(
  record: NodeRecord,
  node: PlacementNode,
  tables: RecordTables,
): NodeRecord {
  const known = new Map(record.cards.map((card) => [card.gpu.uuid, card]));
  const gpus = inOrder(node);
  const cards = gpus.map((gpu) => {
    const card = known.get(gpu.uuid);
    if (card?.gpu === gpu) return card;
    const slices = card?.slices ?? record.claims.flatMap((claim) => slicesOn(claim, gpu.uuid));
    return recordCard(gpu, slices, tables.classes);
  });
  return assemble({ node, claims: record.claims, cards, links: tables.links.find(gpus) }, tables);
}

function inOrder({ inventory }: PlacementNode): readonly GpuInventory[] {
  return inventory.gpus.toSorted((a, b) => compareText(a.uuid, b.uuid));
}

/** The record once `gone` is no more and `come` is there: only the cards of these two are looked at. */
export function recordChange(
  record: NodeRecord,
  change: { readonly gone: Claim | null; readonly come: Claim | null },
  tables: RecordTables,
): NodeRecord {
  const { gone, come } = change;
  const claims = gone === null ? [...record.claims] : record.claims.filter((each) => each !== gone);
  if (come !== null) claims.push(come);
  const cards = record.cards.map((card) => {
    if (!touches(gone, card) && !touches(come, card)) return card;
    const slices = claims.flatMap((claim) => slicesOn(claim, card.gpu.uuid));
    return recordCard(card.gpu, slices, tables.classes, card.hardware);
  });
  return assemble({ node: record.node, claims, cards, links: record.links }, tables);
}

const noSlices: readonly Slice[] = [];

function touches(claim: Claim | null, card: CardRecord): boolean {
  if (claim === null) return false;
  for (const { gpu } of claim.slices) if (gpu === card.gpu.uuid) return true;
  return false;
}

function slicesOn(claim: Claim, gpu: GpuUuid): readonly Slice[] {
  return claim.slices.some((slice) => slice.gpu === gpu)
    ? claim.slices.filter((slice) => slice.gpu === gpu)
    : noSlices;
}

function recordCard(
  gpu: GpuInventory,
  slices: readonly Slice[],
  classes: CardClasses,
  known?: string,
): CardRecord {
  const view = viewCard(gpu, slices);
  const hardware = known ?? classes.hardwareOf(view);
  return { gpu, slices, hardware, class: classes.findUse(view, hardware) };
}

function assemble(
  parts: Pick<NodeRecord, 'node' | 'claims' | 'cards' | 'links'>,
  tables: RecordTables,
): NodeRecord {
  const { inventory } = parts.node;
  let cpuFreeMillis = inventory.cpuMillis;
  let memoryFreeMib = inventory.memoryMib;
  let work = 0;
  let keepsApart = false;
  for (const claim of parts.claims) {
    cpuFreeMillis -= claim.cpuMillis;
    memoryFreeMib -= claim.memoryMib;
    work |= workBit(claim.slices);
    keepsApart ||= claim.apartFrom !== undefined;
  }
  const host = {
    cpuTotalMillis: inventory.cpuMillis,
    cpuFreeMillis,
    memoryTotalMib: inventory.memoryMib,
    memoryFreeMib,
    work,
  };
  const { node, claims, cards, links } = parts;
  return {
    name: inventory.node,
    node,
    claims,
    cards,
    links,
    state: tables.states.find(host, cards),
    ready: node.availability.kind === 'ready',
    hasDocker: inventory.runtimes.includes('docker'),
    hasProcess: inventory.runtimes.includes('process'),
    keepsApart,
  };
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

/** Replicas of a model that serve on a node: one that is being reclaimed still occupies, and serves no more. */
export function replicasOn(record: NodeRecord, model: ModelName): number {
  let count = 0;
  for (const claim of record.claims) if (servedModel(claim) === model) count += 1;
  return count;
}

/** The model that a claim serves; null: it serves none. */
export function servedModel({ holder, state }: Claim): ModelName | null {
  return holder.kind === 'replica' && state === 'held' ? holder.model : null;
}

/** By code unit: the same on every machine, whatever its locale. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

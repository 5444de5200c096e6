import { unreachable } from '../../domain/assert.ts';
import type { ClaimId, NodeName } from '../../domain/ids.ts';
import type { Ask } from '../ask.ts';
import { askOf, refuseNode, zoneOf } from '../ask.ts';
import { prices, spreadStep } from '../cost.ts';
import type { Policy } from '../policies/policy.ts';
import { rateNode } from '../rate-node.ts';
import type { BoardWorld } from './board.ts';
import type { Boards } from './boards.ts';
import type { Cluster } from './cluster.ts';
import { drawOne } from './draw.ts';
import { holdsImage } from './image-holders.ts';

/** The node that gets a replica. */
export interface Pick {
  readonly slot: number;
  /** What the policy says of it, and what a wish to spread and an image that is not there add. */
  readonly total: number;
}

/** What a question is answered from. */
export interface PickContext {
  readonly cluster: Cluster;
  readonly world: BoardWorld;
  readonly boards: Boards;
  readonly seed: number;
  readonly claim: ClaimId;
}

/** Nodes that are rated one by one instead of on a board, if they are all that is asked about. */
const ratedAlone = 64;

/** The best node for `ask`, or null when none has a place. `within`: only these are looked at. */
export function pickNode(
  ask: Ask,
  context: PickContext,
  within?: ReadonlySet<NodeName>,
): Pick | null {
  return within === undefined
    ? pickAnywhere(ask, context)
    : pickWithin(ask, context, slotsOf([...within], context.cluster));
}

function pickAnywhere(ask: Ask, context: PickContext): Pick | null {
  const excluded = excludedSlots(ask, context.cluster);
  const { spread } = ask.spec.placement;
  switch (spread) {
    case 'none':
      return pickOn(ask, context, excluded);
    case 'node':
      return pickSpreadOverNodes(ask, context, excluded);
    case 'zone':
      return pickSpreadOverZones(ask, context, excluded);
    default:
      return unreachable(spread);
  }
}

/** Nodes that rules on replicas rule out, ascending. */
function excludedSlots(ask: Ask, cluster: Cluster): readonly number[] {
  const { name, placement } = ask.spec;
  const names: NodeName[] = [];
  if (placement.maxPerNode > 0) {
    for (const [node, count] of cluster.places.of(name)) {
      if (count >= placement.maxPerNode) names.push(node);
    }
  }
  if (!ask.waived.has('affinity')) {
    for (const other of placement.antiAffinity) names.push(...cluster.places.of(other).keys());
    names.push(...cluster.places.shunning(name).keys());
  }
  return slotsOf(names, cluster);
}

/** Ascending, each once; nodes that are not known have none. */
function slotsOf(names: readonly NodeName[], cluster: Cluster): readonly number[] {
  if (names.length === 0) return names as readonly never[];
  const slots = names.map((name) => cluster.slotOf(name)).filter((slot) => slot >= 0);
  return [...new Set(slots)].sort((a, b) => a - b);
}

/** First a node without replicas of the model, then one with as few as can be. */
function pickSpreadOverNodes(
  ask: Ask,
  context: PickContext,
  excluded: readonly number[],
): Pick | null {
  const { cluster } = context;
  const counts = new Map<number, number>();
  for (const [node, count] of cluster.places.of(ask.spec.name)) {
    const slot = cluster.slotOf(node);
    if (slot >= 0 && !excluded.includes(slot)) counts.set(slot, count);
  }
  const serving = [...counts.keys()];
  const free = pickOn(
    ask,
    context,
    [...excluded, ...serving].sort((a, b) => a - b),
  );
  if (free !== null || serving.length === 0) return free;
  const { scores } = context.boards.current(ask, context.world);
  const total = totals(
    ask,
    context,
    (slot) => scores.score(slot),
    (slot) => counts.get(slot) ?? 0,
  );
  return leastOf(
    serving.sort((a, b) => a - b),
    total,
    context,
  );
}

/** The zones with fewest replicas of the model first; a board for each zone. */
function pickSpreadOverZones(
  ask: Ask,
  context: PickContext,
  excluded: readonly number[],
): Pick | null {
  const counts = countZones(ask, context.cluster);
  for (const level of [...new Set(counts.values())].sort((a, b) => a - b)) {
    let best: Pick | null = null;
    for (const [zone, count] of counts) {
      if (count !== level) continue;
      const found = pickOn(askOf(ask.spec, { zone, waived: ask.waived }), context, excluded);
      if (found === null || !isBetter(found, best)) continue;
      best = found;
    }
    if (best !== null) return { slot: best.slot, total: best.total + level * spreadStep };
  }
  return null;
}

/** Replicas of the model in each zone of the cluster. */
function countZones(ask: Ask, cluster: Cluster): ReadonlyMap<string, number> {
  const counts = new Map(cluster.zones.map((zone) => [zone, 0]));
  for (const [node, count] of cluster.places.of(ask.spec.name)) {
    const record = cluster.records[cluster.slotOf(node)];
    if (record === undefined) continue;
    const zone = zoneOf(record);
    counts.set(zone, (counts.get(zone) ?? 0) + count);
  }
  return counts;
}

/** The best slot of a board outside `excluded`, the image considered. */
function pickOn(ask: Ask, context: PickContext, excluded: readonly number[]): Pick | null {
  const { cluster, world, boards } = context;
  const { scores } = boards.current(ask, world);
  const slot = scores.best(excluded);
  if (slot < 0) return null;
  const score = scores.score(slot);
  const { image } = ask.spec.workload;
  const holders = image === null ? null : cluster.images.of(image, world.records);
  let best: Pick = { slot, total: score + (holders?.has(slot) === false ? prices.pullImage : 0) };
  if (best.total > score && holders !== null) {
    const barred = new Set(excluded);
    for (const holder of holders) {
      const next = { slot: holder, total: scores.score(holder) };
      if (next.total !== Infinity && isBetter(next, best) && !barred.has(holder)) best = next;
    }
  }
  if (world.policy.ties === 'first') return best;
  const barred = new Set(excluded);
  const isEqual = (each: number): boolean => {
    const pull = holders?.has(each) === false ? prices.pullImage : 0;
    return scores.score(each) + pull === best.total && !barred.has(each);
  };
  return { slot: drawn([...world.records.keys()].filter(isEqual), context), total: best.total };
}

/** Any of some equals. */
function drawn(equals: readonly number[], { seed, claim }: PickContext): number {
  return equals[drawOne(seed, `node/${claim}`, equals.length)] ?? -1;
}

function isBetter(next: Pick, best: Pick | null): boolean {
  if (best === null || next.total < best.total) return true;
  return next.total === best.total && next.slot < best.slot;
}

/** A few nodes are rated one by one, many are read off their board: the answer is the same. */
function pickWithin(ask: Ask, context: PickContext, slots: readonly number[]): Pick | null {
  const { cluster, world, boards } = context;
  const { records, policy } = world;
  const scores =
    slots.length > ratedAlone || boards.has(ask) ? boards.current(ask, world).scores : null;
  const zones = ask.spec.placement.spread === 'zone' ? countZones(ask, cluster) : null;
  const open = slots.filter((slot) => mayServe(slot, ask, context));
  const scoreOf = (slot: number): number => {
    const record = records[slot];
    if (record === undefined) return Infinity;
    return scores === null ? rateNode(record, ask, policy) : scores.score(slot);
  };
  const counts = cluster.places.of(ask.spec.name);
  const countOf = (slot: number): number => {
    const record = records[slot];
    if (record === undefined || ask.spec.placement.spread === 'none') return 0;
    return zones === null ? (counts.get(record.name) ?? 0) : (zones.get(zoneOf(record)) ?? 0);
  };
  return leastOf(open, totals(ask, context, scoreOf, countOf), context);
}

function mayServe(slot: number, ask: Ask, { world }: PickContext): boolean {
  const record = world.records[slot];
  return record !== undefined && refuseNode(record, ask) === null;
}

/** What a node costs in all. */
function totals(
  ask: Ask,
  { world }: PickContext,
  scoreOf: (slot: number) => number,
  countOf: (slot: number) => number,
): (slot: number) => number {
  const { image } = ask.spec.workload;
  return (slot) => {
    const record = world.records[slot];
    const pull = image === null || record === undefined || holdsImage(record, image);
    return scoreOf(slot) + countOf(slot) * spreadStep + (pull ? 0 : prices.pullImage);
  };
}

function leastOf(
  slots: readonly number[],
  totalOf: (slot: number) => number,
  context: PickContext,
): Pick | null {
  let least = Infinity;
  let equals: number[] = [];
  for (const slot of slots) {
    const total = totalOf(slot);
    if (total > least || total === Infinity) continue;
    if (total < least) equals = [];
    least = total;
    equals.push(slot);
  }
  const [first] = equals;
  if (first === undefined) return null;
  const policy: Policy = context.world.policy;
  return { slot: policy.ties === 'drawn' ? drawn(equals, context) : first, total: least };
}

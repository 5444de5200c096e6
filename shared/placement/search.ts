import type { SliceShape } from '../domain/slice.ts';
import type { Ask } from './ask.ts';
import { nodeCloseness, refuseNode, replicasOn } from './ask.ts';
import { divFloor, prices } from './cost.ts';
import { chooseCards, type CardChoice } from './many-cards.ts';
import type { Need } from './need.ts';
import type { CardRecord, NodeRecord } from './node-record.ts';
import { Tally } from './tally.ts';
import type { CardOffer } from './verdict.ts';

/** A place for one replica. */
export interface Candidate {
  readonly record: NodeRecord;
  /** Empty for a model on CPU. */
  readonly parts: readonly { readonly card: CardRecord; readonly shape: SliceShape }[];
  readonly cost: number;
}

export interface Found {
  /** null: there is no place. */
  readonly best: Candidate | null;
  readonly tally: Tally;
}

/**
 * Finds the cheapest place. `records` come in order of node name; among equal costs the first node, then the
 * first card by UUID wins, and within a card the lowest start.
 */
export function search(records: readonly NodeRecord[], ask: Ask): Found {
  const tally = new Tally();
  let best: Candidate | null = null;
  for (const record of records) {
    const refusal = refuseNode(record, ask);
    if (refusal !== null) {
      tally.addNode(refusal, nodeCloseness(record, refusal), record);
      continue;
    }
    const found = candidateOn(record, ask, tally, best?.cost ?? Infinity);
    if (found !== null) best = found;
  }
  return { best, tally };
}

/** The best place on one node, or null when it has none that costs less than `limit`. */
function candidateOn(record: NodeRecord, ask: Ask, tally: Tally, limit: number): Candidate | null {
  const base = spreadPrice(record, ask);
  if (ask.need === null) {
    const cost = base + cpuPrice(record, ask);
    return cost < limit ? { record, parts: [], cost } : null;
  }
  return ask.need.count > 1
    ? manyOn(record, ask.need, tally, { base, limit })
    : oneOn(record, ask.need, tally, { base, limit });
}

interface Budget {
  readonly base: number;
  readonly limit: number;
}

function oneOn(record: NodeRecord, need: Need, tally: Tally, budget: Budget): Candidate | null {
  let limit = budget.limit;
  let card: CardRecord | null = null;
  let offer: CardOffer | null = null;
  for (const group of record.groups) {
    const verdict = group.class.judge(need);
    if (verdict.kind === 'refused') {
      tally.addCards(verdict, record, group.cards);
      continue;
    }
    const cost = budget.base + verdict.cost + neighbourPrice(record, verdict);
    if (cost >= limit) continue;
    limit = cost;
    card = group.cards[0];
    offer = verdict;
  }
  if (card === null || offer === null) return null;
  return { record, parts: [{ card, shape: offer.shape }], cost: limit };
}

function manyOn(record: NodeRecord, need: Need, tally: Tally, budget: Budget): Candidate | null {
  const offers: CardChoice[] = [];
  for (const group of record.groups) {
    const verdict = group.class.judge(need);
    if (verdict.kind === 'refused') tally.addCards(verdict, record, group.cards);
    else for (const card of group.cards) offers.push({ card, offer: verdict });
  }
  const chosen = chooseCards(offers, need.count);
  if (chosen.kind === 'too-few') {
    tally.addNode('gpu-count', chosen.most, record);
    return null;
  }
  const idleLeft = Math.max(0, record.idleCards - need.count);
  const cost = budget.base + chosen.cost + idleLeft * prices.idleNeighbour;
  if (cost >= budget.limit) return null;
  const parts = chosen.cards.map(({ card, offer }) => ({ card, shape: offer.shape }));
  return { record, parts, cost };
}

function neighbourPrice(record: NodeRecord, offer: CardOffer): number {
  return offer.opensIdle ? record.idleCards * prices.idleNeighbour : 0;
}

/** `spread: node` is a strong wish: the node with the fewest replicas. `maxPerNode` is the rule. */
function spreadPrice(record: NodeRecord, ask: Ask): number {
  return ask.spec.placement.spread === 'node' ? replicasOn(record, ask) * prices.spreadReplica : 0;
}

/** Best fit on what is measured: the fuller node, and rather one without cards. */
function cpuPrice(record: NodeRecord, ask: Ask): number {
  const { workload } = ask.spec;
  const { inventory } = record.node;
  const gpuNode = inventory.gpus.length > 0 ? prices.cpuOnGpuNode : 0;
  if (workload.cpuMillis === 0 && workload.memoryMib === 0) {
    return gpuNode + record.claims.length * prices.cpuNeighbour;
  }
  const cpuLeft = workload.cpuMillis === 0 ? 0 : record.cpuFreeMillis - workload.cpuMillis;
  const memoryLeft = workload.memoryMib === 0 ? 0 : record.memoryFreeMib - workload.memoryMib;
  return gpuNode + Math.max(0, cpuLeft) + divFloor(Math.max(0, memoryLeft), 4);
}

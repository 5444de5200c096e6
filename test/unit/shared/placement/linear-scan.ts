import type { Claim } from '../../../../shared/domain/claim.ts';
import { askOf, refuseNode, zoneOf } from '../../../../shared/placement/ask.ts';
import { CardClasses } from '../../../../shared/placement/card-class.ts';
import { LinkTable } from '../../../../shared/placement/card-links.ts';
import { prices, spreadStep } from '../../../../shared/placement/cost.ts';
import type {
  EngineOptions,
  PlacementNode,
  PlacementRequest,
  PlacementSnapshot,
} from '../../../../shared/placement/engine.ts';
import { drawOne } from '../../../../shared/placement/index/draw.ts';
import { NodeStates } from '../../../../shared/placement/index/node-state.ts';
import type { NodeRecord } from '../../../../shared/placement/node-record.ts';
import { recordNode, replicasOn } from '../../../../shared/placement/node-record.ts';
import { policyMakers } from '../../../../shared/placement/policies/makers.ts';
import type { FleetCards, Policy } from '../../../../shared/placement/policies/policy.ts';
import { chooseOn } from '../../../../shared/placement/rate-node.ts';

/** What the plain scan would choose. */
export interface ScanChoice {
  readonly node: string;
  /** Empty for a model on CPU. */
  readonly gpus: readonly string[];
  readonly cost: number;
}

/** Sums up every node alone, which is not part of what a scan costs. */
export function recordAll({ nodes, claims }: PlacementSnapshot): readonly NodeRecord[] {
  const byNode = new Map<string, Claim[]>();
  for (const claim of claims) byNode.set(claim.node, [...(byNode.get(claim.node) ?? []), claim]);
  return nodes.map((node) => recordAlone(node, byNode.get(node.inventory.node) ?? []));
}

/** The policy that an engine on these nodes has. */
export function policyFor(
  { nodes, demand = { shapes: [] } }: PlacementSnapshot,
  { policy = 'tangram', seed = 0 }: EngineOptions,
): Policy {
  const fleet = new Map<string, FleetCards>();
  for (const { productName, memoryTotalMib } of nodes.flatMap(({ inventory }) => inventory.gpus)) {
    const key = `${productName} ${String(memoryTotalMib).padStart(9)}`;
    const count = (fleet.get(key)?.count ?? 0) + 1;
    fleet.set(key, { productName, memoryTotalMib, count });
  }
  const cards = [...fleet].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  return policyMakers[policy]({ demand, fleet: cards, seed });
}

/**
 * The yardstick and the referee of the engine's index: rates every place of every node, each on its own, with no
 * boards, no tables that are shared between nodes and no order to rely on.
 */
export function scan(
  records: readonly NodeRecord[],
  request: PlacementRequest,
  policy: Policy,
  seed = 0,
): ScanChoice | null {
  const zones = new Map<string, number>();
  for (const record of records) {
    const count = replicasOn(record, request.spec.name);
    zones.set(zoneOf(record), (zones.get(zoneOf(record)) ?? 0) + count);
  }
  let best: { record: NodeRecord; cost: number; gpus: readonly string[] }[] = [];
  for (const record of records) {
    const found = costOf(record, request, policy, zones, seed);
    const least = best[0]?.cost ?? Infinity;
    if (found === null || found.cost > least) continue;
    if (found.cost < least) best = [];
    best.push({ record, ...found });
  }
  const sorted = best.toSorted((a, b) => (a.record.name < b.record.name ? -1 : 1));
  const draw = policy.ties === 'drawn' ? drawOne(seed, `node/${request.claim}`, sorted.length) : 0;
  const won = sorted[draw];
  return won === undefined ? null : { node: won.record.name, gpus: won.gpus, cost: won.cost };
}

function recordAlone(node: PlacementNode, claims: readonly Claim[]): NodeRecord {
  const tables = {
    classes: new CardClasses(),
    states: new NodeStates(),
    links: new LinkTable(),
  };
  return recordNode(node, claims, tables);
}

function costOf(
  record: NodeRecord,
  { spec, claim }: PlacementRequest,
  policy: Policy,
  zones: ReadonlyMap<string, number>,
  seed: number,
) {
  const ask = askOf(spec);
  if (refuseNode(record, ask) !== null) return null;
  const draw = (count: number) => drawOne(seed, `card/${claim}`, count);
  const choice = chooseOn(record, ask, policy, draw);
  if (choice === null) return null;
  const { image } = spec.workload;
  const pull =
    image === null || record.node.inventory.images.includes(image) ? 0 : prices.pullImage;
  const counts = {
    none: 0,
    node: replicasOn(record, spec.name),
    zone: zones.get(zoneOf(record)) ?? 0,
  };
  return {
    cost: choice.rate + pull + counts[spec.placement.spread] * spreadStep,
    gpus: choice.parts.map(({ card }) => card.gpu.uuid),
  };
}

import type { Claim } from '../../../../shared/domain/claim.ts';
import type {
  PlacementNode,
  PlacementRequest,
  PlacementSnapshot,
} from '../../../../shared/placement/engine.ts';
import { askOf, refuseNode } from '../../../../shared/placement/ask.ts';
import { CardClasses } from '../../../../shared/placement/card-class.ts';
import { isIdle, viewCard } from '../../../../shared/placement/card-view.ts';
import { prices } from '../../../../shared/placement/cost.ts';
import { judgeCard } from '../../../../shared/placement/judge-card.ts';
import { recordNode } from '../../../../shared/placement/node-record.ts';

/** What the plain scan would choose for a request of one card. */
export interface ScanChoice {
  readonly node: string;
  readonly gpu: string;
  readonly cost: number;
}

/** A node beside what is claimed on it. */
export interface NodeWithClaims {
  readonly node: PlacementNode;
  readonly claims: readonly Claim[];
}

/** Puts the claims of a snapshot beside their nodes, which is not part of what a scan costs. */
export function joinClaims({ nodes, claims }: PlacementSnapshot): readonly NodeWithClaims[] {
  const byNode = new Map<string, Claim[]>();
  for (const claim of claims) byNode.set(claim.node, [...(byNode.get(claim.node) ?? []), claim]);
  return nodes.map((node) => ({ node, claims: byNode.get(node.inventory.node) ?? [] }));
}

/**
 * The yardstick and the referee of the engine's index: looks at every card of every node, each on its own,
 * with no classes, no memory of earlier verdicts and no order to rely on.
 */
export function scan(
  nodes: readonly NodeWithClaims[],
  request: PlacementRequest,
): ScanChoice | null {
  const ask = askOf(request.spec);
  const { need } = ask;
  if (need === null || need.count > 1) throw new Error('the plain scan places one card');
  let best: ScanChoice | null = null;
  for (const { node, claims } of nodes) {
    // Only the node's filters: the cards below are judged from the inventory itself.
    const bare = { ...node, inventory: { ...node.inventory, gpus: [] } };
    const record = { ...recordNode(bare, claims, new CardClasses()), node };
    if (refuseNode(record, ask) !== null) continue;
    const slices = claims.flatMap((claim) => claim.slices);
    const views = node.inventory.gpus.map((gpu) =>
      viewCard(
        gpu,
        slices.filter((slice) => slice.gpu === gpu.uuid),
      ),
    );
    const idle = views.filter((view) => isIdle(view) && view.health.state !== 'failed').length;
    const replicas = record.replicas.get(request.spec.name) ?? 0;
    const spread = request.spec.placement.spread === 'node' ? replicas * prices.spreadReplica : 0;
    for (const [at, view] of views.entries()) {
      const verdict = judgeCard(view, need);
      const gpu = node.inventory.gpus[at]?.uuid;
      if (verdict.kind === 'refused' || gpu === undefined) continue;
      const opens = verdict.opensIdle ? idle * prices.idleNeighbour : 0;
      const next = { node: node.inventory.node, gpu, cost: verdict.cost + spread + opens };
      if (best === null || isBefore(next, best)) best = next;
    }
  }
  return best;
}

function isBefore(next: ScanChoice, best: ScanChoice): boolean {
  if (next.cost !== best.cost) return next.cost < best.cost;
  if (next.node !== best.node) return next.node < best.node;
  return next.gpu < best.gpu;
}

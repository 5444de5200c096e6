import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { PlacementDelta, PlacementSnapshot } from '../../shared/placement/engine.ts';
import type { Usage } from './usage.ts';

/**
 * What leads from the world as it was last told to a snapshot in the middle of the log: the coordinator had restarted
 * or read its store again, and nobody wrote down what had changed meanwhile.
 */
export function deltasTo(
  known: Pick<Usage, 'nodes' | 'claims'>,
  snapshot: PlacementSnapshot,
): readonly PlacementDelta[] {
  const nodes = new Set(snapshot.nodes.map(({ inventory }) => inventory.node));
  const claims = new Set(snapshot.claims.map(({ id }) => id));
  const gone: PlacementDelta[] = [
    ...[...known.claims.keys()]
      .filter((id) => !claims.has(id))
      .map((claim): PlacementDelta => ({ kind: 'claim-removed', claim })),
    ...[...known.nodes.keys()]
      .filter((name) => !nodes.has(name))
      .map((node): PlacementDelta => ({ kind: 'node-removed', node })),
  ];
  const set: PlacementDelta[] = [
    ...snapshot.nodes
      .filter((node) => !isSame(known.nodes.get(node.inventory.node), node))
      .map((node): PlacementDelta => ({ kind: 'node-set', node })),
    ...snapshot.claims
      .filter((claim) => !isSame(known.claims.get(claim.id), claim))
      .map((claim): PlacementDelta => ({ kind: 'claim-set', claim })),
  ];
  const { demand } = snapshot;
  return [
    ...gone,
    ...set,
    ...(demand === undefined ? [] : [{ kind: 'demand-set', demand } as const]),
  ];
}

function isSame(before: unknown, after: unknown): boolean {
  return before !== undefined && canonicalJson(before) === canonicalJson(after);
}

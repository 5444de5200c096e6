import type { Claim } from '../../shared/domain/claim.ts';
import type { ClaimId, ModelName, NodeName, ReplicaId } from '../../shared/domain/ids.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import type {
  PlacementEngine,
  PlacementNode,
  PlacementSnapshot,
  Refusal,
} from '../../shared/placement/engine.ts';
import { freeCapacity, type FreeCapacity } from './free-capacity.ts';

/** Replicas of one model that need a place. */
export interface Want {
  readonly spec: ModelSpec;
  readonly modelVersion: number;
  /** The replica that loses its place, with the node; null: it had none. */
  readonly from: { readonly replica: string; readonly node: NodeName } | null;
}

/** The cluster as it is, to be thought on. */
export interface ClusterNow {
  readonly snapshot: PlacementSnapshot;
  /** A fork that knows the snapshot; it is used up. */
  readonly engine: PlacementEngine;
  readonly nowMs: number;
  /** Names for a replica that is only thought of. */
  readonly name: (model: ModelName) => { readonly replica: ReplicaId; readonly claim: ClaimId };
}

/** Where a replica would go. */
export interface ThoughtPlace {
  readonly want: Want;
  readonly claim: Claim;
}

/** Replicas that would have no place; of one model for one reason. */
export interface ThoughtWait {
  readonly want: Want;
  readonly refusal: Refusal;
}

export interface ThoughtCluster {
  readonly before: readonly FreeCapacity[];
  /** Once everybody who would have a place is there. */
  readonly after: readonly FreeCapacity[];
  readonly placed: readonly ThoughtPlace[];
  readonly waiting: readonly ThoughtWait[];
  /** Its nodes, for names of cards. */
  readonly nodes: readonly PlacementNode[];
}

/** Replicas that one question looks for a place for, the most urgent first. */
const wantsMax = 2_000;
/** Models whose refusal is explained: each is a look at every candidate. */
const explainedMax = 32;

/** What nodes that came would change: `pending` are those who wait now. */
export function tryAddNodes(
  now: ClusterNow,
  nodes: readonly PlacementNode[],
  pending: readonly Want[],
): ThoughtCluster {
  for (const node of nodes) now.engine.apply({ kind: 'node-set', node });
  const world = { nodes: [...now.snapshot.nodes, ...nodes], claims: now.snapshot.claims };
  return settle(now, world, pending);
}

/** What would become of those on a node that went. `displaced`: who runs there. */
export function tryRemoveNode(
  now: ClusterNow,
  name: NodeName,
  displaced: readonly Want[],
): ThoughtCluster {
  const { engine, snapshot } = now;
  for (const claim of snapshot.claims) {
    if (claim.node === name) engine.apply({ kind: 'claim-removed', claim: claim.id });
  }
  engine.apply({ kind: 'node-removed', node: name });
  const world = {
    nodes: snapshot.nodes.filter(({ inventory }) => inventory.node !== name),
    claims: snapshot.claims.filter(({ node }) => node !== name),
  };
  return settle(now, world, displaced);
}

function settle(
  { snapshot, engine, nowMs, name }: ClusterNow,
  world: PlacementSnapshot,
  wants: readonly Want[],
): ThoughtCluster {
  const placed: ThoughtPlace[] = [];
  const waiting: ThoughtWait[] = [];
  const refused = new Map<ModelName, Refusal>();
  for (const want of wants.toSorted(byPriority).slice(0, wantsMax)) {
    const { spec, modelVersion } = want;
    const known = refused.get(spec.name);
    if (known !== undefined) {
      // It asks for the same, and nothing was given back since.
      waiting.push({ want, refusal: known });
      continue;
    }
    const request = { ...name(spec.name), spec, modelVersion, nowMs };
    const decision = engine.decide(request);
    if (decision.kind === 'placed') {
      engine.apply(decision.delta);
      placed.push({ want, claim: decision.claim });
      continue;
    }
    const refusal = refused.size < explainedMax ? engine.explain(request).refusal : null;
    const told = refusal ?? { summary: 'no place is left', nearest: '' };
    refused.set(spec.name, told);
    waiting.push({ want, refusal: told });
  }
  const claims = [...world.claims, ...placed.map(({ claim }) => claim)];
  return {
    before: freeCapacity(snapshot),
    after: freeCapacity({ ...world, claims }),
    placed,
    waiting,
    nodes: world.nodes,
  };
}

function byPriority(left: Want, right: Want): number {
  if (left.spec.priority !== right.spec.priority) return right.spec.priority - left.spec.priority;
  return left.spec.name < right.spec.name ? -1 : left.spec.name === right.spec.name ? 0 : 1;
}

import { assert } from '../../shared/domain/assert.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import {
  parseClaimId,
  parseReplicaId,
  type ModelName,
  type ReplicaId,
} from '../../shared/domain/ids.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import { tombstoneKey, type NodeTarget, type Tombstone } from '../../shared/domain/node-target.ts';
import { err, ok, type Result } from '../../shared/domain/result.ts';
import type { Evidence, Explanation, Placement, Refusal } from '../../shared/placement/engine.ts';
import { open } from '../../shared/placement/open.ts';
import { projectTarget, type RunnableClaim } from '../../shared/placement/project-target.ts';
import { localClusterId } from './local-cluster.ts';

/** What a node that works alone runs now, and what it has. */
export interface LocalNode {
  readonly inventory: Inventory;
  /** null: nothing was ever wanted of it. */
  readonly target: NodeTarget | null;
  readonly tombstonesDone: readonly Tombstone[];
}

export interface LocalLaunch {
  readonly replica: ReplicaId;
  readonly placement: Placement;
}

export interface LocalPlan {
  /** What the node is to be told. */
  readonly target: NodeTarget;
  readonly starts: readonly LocalLaunch[];
  readonly stops: readonly ReplicaId[];
}

/** Why a model cannot be launched here. */
export interface LocalRefusal extends Refusal {
  readonly evidence: readonly Evidence[];
}

/**
 * Pure: the target that runs `spec` on this node, chosen by the engine that a coordinator uses. A model of that name
 * that runs already and differs is replaced; one that is the same stays as it is.
 */
export function planLaunch(
  node: LocalNode,
  spec: ModelSpec,
  about: { readonly nowMs: number; readonly suffix: () => string },
): Result<LocalPlan, LocalRefusal> {
  const held = heldClaims(node);
  const own = held.filter((each) => modelOf(each.claim) === spec.name);
  const same = own.filter((each) => sameWorkload(each, spec)).slice(0, spec.replicas);
  const going = own.filter((each) => !same.includes(each));
  const staying = held.filter((each) => !going.includes(each));
  // What is going still occupies its slices: nothing is handed out before it is gone.
  const engine = open({
    nodes: [{ inventory: node.inventory, availability: { kind: 'ready' } }],
    claims: held.map((each) => each.claim),
  });
  const modelVersion = 1 + Math.max(0, ...own.map((each) => versionOf(each.claim)));
  const starts: LocalLaunch[] = [];
  const made: RunnableClaim[] = [];
  for (let missing = spec.replicas - same.length; missing > 0; missing -= 1) {
    const replica = replicaIdOf(spec.name, about.suffix());
    const claim = parseClaimId(replica);
    assert(claim.ok, 'a claim is named like the replica that it is for');
    const request = { claim: claim.value, replica, spec, modelVersion, nowMs: about.nowMs };
    const decision = engine.decide(request);
    if (decision.kind === 'refused') return err(refusalOf(engine.explain(request)));
    engine.apply(decision.delta);
    starts.push({ replica, placement: decision.placement });
    made.push(runnable(decision.claim, spec));
  }
  return ok({
    target: nextTarget(node, [...staying, ...made], going),
    starts,
    stops: replicasOf(going),
  });
}

function refusalOf({ refusal, evidence }: Explanation): LocalRefusal {
  assert(refusal !== null, 'what was refused has a reason');
  return { ...refusal, evidence };
}

/** Pure: the target without a model. `stops` is empty when nothing of that name runs here. */
export function planRemoval(node: LocalNode, model: ModelName): LocalPlan {
  const held = heldClaims(node);
  const going = held.filter((each) => modelOf(each.claim) === model);
  const staying = held.filter((each) => !going.includes(each));
  return { target: nextTarget(node, staying, going), starts: [], stops: replicasOf(going) };
}

/** Pure: the target without the tombstones that are done; null when there is none. */
export function planSweep(node: LocalNode): NodeTarget | null {
  if (node.target === null) return null;
  const swept = nextTarget(node, heldClaims(node), []);
  return swept.tombstones.length < node.target.tombstones.length ? swept : null;
}

/** What the target promises, as claims. What a tombstone names is on its way out, and reclaims its slices itself. */
function heldClaims({ inventory, target }: LocalNode): readonly RunnableClaim[] {
  if (target === null) return [];
  const dying = new Set<string>(
    target.tombstones.flatMap((each) => (each.kind === 'replica' ? [each.replica] : [])),
  );
  const slices = target.gpus.flatMap((part) => part.slices);
  return target.replicas
    .filter((each) => !dying.has(each.replica))
    .map(({ replica, model, modelVersion, workload, slices: ids, processes }) => {
      const claim = parseClaimId(replica);
      assert(claim.ok, 'a claim is named like the replica that it is for');
      return {
        workload,
        processes,
        claim: {
          id: claim.value,
          holder: { kind: 'replica', replica, model, modelVersion },
          node: inventory.node,
          slices: slices.filter((slice) => ids.includes(slice.id)),
          cpuMillis: workload.cpuMillis,
          memoryMib: workload.memoryMib,
          state: 'held',
          createdAtMs: 0,
        },
      };
    });
}

function nextTarget(
  node: LocalNode,
  claims: readonly RunnableClaim[],
  going: readonly RunnableClaim[],
): NodeTarget {
  const { inventory, target } = node;
  const isDone = (stone: Tombstone): boolean =>
    node.tombstonesDone.some((done) => tombstoneKey(done) === tombstoneKey(stone));
  // A node that somebody else's orders reached last begins to count anew.
  const last = target?.clusterId === localClusterId ? target : null;
  const tombstones = [
    ...(last?.tombstones ?? []).filter((stone) => !isDone(stone)),
    ...going.flatMap(({ claim }): Tombstone[] => [
      ...(claim.holder.kind === 'replica'
        ? [{ kind: 'replica' as const, replica: claim.holder.replica }]
        : []),
      ...claim.slices.map(({ id, incarnation, gpu }) => ({
        kind: 'slice' as const,
        slice: id,
        incarnation,
        gpu,
      })),
    ]),
  ];
  return {
    clusterId: localClusterId,
    epoch: 0,
    generation: (last?.generation ?? 0) + 1,
    node: inventory.node,
    ...projectTarget(inventory, claims, tombstones),
  };
}

function runnable(claim: Claim, spec: ModelSpec): RunnableClaim {
  return { claim, workload: spec.workload, processes: spec.gpu?.processes ?? 1 };
}

/** Whether a replica that runs is already what is asked for; what it holds is compared by the request's own sizes. */
function sameWorkload(held: RunnableClaim, spec: ModelSpec): boolean {
  const { gpu } = spec;
  return (
    canonicalJson(held.workload) === canonicalJson(spec.workload) &&
    held.processes === (gpu?.processes ?? 1) &&
    held.claim.slices.length === (gpu?.count ?? 0) &&
    held.claim.slices.every((slice) => slice.shape.memoryMib >= (gpu?.memoryMib ?? 0))
  );
}

function modelOf(claim: Claim): ModelName | null {
  return claim.holder.kind === 'replica' ? claim.holder.model : null;
}

function versionOf(claim: Claim): number {
  return claim.holder.kind === 'replica' ? claim.holder.modelVersion : 0;
}

function replicasOf(claims: readonly RunnableClaim[]): readonly ReplicaId[] {
  return claims.flatMap(({ claim }) =>
    claim.holder.kind === 'replica' ? [claim.holder.replica] : [],
  );
}

function replicaIdOf(model: ModelName, suffix: string): ReplicaId {
  const parsed = parseReplicaId(`${model}-${suffix}`);
  assert(parsed.ok, 'a model name and a suffix make a replica id');
  return parsed.value;
}

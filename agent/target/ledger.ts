import type { NodeName } from '../../shared/domain/ids.ts';
import {
  compareTargets,
  type GpuTarget,
  type LeftClaim,
  type NodeTarget,
  type ReplicaTarget,
  type Tombstone,
} from '../../shared/domain/node-target.ts';
import { err, ok, type Problem, type Result } from '../../shared/domain/result.ts';
import type { AgentStore } from '../store/agent-store.ts';
import type { AcceptedTarget, GpuRefusal, LayoutRecord } from '../store/records.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { localClusterId } from '../local/local-cluster.ts';
import { leftClaims } from './left-claims.ts';

/** What became of a target that was handed to this node. */
export type AcceptOutcome =
  | { readonly kind: 'accepted' }
  /** The same version with the same content: nothing to do. */
  | { readonly kind: 'unchanged' }
  /** CLUSTER_MISMATCH, TARGET_OLDER, TARGET_CONFLICT or TARGET_INVALID; the accepted target stays in force. */
  | { readonly kind: 'refused'; readonly problem: Problem };

/** The targets that this node has taken. Invariants: versions only grow; what is acted on is on disk. */
export interface Ledger {
  accept(target: NodeTarget): AcceptOutcome;
  accepted(): AcceptedTarget | null;
}

/** More than any node can hold: a target beyond it is a sender's mistake. */
const targetLimits = {
  gpusMax: 64,
  slicesPerGpuMax: 256,
  replicasMax: 4_096,
  allocationsMax: 4_096,
  tombstonesMax: 16_384,
} as const;

/** Reads the accepted target once; the store is the agent's alone, so it cannot change behind it. */
export function createLedger(store: AgentStore, node: NodeName): Ledger {
  let accepted = store.accepted();
  return {
    accepted: () => accepted,
    accept: (target) => {
      const judged = judge(target, {
        node,
        accepted,
        layouts: store.layouts(),
        tombstonesDone: store.tombstonesDone(),
        here: (claim) => isHere(store, claim),
      });
      if (!judged.ok) return { kind: 'refused', problem: judged.problem };
      if (judged.value === 'unchanged') return { kind: 'unchanged' };
      store.saveAccepted(judged.value);
      accepted = judged.value;
      return { kind: 'accepted' };
    },
  };
}

interface Standing {
  readonly node: NodeName;
  readonly tombstonesDone: readonly Tombstone[];
  readonly accepted: AcceptedTarget | null;
  readonly layouts: readonly LayoutRecord[];
  readonly here: (claim: LeftClaim) => boolean;
}

/** A replica has a record from its first start on until its tombstone is done; an allocation has its slices. */
function isHere(store: AgentStore, { holder, slices }: LeftClaim): boolean {
  if (holder.kind === 'replica') {
    return store.replicas().some(({ replica }) => replica === holder.target.replica);
  }
  const bound = new Set<string>(store.bindings().map(({ slice }) => slice.id));
  return slices.some(({ id }) => bound.has(id));
}

/** Pure: what a target that arrives now becomes. */
function judge(
  target: NodeTarget,
  { node, accepted, layouts, tombstonesDone, here }: Standing,
): Result<AcceptedTarget | 'unchanged'> {
  const broken = brokenRule(target, node);
  if (broken !== null) return err({ code: 'TARGET_INVALID', message: broken });
  if (accepted !== null && !isFree(accepted.target, tombstonesDone)) {
    const last = accepted.target;
    if (target.clusterId !== last.clusterId) return err(mismatch(last, target));
    const order = compareTargets(last, target);
    if (order === 'older') {
      return err({
        code: 'TARGET_OLDER',
        message: `target ${version(target)} is older than ${version(last)}, which this node has accepted`,
      });
    }
    if (order === 'same') {
      if (canonicalJson(target) === canonicalJson(last)) return ok('unchanged');
      return err({
        code: 'TARGET_CONFLICT',
        message: `target ${version(target)} was sent again with other content`,
        hint: 'a changed target needs a new generation',
      });
    }
  }
  const left = leftClaims(accepted, target, here);
  return ok({
    ...takeByCard(target, accepted, layouts),
    ...(left.length === 0 ? {} : { left }),
  });
}

/** Whether nothing is left of what somebody at the node wanted: then it may join a cluster. */
export function isFree(last: NodeTarget, tombstonesDone: readonly Tombstone[]): boolean {
  return (
    last.clusterId === localClusterId &&
    last.replicas.length === 0 &&
    last.gpus.every((part) => part.slices.length === 0) &&
    last.tombstones.every((stone) =>
      tombstonesDone.some((done) => canonicalJson(done) === canonicalJson(stone)),
    )
  );
}

function mismatch(last: NodeTarget, target: NodeTarget): Problem {
  const code = 'CLUSTER_MISMATCH';
  if (last.clusterId === localClusterId) {
    return {
      code,
      message: `this node runs what was launched on it, and was sent a target of cluster ${target.clusterId}`,
      hint: 'end what runs here first (agentctl ps, agentctl rm), then it may join the cluster',
    };
  }
  return {
    code,
    message: `this node belongs to cluster ${last.clusterId} and was sent a target of ${target.clusterId}`,
    hint: "point the agent at its own coordinator, or move the agent's store away to change the cluster",
  };
}

/** Each card takes or refuses its part alone. */
function takeByCard(
  target: NodeTarget,
  accepted: AcceptedTarget | null,
  layouts: readonly LayoutRecord[],
): AcceptedTarget {
  const gpusInForce: GpuTarget[] = [];
  const refusals: GpuRefusal[] = [];
  for (const part of target.gpus) {
    const before = accepted?.gpusInForce.find((each) => each.gpu === part.gpu);
    const layout = layouts.find((each) => each.gpu === part.gpu);
    const refusal =
      before !== undefined && sameWish(before, part) ? null : layoutRefusal(part, layout);
    if (refusal === null) {
      gpusInForce.push(part);
    } else {
      refusals.push({ gpu: part.gpu, detail: refusal });
      if (before !== undefined) gpusInForce.push(before);
    }
  }
  return { target, gpusInForce, refusals };
}

/**
 * A card refuses what was planned from a layout that somebody else has changed since. Revisions that came
 * from our own steps, on this coordinator's orders, are no surprise to it.
 */
export function layoutRefusal(
  part: Pick<GpuTarget, 'gpu' | 'layoutRevision'>,
  layout: Pick<LayoutRecord, 'revision' | 'driftRevision'> | undefined,
): string | null {
  if (layout === undefined) return `this node has never seen the card ${part.gpu}`;
  if (part.layoutRevision >= layout.driftRevision && part.layoutRevision <= layout.revision) {
    return null;
  }
  return `planned from layout revision ${part.layoutRevision}, the card is at ${layout.revision} now`;
}

function sameWish(a: GpuTarget, b: GpuTarget): boolean {
  return canonicalJson([a.mode, a.slices]) === canonicalJson([b.mode, b.slices]);
}

function brokenRule(target: NodeTarget, node: NodeName): string | null {
  const { gpus, replicas, tombstones } = target;
  if (target.node !== node) return `a target for node ${target.node} reached node ${node}`;
  if (
    gpus.length > targetLimits.gpusMax ||
    gpus.some((part) => part.slices.length > targetLimits.slicesPerGpuMax) ||
    replicas.length > targetLimits.replicasMax ||
    (target.allocations ?? []).length > targetLimits.allocationsMax ||
    tombstones.length > targetLimits.tombstonesMax
  ) {
    return `target ${version(target)} is larger than any node`;
  }
  const slices = gpus.flatMap((part) => part.slices);
  const twice =
    firstTwice(gpus.map((part) => part.gpu)) ??
    firstTwice(slices.map((slice) => slice.id)) ??
    firstTwice(replicas.map((replica) => replica.replica));
  if (twice !== null) return `target ${version(target)} names ${twice} twice`;
  for (const part of gpus) {
    const stray = part.slices.find((slice) => slice.gpu !== part.gpu || slice.node !== node);
    if (stray !== undefined)
      return `slice ${stray.id} stands under ${part.gpu} and belongs elsewhere`;
  }
  // No slice is held twice.
  const holders = [...wantedReplicas(target), ...(target.allocations ?? [])];
  const held = firstTwice(holders.flatMap((holder) => holder.slices));
  return held === null ? null : `target ${version(target)} gives slice ${held} to two holders`;
}

/** The replicas that are to run: what a tombstone names is on its way out, whatever else is said of it. */
export function wantedReplicas(target: NodeTarget): readonly ReplicaTarget[] {
  const gone = new Set<string>(
    target.tombstones.flatMap((each) => (each.kind === 'replica' ? [each.replica] : [])),
  );
  return target.replicas.filter((replica) => !gone.has(replica.replica));
}

function firstTwice(names: readonly string[]): string | null {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return null;
}

function version(target: Pick<NodeTarget, 'epoch' | 'generation'>): string {
  return `${target.epoch}.${target.generation}`;
}

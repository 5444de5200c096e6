import type { Change } from '../../shared/domain/change.ts';
import type { ClaimId, ModelName } from '../../shared/domain/ids.ts';
import { storeKeys, type ModelRecord, type NodeRecord } from '../store/values.ts';
import { waitsFor } from './abort-change.ts';
import { availabilityOf } from './availability.ts';
import { marksOf } from './change-marks.ts';
import { contentHash } from './content-hash.ts';
import type { ChangeView, ModelView, NodeView, ReplicaView } from './core.ts';
import { viewDrain } from './drain.ts';
import { standingOf } from './model-plan.ts';
import type { LiveNode } from './node-registry.ts';
import type { Planner } from './planner.ts';
import { receiptOf } from './receipt.ts';
import type { World } from './world.ts';

/** A model with all that is known of it now; undefined: there is none of that name. */
export function viewModel(world: World, planner: Planner, name: ModelName): ModelView | undefined {
  const row = world.ledger.model(name);
  return row && viewRecord(world, planner, { record: row.value, etag: row.revision.toString() });
}

/** `record` need not be stored: a validated wish is shown in the same way. */
export function viewRecord(
  world: World,
  planner: Planner,
  of: { readonly record: ModelRecord; readonly etag: string },
): ModelView {
  const { record, etag } = of;
  const { name } = record.spec;
  const copies = world.copiesOf(name);
  const standing = standingOf(record, copies);
  const outgoing = new Set(
    [...standing.outgoing, ...standing.leaving].map((copy) => copy.record.claim.id),
  );
  // A copy on its way out still has a place: it holds it until a better one serves.
  const placed = copies.filter(
    (copy) => copy.record.claim.state === 'held' && copy.node !== 'lost',
  ).length;
  const coming = world.holds.coming.get(name) ?? 0;
  const pendingCount = record.deleting ? 0 : Math.max(0, record.spec.replicas - placed - coming);
  return {
    spec: record.spec,
    version: record.version,
    rolloutVersion: record.rolloutVersion,
    etag,
    createdAtMs: record.createdAtMs,
    updatedAtMs: record.updatedAtMs,
    deleting: record.deleting,
    replicas: copies
      .map(({ record: { claim, ...rest } }) => ({
        claim,
        status: world.statusOf({ claim, ...rest }),
        retiring: claim.state === 'reclaiming' || outgoing.has(claim.id) || record.deleting,
      }))
      .sort((left, right) => (left.claim.id < right.claim.id ? -1 : 1)),
    pendingCount,
    pendingReason:
      pendingCount === 0
        ? ''
        : (planner.pending(name)?.refusal.summary ?? 'not placed yet: the planner has not run'),
  };
}

/** Replicas by the claim that holds their place. */
export function replicasByClaim(models: Iterable<ModelView>): ReadonlyMap<ClaimId, ReplicaView> {
  const found = new Map<ClaimId, ReplicaView>();
  for (const { replicas } of models) {
    for (const replica of replicas) found.set(replica.claim.id, replica);
  }
  return found;
}

/** A change as people see it. */
export function viewChange(world: World, stored: Change): ChangeView {
  const marks = marksOf(stored);
  const change = marks === stored.marks ? stored : { ...stored, marks };
  return { change, waitsFor: waitsFor(world, change), receipt: receiptOf(change) };
}

/** Names what operators have decided about a node: equal decisions have equal names. */
export function nodeEtag({ node, wanted, drain, ownLabels }: Decided): string {
  const order = drain === null ? null : [drain.deadlineMs, drain.force];
  return contentHash([node, wanted, order, ownLabels]).slice(0, 16);
}

type Decided = Pick<NodeRecord, 'node' | 'wanted' | 'drain' | 'ownLabels'>;

const undecided = { wanted: 'ready', drain: null, ownLabels: {} } as const;

/** A node as people see it; `record` as it is about to be stored, or as it is. */
export function viewNode(
  world: World,
  planner: Planner,
  of: { readonly live: LiveNode; readonly record: NodeRecord | undefined },
): NodeView {
  const { live, record } = of;
  const { node, inventory, connected, status } = live;
  const silence = { ...world.silenceOf(live), wanted: record?.wanted ?? 'ready' };
  return {
    node,
    etag: nodeEtag(record ?? { node, ...undecided }),
    inventory,
    availability: availabilityOf(silence, world.deps.limits),
    connected,
    lastSeenMs: Math.max(live.life.seenAtMs, record?.lastSeenMs ?? 0),
    generation: world.ledger.generations.get(storeKeys.generation(node))?.value.generation ?? 0,
    acceptedGeneration: status?.acceptedGeneration ?? 0,
    status,
    claims: world
      .claimsOnNode(node)
      .map((each) => each.claim)
      .sort((left, right) => (left.id < right.id ? -1 : 1)),
    labels: { ...(inventory?.labels ?? record?.labels), ...record?.ownLabels },
    drain: viewDrain(world, record, (model) => planner.pending(model)?.refusal.summary),
  };
}

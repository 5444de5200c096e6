import { modelDefaults } from '../../shared/domain/model.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { NodeName } from '../../shared/domain/ids.ts';
import { unreachable } from '../../shared/domain/assert.ts';
import type { ClaimRecord, DrainOrder, NodeRecord } from '../store/values.ts';
import { retireClaim } from './claim-life.ts';
import type { DrainView } from './core.ts';
import type { LedgerWrite } from './ledger.ts';
import { isIdle } from './may-stop.ts';
import { standingOf } from './model-plan.ts';
import type { World } from './world.ts';

/** Why a model has replicas without a place; undefined: every one has. */
type WhyPending = (model: string) => string | undefined;

/** An operator's drain as it begins, or as it goes on with another deadline. */
export function drainOrder(
  world: World,
  before: NodeRecord,
  asked: { readonly deadlineInMs: number | null; readonly force: boolean },
): DrainOrder {
  const nowMs = world.deps.clock.wallMs();
  const { deadlineInMs, force } = asked;
  const deadlineMs = deadlineInMs === null ? null : nowMs + deadlineInMs;
  if (before.drain !== null) return { ...before.drain, deadlineMs, force };
  const replicas = world
    .claimsOnNode(before.node)
    .filter(({ claim }) => claim.holder.kind === 'replica' && claim.state === 'held');
  return { deadlineMs, force, sinceMs: nowMs, replicasAtStart: replicas.length };
}

/**
 * Ends what drains whose deadline is over may end, and says once what each of them has come to. One group of writes a
 * replica, atomic. What can be moved was moved by the planner, the successor first.
 */
export function endOverdueDrains(world: World): readonly (readonly LedgerWrite[])[] {
  const groups: LedgerWrite[][] = [];
  for (const { node, drain } of world.drains()) {
    const over = drain !== null && isOverdue(world, node, drain);
    world.eventOnce('drain-overdue', `nodes/${node}`, over ? overdueText(drain) : null);
    const left = world.claimsOnNode(node);
    world.eventOnce('drained', `nodes/${node}`, left.length === 0 ? 'nothing is left on it' : null);
    if (!over) continue;
    for (const record of left) {
      if (whyNotYet(world, record) !== null || whyNotEnded(world, record, drain) !== null) continue;
      groups.push(retireClaim(world, record));
      const forced = drain.force ? ', and it was forced' : ', and its model allows it';
      world.event(
        'retired',
        `replicas/${record.claim.id}`,
        `the drain's deadline is over${forced}`,
      );
    }
  }
  return groups;
}

/** How far a drain has come; null: the node does not drain. */
export function viewDrain(
  world: World,
  record: NodeRecord | undefined,
  whyPending: WhyPending,
): DrainView | null {
  if (record === undefined || record.wanted !== 'draining') return null;
  // One that an earlier version began has no order.
  const drain = record.drain ?? { ...noOrder, sinceMs: record.lastSeenMs };
  const overdue = isOverdue(world, record.node, drain);
  const left = world
    .claimsOnNode(record.node)
    .map((each) => ({
      claim: each.claim,
      ...standing(world, each, { drain, overdue, whyPending }),
    }))
    .sort((one, other) => (one.claim.id < other.claim.id ? -1 : 1));
  const replicasLeft = left.filter(({ claim }) => claim.holder.kind === 'replica').length;
  return {
    sinceMs: drain.sinceMs,
    deadlineMs: drain.deadlineMs,
    force: drain.force,
    overdue,
    replicasGone: Math.max(0, drain.replicasAtStart - replicasLeft),
    left,
  };
}

const noOrder: DrainOrder = { deadlineMs: null, force: false, sinceMs: 0, replicasAtStart: 0 };

function isOverdue(world: World, node: NodeName, { deadlineMs, sinceMs }: DrainOrder): boolean {
  if (deadlineMs === null) return false;
  return world.drainTimers.isDue(node, deadlineMs, (leftMs) =>
    Math.min(deadlineMs - sinceMs, Math.max(0, leftMs)),
  );
}

function overdueText({ force }: DrainOrder): string {
  return force
    ? 'the deadline of its drain is over: every replica that is left is stopped'
    : 'the deadline of its drain is over: what is left is stopped where its disruption allows';
}

/** What keeps a claim on a node that drains, and whether somebody must do something about it. */
function standing(
  world: World,
  record: ClaimRecord,
  of: { readonly drain: DrainOrder; readonly overdue: boolean; readonly whyPending: WhyPending },
): { readonly reason: string; readonly blocked: boolean } {
  const { holder } = record.claim;
  if (holder.kind === 'allocation')
    return { reason: allocationText(world, record.claim), blocked: true };
  const early = whyNotYet(world, record);
  if (early !== null) return { reason: early, blocked: isSilent(world, record) };
  const coming = successorOf(world, record);
  if (coming !== undefined) {
    return { reason: `moves to ${coming.node}: stops once ${coming.id} is ready`, blocked: false };
  }
  const pending = of.whyPending(holder.model);
  if (pending === undefined) return { reason: 'its turn comes', blocked: false };
  const kept = of.overdue ? whyNotEnded(world, record, of.drain) : null;
  return { reason: `no other place: ${pending}${kept === null ? '' : `; ${kept}`}`, blocked: true };
}

function allocationText(world: World, { holder, state }: Claim): string {
  if (holder.kind !== 'allocation') return '';
  if (state === 'reclaiming') return 'its time is over: it goes once no process of it is seen';
  const deadlineMs = world.ledger.allocation(holder.allocation)?.value.deadlineMs;
  const until = deadlineMs === undefined ? '' : ` until ${new Date(deadlineMs).toISOString()}`;
  return `a client holds it${until}: an allocation is never moved`;
}

/** Why nothing can be decided about a claim at this moment; null: something can. */
function whyNotYet(world: World, record: ClaimRecord): string | null {
  const { claim } = record;
  if (claim.holder.kind === 'allocation') return 'a client holds it';
  if (claim.state === 'reclaiming') {
    return isSilent(world, record)
      ? 'its agent is silent: it ends once that speaks'
      : 'it is being stopped';
  }
  if (isSilent(world, record)) return 'its agent is silent: what is not seen is not ended';
  if (world.holds.leaving.has(claim.id)) return 'a change that runs ends it';
  return null;
}

function isSilent(world: World, { claim }: ClaimRecord): boolean {
  const live = world.registry.get(claim.node);
  return live?.reported !== true || !live.connected;
}

/** Why a deadline that is over does not end a replica; null: it does. */
function whyNotEnded(world: World, record: ClaimRecord, { force }: DrainOrder): string | null {
  const { holder } = record.claim;
  if (holder.kind !== 'replica') return 'a client holds it';
  if (force) return null;
  const model = world.ledger.model(holder.model)?.value.spec;
  const disruption = model?.disruption ?? modelDefaults.disruption;
  switch (disruption.kind) {
    case 'never':
      return 'it may never be interrupted, and only --force stops it';
    case 'idle':
      return isIdle(world, record)
        ? null
        : 'it may be stopped only while it is idle, and it is busy or nobody knows';
    case 'budget':
      // Where nothing waits to take over, nobody could say for how long it would be away.
      return successorOf(world, record) === undefined
        ? `it may be away for ${disruption.seconds}s, and there is no place for another`
        : null;
    default:
      return unreachable(disruption);
  }
}

/** A copy that has a place and does not serve yet: with it, this one is no longer needed. */
function successorOf(world: World, { claim }: ClaimRecord): Claim | undefined {
  if (claim.holder.kind !== 'replica') return undefined;
  const model = world.ledger.model(claim.holder.model)?.value;
  if (model === undefined) return undefined;
  const { keep } = standingOf(model, world.copiesOf(model.spec.name));
  return keep.find((copy) => !copy.serving)?.record.claim;
}

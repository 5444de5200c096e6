import type { Plan } from '../../shared/domain/change.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import { statedEstimates } from '../../shared/domain/estimates.ts';
import type { PlanId, ReplicaId } from '../../shared/domain/ids.ts';
import type {
  PlacementEngine,
  PlacementRequest,
  PlacementSnapshot,
  Refusal,
} from '../../shared/placement/engine.ts';
import { planChange } from '../../shared/placement/plan-diff.ts';
import { WhatIf } from '../../shared/placement/what-if.ts';
import type { ModelRecord } from '../store/values.ts';
import { claimIdOf } from './names.ts';
import { planModel, standingOf, type Copy } from './model-plan.ts';

/** What a plan for one model is made from. */
export interface ApplyPlanInput {
  readonly id: PlanId;
  /** As it will be. */
  readonly model: ModelRecord;
  readonly copies: readonly Copy[];
  /** A fork: it is used up. */
  readonly engine: PlacementEngine;
  readonly snapshot: PlacementSnapshot;
  readonly basis: Readonly<Record<string, string>>;
  readonly drawReplica: () => ReplicaId;
  readonly nowMs: number;
}

/**
 * What the planner will do for a model, worked out beforehand on a copy of the world. An estimate in one respect: the
 * world may move on before the change is done, and then the planner decides anew.
 */
export function planApply(input: ApplyPlanInput): Plan {
  const { model, copies } = input;
  const world = new WhatIf(input.engine, input.snapshot.nodes);
  const moves = planModel(model, copies);
  const ending = moves.retire.map(({ copy }) => copy.record.claim);
  const old = standingOf(model, copies).outgoing.filter(
    (copy) => copy.why === 'update' && !ending.includes(copy.record.claim),
  );
  const standing = standingOf(model, copies);
  const missing = model.deleting
    ? 0
    : Math.max(0, model.spec.replicas - standing.keep.length - moves.restore.length);
  for (const claim of ending) world.end(claim);
  const queue = old.map((copy) => copy.record.claim);
  const replaces = new Map<ReplicaId, ReplicaId>();
  const starts: Claim[] = [];
  const stops = [...ending];
  let refusal: Refusal | null = null;
  while (starts.length < missing) {
    const request = nextRequest(input);
    let decision = world.decide(request);
    const next = queue[0];
    if (decision.kind === 'refused' && next !== undefined) {
      world.end(next);
      decision = world.decide(request);
    }
    if (decision.kind === 'refused') {
      ({ refusal } = world.explain(request));
      break;
    }
    world.apply(decision.delta);
    starts.push(decision.claim);
    if (next !== undefined) {
      link(replaces, decision.claim, next);
      stops.push(next);
      queue.shift();
      world.end(next);
    }
  }
  if (refusal === null) stops.push(...queue);
  const { id, snapshot, basis } = input;
  return planChange({
    id,
    kind: 'apply',
    starts,
    stops,
    snapshot,
    basis,
    replaces,
    estimates: statedEstimates,
    imageOf: () => model.spec.workload.image,
    why: new Map(),
    unplaced: unplacedText(model, missing - starts.length, refusal),
  });
}

function link(replaces: Map<ReplicaId, ReplicaId>, next: Claim, old: Claim): void {
  if (next.holder.kind !== 'replica' || old.holder.kind !== 'replica') return;
  replaces.set(next.holder.replica, old.holder.replica);
}

function unplacedText(model: ModelRecord, count: number, refusal: Refusal | null): string {
  if (refusal === null) return '';
  const { replicas } = model.spec;
  return `${count} of ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}: ${refusal.summary}`;
}

function nextRequest(input: ApplyPlanInput): PlacementRequest {
  const replica = input.drawReplica();
  return {
    claim: claimIdOf(replica),
    replica,
    spec: input.model.spec,
    modelVersion: input.model.version,
    nowMs: input.nowMs,
  };
}

import type { Plan } from '../../shared/domain/change.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { Estimates } from '../../shared/domain/estimates.ts';
import type { PlanId, ReplicaId } from '../../shared/domain/ids.ts';
import type {
  PlacementEngine,
  PlacementRequest,
  PlacementSnapshot,
  Refusal,
} from '../../shared/placement/engine.ts';
import { lintPlacement } from '../../shared/placement/lint.ts';
import { planWaves } from '../../shared/placement/plan-diff.ts';
import type { Wave } from '../../shared/placement/relayout/stages.ts';
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
  readonly estimates: Estimates;
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
  const pairs: Pair[] = [];
  let refusal: Refusal | null = null;
  while (pairs.length < missing) {
    const request = nextRequest(input);
    let decision = world.decide(request);
    let first: Wave['first'] = 'begin';
    const next = queue[0];
    if (decision.kind === 'refused' && next !== undefined) {
      world.end(next);
      decision = world.decide(request);
      first = 'end';
    }
    if (decision.kind === 'refused') {
      ({ refusal } = world.explain(request));
      break;
    }
    world.apply(decision.delta);
    pairs.push({ begin: decision.claim, end: next ?? null, first });
    if (next !== undefined) {
      link(replaces, decision.claim, next);
      queue.shift();
      world.end(next);
    }
  }
  const { id, snapshot, basis, estimates } = input;
  const waves: Wave[] = [
    { begins: [], ends: ending, recuts: [], first: 'end' },
    ...wavesOf(pairs, ending, snapshot),
    { begins: [], ends: refusal === null ? queue : [], recuts: [], first: 'end' },
  ];
  return planWaves(waves, {
    id,
    kind: 'apply',
    snapshot,
    basis,
    replaces,
    estimates,
    imageOf: () => model.spec.workload.image,
    why: new Map(),
    unplaced: unplacedText(model, missing - pairs.length, refusal),
  });
}

/** A new copy, and the old one that goes for it. */
interface Pair {
  readonly begin: Claim;
  /** null: it is one more. */
  readonly end: Claim | null;
  readonly first: Wave['first'];
}

/**
 * One after another, as they were tried out; those that start first and have room beside each other go together. A
 * copy that must end first ends alone: the others serve on meanwhile.
 */
function wavesOf(
  pairs: readonly Pair[],
  ending: readonly Claim[],
  snapshot: PlacementSnapshot,
): readonly Wave[] {
  const waves: Wave[] = [];
  const gone = new Set<string>(ending.map(({ id }) => id));
  let claims = snapshot.claims.filter(({ id }) => !gone.has(id));
  for (const { begin, end, first } of pairs) {
    const ends = end === null ? [] : [end];
    const last = waves.at(-1);
    const together = [...claims, begin];
    if (first === 'begin' && last?.first === 'begin' && fits(snapshot, claims, together)) {
      waves[waves.length - 1] = {
        ...last,
        begins: [...last.begins, begin],
        ends: [...last.ends, ...ends],
      };
      claims = together;
      continue;
    }
    // The wave before is over by then: what it ends is gone.
    const over = new Set<string>(last?.ends.map(({ id }) => id));
    if (first === 'end' && end !== null) over.add(end.id);
    claims = [...claims.filter(({ id }) => !over.has(id)), begin];
    waves.push({ begins: [begin], ends, recuts: [], first });
  }
  return waves;
}

function fits(
  snapshot: PlacementSnapshot,
  before: readonly Claim[],
  after: readonly Claim[],
): boolean {
  const names = new Set(after.slice(before.length).map(({ node }) => node));
  const nodes = snapshot.nodes.filter(({ inventory }) => names.has(inventory.node));
  const on = (claims: readonly Claim[]) => claims.filter(({ node }) => names.has(node));
  return (
    lintPlacement({ nodes, claims: on(after) }).length <=
    lintPlacement({ nodes, claims: on(before) }).length
  );
}

function link(replaces: Map<ReplicaId, ReplicaId>, next: Claim, old: Claim): void {
  if (next.holder.kind !== 'replica' || old.holder.kind !== 'replica') return;
  replaces.set(next.holder.replica, old.holder.replica);
}

/** What a plan says of copies without a place. */
export function unplacedText(model: ModelRecord, count: number, refusal: Refusal | null): string {
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

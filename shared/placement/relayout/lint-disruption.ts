import type { Plan, PlanStep } from '../../domain/change.ts';
import type { Claim } from '../../domain/claim.ts';
import type { ReplicaId } from '../../domain/ids.ts';
import type { ModelSpec } from '../../domain/model.ts';
import type { PlacementSnapshot } from '../engine.ts';
import type { SpecOf } from './lint-rules.ts';

/** What decides whether an interruption is allowed. */
export interface DisruptionFacts {
  readonly specOf: SpecOf;
  /** Whether the replica of a claim has nothing to do now. */
  readonly idle: (claim: Claim) => boolean;
  /** Whether whoever asked for the plan wants this stop of their own: `disruption` speaks of what others do. null: nobody follows. */
  readonly askedFor: (claim: Claim, replacedBy: ReplicaId | null) => boolean;
}

interface DisruptionProblem {
  readonly stage: number | null;
  readonly code: 'disruption' | 'interruption-untold';
  readonly message: string;
}

/**
 * Whether everybody who is interrupted was told of in the price, and allows it. An interrupted replica is one that
 * stops in an earlier stage than its successor is ready in, or has no successor. In a plan that a user asked for by
 * name (`apply`) the user's wish allows it, and only the telling is checked.
 */
export function lintDisruption(
  snapshot: PlacementSnapshot,
  plan: Plan,
  facts: DisruptionFacts,
): readonly DisruptionProblem[] {
  const readyIn = new Map<string, number>();
  plan.stages.forEach(({ steps }, at) => {
    for (const step of steps) if (step.kind === 'start-replica') readyIn.set(step.replica, at);
  });
  return plan.stages.flatMap(({ steps }, stage) =>
    steps.flatMap((step): DisruptionProblem[] => {
      if (step.kind !== 'stop-replica') return [];
      const ready = step.replacedBy === null ? undefined : readyIn.get(step.replacedBy);
      const judged = ready !== undefined && ready < stage ? judgeMove : judge;
      return judged({ snapshot, plan, facts }, step, stage);
    }),
  );
}

interface Case {
  readonly snapshot: PlacementSnapshot;
  readonly plan: Plan;
  readonly facts: DisruptionFacts;
}

function judge(
  { snapshot, plan, facts }: Case,
  { replica, replacedBy }: Extract<PlanStep, { kind: 'stop-replica' }>,
  stage: number,
): DisruptionProblem[] {
  const told = plan.price.interruptions.find((each) => each.replica === replica);
  if (told === undefined || (told.seconds === null) !== (replacedBy === null)) {
    const message = `${replica} stops serving, and the price does not say so`;
    return [{ stage, code: 'interruption-untold', message }];
  }
  const claim = claimOf(snapshot.claims, replica);
  if (plan.kind === 'apply' || (claim !== undefined && facts.askedFor(claim, replacedBy)))
    return [];
  const spec = claim === undefined ? null : facts.specOf(claim);
  const idle = claim !== undefined && facts.idle(claim);
  const why = refusal(spec, told.seconds, {
    idle,
    prioritiesServed: prioritiesServed(plan, facts),
  });
  return why === null ? [] : [{ stage, code: 'disruption', message: `${replica}: ${why}` }];
}

/** Nobody is interrupted, and yet connections end: others move only whom they may. */
function judgeMove(
  { snapshot, plan, facts }: Case,
  { replica, replacedBy }: Extract<PlanStep, { kind: 'stop-replica' }>,
  stage: number,
): DisruptionProblem[] {
  const claim = claimOf(snapshot.claims, replica);
  const holder = claimOf(plan.begins, replacedBy)?.holder;
  if (plan.kind === 'apply' || claim?.holder.kind !== 'replica' || holder?.kind !== 'replica')
    return [];
  // Another version is what its owner asked for.
  if (holder.modelVersion !== claim.holder.modelVersion) return [];
  const disruption = facts.specOf(claim)?.disruption.kind;
  if (disruption === 'budget' || (disruption === 'idle' && facts.idle(claim))) return [];
  const message = `${replica}: its \`disruption\` does not let it be moved`;
  return [{ stage, code: 'disruption', message }];
}

function claimOf(claims: readonly Claim[], replica: ReplicaId | null): Claim | undefined {
  return claims.find(({ holder }) => holder.kind === 'replica' && holder.replica === replica);
}

function refusal(
  spec: ModelSpec | null,
  seconds: number | null,
  { idle, prioritiesServed: served }: { idle: boolean; prioritiesServed: readonly number[] },
): string | null {
  if (spec === null) return 'nobody knows whether it may be interrupted';
  const { disruption } = spec;
  if (disruption.kind === 'never') return 'it must never be interrupted';
  if (disruption.kind === 'idle' && !idle) return 'it may be interrupted only while it is idle';
  if (seconds === null) {
    const higher = served.some((priority) => priority > spec.priority);
    return higher ? null : 'it ends, and for nobody of higher priority';
  }
  if (disruption.kind === 'budget' && seconds > disruption.seconds) {
    return `it may be interrupted for ${disruption.seconds}s, and this takes ${seconds}s`;
  }
  return null;
}

/** The priorities of the replicas that the plan adds, beside those that it moves. */
function prioritiesServed(plan: Plan, { specOf }: DisruptionFacts): readonly number[] {
  const moved = new Set(
    plan.stages.flatMap(({ steps }) =>
      steps.flatMap((s) => (s.kind === 'start-replica' && s.replaces !== null ? [s.replica] : [])),
    ),
  );
  return plan.begins.flatMap((claim) => {
    const { holder } = claim;
    const spec = holder.kind === 'replica' && !moved.has(holder.replica) ? specOf(claim) : null;
    return spec === null ? [] : [spec.priority];
  });
}

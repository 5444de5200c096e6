import type { Plan } from '../../shared/domain/change.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { NodeName, ReplicaId } from '../../shared/domain/ids.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import { lintPlan, type PlanProblem } from '../../shared/placement/relayout/lint-plan.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { ModelRecord, PlanRecord } from '../store/values.ts';
import { isIdle } from './may-stop.ts';
import type { World } from './world.ts';

/** Every promise that a plan would break if it were carried out now, by a check that shares no code with the planners. */
export function problemsOf(
  world: World,
  { plan, model }: Pick<PlanRecord, 'plan' | 'model'>,
): readonly PlanProblem[] {
  const names = nodesOf(world, plan);
  const nodes = names.map((name) => world.plainNode(name)).filter((node) => node !== undefined);
  const claims = names.flatMap((name) => world.claimsOnNode(name).map((record) => record.claim));
  return lintPlan({ nodes, claims }, plan, {
    specOf: (claim) => specOf(world, claim, model),
    idle: (claim) => {
      const record = world.ledger.claim(claim.id)?.value;
      return record !== undefined && isIdle(world, record);
    },
    askedFor: (claim, replacedBy) => model !== null && isAskedFor(claim, replacedBy, model),
  });
}

/** Logs what is wrong, loudly; the error is for the caller. */
export function brokenPlan(world: World, record: Pick<PlanRecord, 'plan' | 'model'>): AppError {
  const { id } = record.plan;
  const problems = problemsOf(world, record).map(({ message }) => message);
  world.deps.log.error({ plan: id, problems }, 'a plan breaks a rule');
  return new AppError('INTERNAL', `the plan ${id} breaks a rule: ${problems[0] ?? ''}`, {
    hint: 'nothing was done; plan again, and report it when it happens twice',
  });
}

function nodesOf(world: World, plan: Plan): readonly NodeName[] {
  const ended = plan.ends.flatMap((id) => world.ledger.claim(id)?.value.claim.node ?? []);
  const steps = plan.stages.flatMap((stage) => stage.steps.map((step) => step.node));
  return [...new Set([...steps, ...ended, ...plan.begins.map(({ node }) => node)])].sort();
}

/** What a claim's replica runs, as it will be once the plan is begun. */
function specOf(world: World, { holder }: Claim, wish: ModelRecord | null): ModelSpec | null {
  if (holder.kind !== 'replica') return null;
  const model = wish?.spec.name === holder.model ? wish : world.ledger.model(holder.model)?.value;
  return model?.spec ?? null;
}

/** Of the model that the plan is for, it runs an older version, or fewer are wanted: as `may-stop` asks again later. */
function isAskedFor({ holder }: Claim, replacedBy: ReplicaId | null, wish: ModelRecord): boolean {
  if (holder.kind !== 'replica' || holder.model !== wish.spec.name) return false;
  return holder.modelVersion < wish.rolloutVersion || replacedBy === null;
}

import type { Plan } from '../../shared/domain/change.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { NodeName } from '../../shared/domain/ids.ts';
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
    specOf: (claim) => specOf(world, plan, { claim, wish: model }),
    idle: (claim) => {
      const record = world.ledger.claim(claim.id)?.value;
      return record !== undefined && isIdle(world, record);
    },
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
function specOf(
  world: World,
  plan: Plan,
  of: { readonly claim: Claim; readonly wish: ModelRecord | null },
): ModelSpec | null {
  const { claim, wish } = of;
  const { holder } = claim;
  if (holder.kind !== 'replica') return null;
  const own = wish !== null && wish.spec.name === holder.model;
  const model = own ? wish : world.ledger.model(holder.model)?.value;
  if (model === undefined) return null;
  const outdated = own && holder.modelVersion < model.rolloutVersion;
  if (!outdated || !plan.ends.includes(claim.id)) return model.spec;
  // Whoever declares a new version has allowed what that does to the old one, whatever others may do to it.
  return { ...model.spec, disruption: { kind: 'budget', seconds: Number.MAX_SAFE_INTEGER } };
}

import type { Change, Plan } from '../../shared/domain/change.ts';
import type { NodeName, PlanId } from '../../shared/domain/ids.ts';
import { lintPlacement, type LintProblem } from '../../shared/placement/lint.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { storeKeys, type PlanRecord } from '../store/values.ts';
import { changeIdOf, newChange, supersede } from './changes.ts';
import { keptPlan } from './kept-plans.ts';
import { movedSince } from './plan-basis.ts';
import type { World } from './world.ts';

/**
 * Begins to carry out exactly the plan that is kept under `id`; the same id again answers the change that it began.
 * Throws PLAN_UNKNOWN; PLAN_STALE when what it touches has moved on; INTERNAL for a plan that breaks a rule.
 */
export async function applyPlan(world: World, id: PlanId): Promise<Change> {
  const begun = world.ledger.changes.get(storeKeys.change(changeIdOf(id)))?.value;
  if (begun !== undefined) return begun;
  world.refreshNodes();
  const kept = keptPlan(world, id);
  const { plan, model, startSeconds } = kept;
  refuseStale(world, kept);
  const name = model?.spec.name ?? null;
  const change = newChange(world, plan, { exact: true, model: name, startSeconds });
  const older = await supersede(world, name === null ? [] : [name], change.id);
  await world.ledger.commit([
    ...(model === null ? [] : [world.ledger.models.put(storeKeys.model(model.spec.name), model)]),
    world.ledger.changes.put(storeKeys.change(change.id), change),
    world.ledger.plans.delete(storeKeys.plan(id)),
    ...older,
  ]);
  world.event('change-begun', `changes/${change.id}`, describe(plan));
  world.refreshNodes();
  return change;
}

function describe({ kind, stages, price }: Plan): string {
  return `${kind}: ${stages.length} stages, ${price.moves} moves, ${price.replicasInterrupted} interrupted`;
}

function refuseStale(world: World, { plan }: PlanRecord): void {
  const moved = [...movedSince(world, plan.basis), ...busyWith(world, plan)];
  const [first] = moved;
  if (first !== undefined) {
    const rest = moved.length === 1 ? '' : `, and ${moved.length - 1} more`;
    throw stale(plan, `${first}${rest}`);
  }
  const problems = newProblems(world, plan);
  const [problem] = problems;
  if (problem === undefined) return;
  // Host resources are promised by node and not by card: somebody else may have got them since.
  if (hostCodes.has(problem.code)) throw stale(plan, `${problem.node}: ${problem.message}`);
  const messages = problems.map(({ node, message }) => `${node}: ${message}`);
  world.deps.log.error({ plan: plan.id, problems: messages }, 'a plan breaks a rule');
  throw new AppError('INTERNAL', `the plan ${plan.id} breaks a rule: ${messages[0]}`, {
    hint: 'nothing was done; plan again, and tell us when it happens twice',
  });
}

function stale(plan: Plan, why: string): AppError {
  return new AppError('PLAN_STALE', `the plan ${plan.id} no longer holds: ${why}`, {
    hint: 'plan again and apply the new one',
  });
}

const hostCodes: ReadonlySet<string> = new Set<LintProblem['code']>([
  'cpu-overpromised',
  'host-memory-overpromised',
]);

/** Two changes on one card would each wait for the other. */
function busyWith(world: World, plan: Plan): readonly string[] {
  const cards = new Set(cardsOf(plan));
  const ends = new Set<string>(plan.ends);
  return world.ledger.changes.values().flatMap((change) => {
    if (!change.exact || change.state !== 'running') return [];
    const card = cardsOf(change.plan).find((each) => cards.has(each));
    const claim = change.plan.ends.find((each) => ends.has(each));
    const what = card ?? claim;
    return what === undefined ? [] : [`${change.id} is at work on ${what}`];
  });
}

function cardsOf(plan: Plan): readonly string[] {
  return plan.stages
    .flatMap((stage) => stage.steps)
    .flatMap((step) => ('gpu' in step ? [step.gpu] : []));
}

/** What would be wrong once the plan is done, and is not wrong now. */
function newProblems(world: World, plan: Plan): readonly LintProblem[] {
  const ends = new Set<string>(plan.ends);
  const names = new Set<NodeName>(
    plan.stages.flatMap((stage) => stage.steps.map((step) => step.node)),
  );
  const nodes = [...names]
    .map((name) => world.plainNode(name))
    .filter((node) => node !== undefined);
  const present = [...names].flatMap((name) =>
    world.claimsOnNode(name).map((record) => record.claim),
  );
  const gone = new Set(
    present.filter(({ id }) => ends.has(id)).flatMap(({ slices }) => slices.map(({ id }) => id)),
  );
  // What was cut for those that end is given back before others take its place.
  const cleared = nodes.map((node) => ({
    ...node,
    inventory: {
      ...node.inventory,
      gpus: node.inventory.gpus.map((gpu) => ({
        ...gpu,
        instances: gpu.instances.filter(({ slice }) => slice === null || !gone.has(slice)),
      })),
    },
  }));
  const after = [...present.filter(({ id }) => !ends.has(id)), ...plan.begins];
  const known = new Set(
    lintPlacement({ nodes, claims: present }).map(({ node, message }) => `${node} ${message}`),
  );
  return lintPlacement({ nodes: cleared, claims: after }).filter(
    ({ node, message }) => !known.has(`${node} ${message}`),
  );
}

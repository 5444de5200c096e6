import type { Plan } from '../../shared/domain/change.ts';
import { freshSuffix } from '../../shared/domain/fresh-suffix.ts';
import type { ModelName, ReplicaId } from '../../shared/domain/ids.ts';
import type { PlacementSnapshot } from '../../shared/placement/engine.ts';
import type { ModelRecord, PlanRecord } from '../store/values.ts';
import type { PlanBudget, PlanNotes } from './core.ts';
import { startSubject } from './estimate-book.ts';
import { expiresAt } from './kept-plans.ts';
import { bookOf, estimatesNow } from './learning.ts';
import { planIdOf } from './names.ts';
import { planApply } from './plan-apply.ts';
import { basisOf } from './plan-basis.ts';
import { pictureOf } from './plan-picture.ts';
import { drawReplica } from './planner.ts';
import { roomFor, type Wish } from './relayout-desk.ts';
import type { World } from './world.ts';

/** Nobody is interrupted for it. */
export const noBudget: PlanBudget = { interruptionMs: 0, allowPreemption: false, recutIdle: false };

/** What the planner will do for a wish, moving nobody else. */
export function planFor(world: World, { record }: Wish): Plan {
  world.refreshNodes();
  const { name } = record.spec;
  const plan = planApply({
    id: planIdOf(freshSuffix(world.deps.random)),
    model: record,
    copies: world.copiesOf(name),
    engine: world.desk.fork(),
    snapshot: world.snapshot(),
    basis: {},
    estimates: estimatesNow(world),
    drawReplica: drawing(world, record),
    nowMs: world.deps.clock.wallMs(),
  });
  return { ...plan, basis: basisOf(world, plan, [name]) };
}

/** The same, and room made by moving others when there is none. `fitsIf`: what would have to be allowed for more. */
export function planWithin(
  world: World,
  wish: Wish,
  budget: PlanBudget,
): { readonly plan: Plan; readonly fitsIf: string } {
  const plain = planFor(world, wish);
  if (plain.unplaced === '' || wish.record.deleting) return { plan: plain, fitsIf: '' };
  return roomFor(world, { wish, plain, budget });
}

/** Names for new replicas of one model, none of them twice. */
function drawing(world: World, model: Pick<ModelRecord, 'spec'>): () => ReplicaId {
  const drawn = new Set<string>();
  return () => {
    const replica = drawReplica(world, model.spec.name, drawn);
    drawn.add(replica);
    return replica;
  };
}

/** What a change remembers of its plan's predictions. */
export function predictedFor(world: World, plan: Plan, model: ModelName | null) {
  const { starts, steps } = estimatesNow(world);
  const startSeconds = Object.fromEntries(
    modelsIn(plan).map((name) => [name, (starts.get(name) ?? steps['start-replica']).seconds]),
  );
  return { model, startSeconds };
}

/** A plan with what is told beside it. */
export function notedPlan(
  world: World,
  plan: Plan,
  of: { readonly fitsIf: string; readonly kept: PlanRecord | null } = { fitsIf: '', kept: null },
): { readonly plan: Plan; readonly notes: PlanNotes } {
  const book = bookOf(world);
  const learnedStarts = modelsIn(plan).reduce(
    (sum, name) => sum + (book.get(startSubject(name))?.count ?? 0),
    0,
  );
  return {
    plan,
    notes: {
      cards: pictureOf(plan, partOf(world, plan)),
      fitsIf: of.fitsIf,
      expiresAtMs: of.kept === null ? null : expiresAt(world, of.kept),
      learnedStarts,
    },
  };
}

/** Those nodes of the world that a plan has to do with, as they are without it. */
function partOf(world: World, { stages, begins }: Plan): PlacementSnapshot {
  const nodes = new Set(stages.flatMap(({ steps }) => steps).map(({ node }) => node));
  return world.snapshotOf(nodes, new Set(begins.map(({ id }) => id)));
}

function modelsIn(plan: Plan): readonly ModelName[] {
  const names = plan.begins.flatMap(({ holder }) =>
    holder.kind === 'replica' ? [holder.model] : [],
  );
  return [...new Set(names)].sort();
}

import type { Plan } from '../../shared/domain/change.ts';
import { freshSuffix } from '../../shared/domain/fresh-suffix.ts';
import type { NodeName } from '../../shared/domain/ids.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import type { PlacementNode } from '../../shared/placement/engine.ts';
import { WhatIf } from '../../shared/placement/what-if.ts';
import { courseOf } from '../whatif/footprint.ts';
import {
  tryAddNodes,
  tryRemoveNode,
  type ClusterNow,
  type ThoughtCluster,
  type Want,
} from '../whatif/try-nodes.ts';
import { checkSpec, nextRecord } from './apply.ts';
import type { PlanBudget, TriedModel } from './core.ts';
import { estimatesOf } from './estimate-book.ts';
import { bookOf } from './learning.ts';
import { planIdOf } from './names.ts';
import { planModel, type Copy } from './model-plan.ts';
import { planApply } from './plan-apply.ts';
import { notedPlan, planWithin } from './plan-wish.ts';
import { namer, worldAfter, type Wish } from './relayout-desk.ts';
import type { World } from './world.ts';

/** Who waits now would have a place if these nodes came? */
export function tryNodes(world: World, nodes: readonly PlacementNode[]): ThoughtCluster {
  const now = clusterNow(world);
  return tryAddNodes(now, nodes, pendingWants(world));
}

/** Where would those of a node go? The node is known. */
export function tryWithout(world: World, node: NodeName): ThoughtCluster {
  const now = clusterNow(world);
  return tryRemoveNode(now, node, displacedWants(world, node));
}

/** What a declaration would do, with its way back. Throws MODEL_INVALID. */
export function tryModel(world: World, spec: ModelSpec, budget: PlanBudget): TriedModel {
  checkSpec(world, spec);
  world.refreshNodes();
  const row = world.ledger.model(spec.name);
  const record = nextRecord(world, spec, row?.value);
  const { plan, fitsIf } = planWithin(world, { record, row }, budget);
  const copies = world.copiesOf(spec.name);
  const running = copies.map((copy) => copy.record.claim).filter(({ state }) => state === 'held');
  return {
    ...notedPlan(world, plan, { fitsIf, kept: null }),
    course: courseOf(plan, spec.name, running),
    surgeFits:
      plan.unplaced === '' && plan.price.interruptions.every(({ model }) => model !== spec.name),
    rollback: tryRollback(world, { record, row }, { plan, copies }),
  };
}

function clusterNow(world: World): ClusterNow {
  world.refreshNodes();
  return {
    snapshot: world.snapshot(),
    engine: world.desk.fork(),
    nowMs: world.deps.clock.wallMs(),
    name: namer(world).name,
  };
}

function pendingWants(world: World): readonly Want[] {
  return world.ledger.models.values().flatMap((model) => {
    const coming = world.holds.coming.get(model.spec.name) ?? 0;
    const { place } = planModel(model, world.copiesOf(model.spec.name), coming);
    const want: Want = { spec: model.spec, modelVersion: model.version, from: null };
    return Array.from({ length: place }, () => want);
  });
}

function displacedWants(world: World, node: NodeName): readonly Want[] {
  return world.claimsOnNode(node).flatMap(({ claim }) => {
    if (claim.state !== 'held' || claim.holder.kind !== 'replica') return [];
    const { replica, model: name } = claim.holder;
    const model = world.ledger.model(name)?.value;
    if (model === undefined || model.deleting) return [];
    return [{ spec: model.spec, modelVersion: model.version, from: { replica, node } }];
  });
}

/** The version before, applied once the new one serves. */
function tryRollback(
  world: World,
  { record, row }: Wish,
  done: { readonly plan: Plan; readonly copies: readonly Copy[] },
): TriedModel['rollback'] {
  const { plan, copies } = done;
  const isRollout = row !== undefined && record.rolloutVersion !== row.value.rolloutVersion;
  if (!isRollout || plan.begins.length === 0) return null;
  const ended = new Set<string>(plan.ends);
  const before = world.snapshot();
  const engine = world.desk.fork();
  const thought = new WhatIf(engine, before.nodes);
  for (const claim of before.claims) if (ended.has(claim.id)) thought.end(claim);
  for (const claim of plan.begins) thought.apply({ kind: 'claim-set', claim });
  const draw = namer(world);
  for (const { holder } of plan.begins) if (holder.kind === 'replica') draw.taken(holder.replica);
  const version = record.version + 1;
  const model = { ...record, spec: row.value.spec, version, rolloutVersion: version };
  const back = planApply({
    id: planIdOf(freshSuffix(world.deps.random)),
    model,
    copies: copiesAfter(record, { plan, copies }),
    engine,
    snapshot: worldAfter(before, plan),
    basis: {},
    estimates: estimatesOf(bookOf(world)),
    drawReplica: () => draw.name(record.spec.name).replica,
    nowMs: world.deps.clock.wallMs(),
  });
  return { ...notedPlan(world, back), fits: back.unplaced === '' };
}

/** The model's copies once the plan is done and all of them serve. */
function copiesAfter(
  record: Wish['record'],
  { plan, copies }: { readonly plan: Plan; readonly copies: readonly Copy[] },
): readonly Copy[] {
  const ended = new Set<string>(plan.ends);
  const staying = copies.filter(({ record: { claim } }) => !ended.has(claim.id));
  const { workload, gpu, name } = record.spec;
  const begun = plan.begins
    .filter(({ holder }) => holder.kind === 'replica' && holder.model === name)
    .map((claim): Copy => ({
      record: { claim, workload, processes: gpu?.processes ?? 1, superseded: false },
      node: 'here',
      serving: true,
      answered: true,
      leaving: false,
    }));
  return [...staying, ...begun];
}

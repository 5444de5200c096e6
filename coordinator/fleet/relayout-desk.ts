import type { Plan, PlanPrice } from '../../shared/domain/change.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { ModelName, ReplicaId } from '../../shared/domain/ids.ts';
import type { GpuInventory, MigInstance } from '../../shared/domain/inventory.ts';
import type {
  PlacementEngine,
  PlacementRequest,
  PlacementSnapshot,
} from '../../shared/placement/engine.ts';
import {
  zeroInterruption,
  type RelayoutBudget,
  type Running,
} from '../../shared/placement/relayout/budget.ts';
import { makeRoom, type MakeRoomInput } from '../../shared/placement/relayout/make-room.ts';
import type { ModelRecord } from '../store/values.ts';
import type { PlanBudget } from './core.ts';
import { estimatesOf } from './estimate-book.ts';
import { bookOf } from './learning.ts';
import type { Row } from './ledger.ts';
import { isIdle } from './may-stop.ts';
import { claimIdOf } from './names.ts';
import { basisOf } from './plan-basis.ts';
import { drawReplica } from './planner.ts';
import { recutOf } from './recut-steps.ts';
import type { World } from './world.ts';

/** A model as somebody wants it, and as it is. */
export interface Wish {
  readonly record: ModelRecord;
  readonly row: Row<ModelRecord> | undefined;
}

/** How many replicas one plan makes room for; more wait for the next. */
const roomsMax = 8;

/**
 * Room for the replicas that `plain` leaves without a place, by moving others within the budget: `plain` with the
 * moves behind it. `fitsIf`: what a larger budget would buy for the first that still has none.
 */
export function roomFor(
  world: World,
  asked: { readonly wish: Wish; readonly plain: Plan; readonly budget: PlanBudget },
): { readonly plan: Plan; readonly fitsIf: string } {
  const { wish, plain, budget } = asked;
  const { spec } = wish.record;
  const draw = namer(world);
  for (const { holder } of plain.begins) if (holder.kind === 'replica') draw.taken(holder.replica);
  const before = world.snapshot();
  const engine = world.desk.fork();
  let snapshot = worldAfter(before, plain);
  bringTo(engine, { before, after: snapshot, plan: plain });
  const input = inputOf(world, draw);
  // Its own replicas are nobody that a higher priority may end: older ones go by the rules of a rollout, and the others
  // are what it is now.
  const movable = (claim: Claim): Running | null => {
    if (isOutdated(wish.record, claim)) return null;
    const running = input.runningOf(claim);
    const { holder } = claim;
    const own = holder.kind === 'replica' && holder.model === spec.name;
    return running === null || !own ? running : { ...running, spec };
  };
  let plan = plain;
  let fitsIf = '';
  for (let missing = missingOf(wish, world, plain); missing > 0; missing -= 1) {
    if (plan.begins.length - plain.begins.length > roomsMax * world.deps.limits.movesMax) break;
    const result = makeRoom({
      ...input,
      runningOf: movable,
      id: plain.id,
      request: requestFor(world, wish, draw),
      snapshot,
      engine,
      budget: leftOf(world, budget, plan.price),
    });
    if (result.kind === 'refused') {
      if (result.helps) fitsIf = result.reason;
      else plan = { ...plan, unplaced: [plan.unplaced, result.reason].join('; ') };
      break;
    }
    plan = joined(plan, result.plan);
    const after = worldAfter(snapshot, result.plan);
    bringTo(engine, { before: snapshot, after, plan: result.plan });
    snapshot = after;
    if (missing === 1) plan = { ...plan, unplaced: '' };
  }
  return { plan: { ...plan, basis: basisOf(world, plan, [spec.name]) }, fitsIf };
}

/** What moves look at and are made with, for any plan that moves what runs. */
export function inputOf(
  world: World,
  draw: Namer,
): Omit<MakeRoomInput, 'id' | 'request' | 'snapshot' | 'budget'> {
  return {
    runningOf: (claim) => runningOf(world, claim),
    estimates: estimatesOf(bookOf(world)),
    name: draw.name,
    basis: {},
  };
}

/** The budget of one search, in the words of who searches. */
export function leftOf(
  world: World,
  budget: PlanBudget,
  spent: Pick<PlanPrice, 'interruptions'>,
): RelayoutBudget {
  const used = spent.interruptions.reduce((sum, each) => sum + (each.seconds ?? 0), 0);
  return {
    ...zeroInterruption,
    interruptionSeconds: Math.max(0, Math.floor(budget.interruptionMs / 1_000) - used),
    preempt: budget.allowPreemption,
    // What others made is respected, unless whoever asks for the plan says otherwise.
    recutIdle: budget.recutIdle,
    movesMax: world.deps.limits.movesMax,
  };
}

/**
 * What could be moved: a replica that its model wants as it is, on a card that no change is at work on. Whether its
 * `disruption` allows it is the planner's to say (`movable`), and `may-stop` asks again right before the stop.
 */
function runningOf(world: World, claim: Claim): Running | null {
  const record = world.ledger.claim(claim.id)?.value;
  if (record === undefined || claim.holder.kind !== 'replica' || record.superseded) return null;
  const model = world.ledger.model(claim.holder.model)?.value;
  if (model === undefined || model.deleting) return null;
  if (claim.holder.modelVersion < model.rolloutVersion || world.holds.leaving.has(claim.id)) {
    return null;
  }
  const hold = world.holds.nodes.get(claim.node);
  if (claim.slices.some(({ gpu }) => hold?.cards.has(gpu) === true)) return null;
  if (world.statusOf(record)?.phase !== 'ready') return null;
  return { spec: model.spec, idle: isIdle(world, record) };
}

/** Names for replicas of any model, none of them twice. */
export interface Namer {
  readonly name: MakeRoomInput['name'];
  readonly taken: (replica: ReplicaId) => void;
}

export function namer(world: World): Namer {
  const drawn = new Set<string>();
  return {
    taken: (replica) => void drawn.add(replica),
    name: (model: ModelName) => {
      const replica = drawReplica(world, model, drawn);
      drawn.add(replica);
      return { replica, claim: claimIdOf(replica) };
    },
  };
}

function isOutdated({ spec, rolloutVersion }: ModelRecord, { holder }: Claim): boolean {
  if (holder.kind !== 'replica' || holder.model !== spec.name) return false;
  return holder.modelVersion < rolloutVersion;
}

function missingOf({ record }: Wish, world: World, plain: Plan): number {
  const ends = new Set<string>(plain.ends);
  const staying = world.copiesOf(record.spec.name).filter(({ record: copy, node }) => {
    const { claim } = copy;
    const current = claim.holder.kind === 'replica' && !isOutdated(record, claim);
    return claim.state === 'held' && current && node !== 'lost' && !ends.has(claim.id);
  }).length;
  const placed = plain.begins.length + staying;
  return Math.min(roomsMax, Math.max(0, record.spec.replicas - placed));
}

function requestFor(world: World, { record }: Wish, draw: Namer): PlacementRequest {
  return {
    ...draw.name(record.spec.name),
    spec: record.spec,
    modelVersion: record.version,
    nowMs: world.deps.clock.wallMs(),
  };
}

/** The world once a plan is done: its claims begun and ended, and what was cut for the ended ones, or was cut anew, gone. */
export function worldAfter(snapshot: PlacementSnapshot, plan: Plan): PlacementSnapshot {
  const ends = new Set<string>(plan.ends);
  const all = [...snapshot.claims, ...plan.begins];
  const recuts = plan.stages.flatMap(({ steps }) => steps.flatMap((step) => recutOf(step) ?? []));
  const isRecut = (gpu: string, { giProfileId, start }: MigInstance) =>
    recuts.some(
      ({ stone }) =>
        stone.gpu === gpu && stone.giProfileId === giProfileId && stone.start === start,
    );
  const ended = all.filter(({ id }) => ends.has(id));
  const gone = new Set(ended.flatMap(({ slices }) => slices.map(({ id }) => id)));
  const touched = new Set<string>([
    ...ended.flatMap(({ slices }) => slices.map(({ gpu }) => gpu)),
    ...recuts.map(({ stone }) => stone.gpu),
  ]);
  const after = (gpu: GpuInventory): GpuInventory => ({
    ...gpu,
    instances: gpu.instances.filter((instance) =>
      instance.slice === null ? !isRecut(gpu.uuid, instance) : !gone.has(instance.slice),
    ),
  });
  return {
    ...snapshot,
    claims: all.filter(({ id }) => !ends.has(id)),
    // Nodes that nothing happens to stay the same objects.
    nodes: snapshot.nodes.map((node) => {
      const { gpus } = node.inventory;
      if (!gpus.some(({ uuid }) => touched.has(uuid))) return node;
      const left = gpus.map((gpu) => (touched.has(gpu.uuid) ? after(gpu) : gpu));
      return { ...node, inventory: { ...node.inventory, gpus: left } };
    }),
  };
}

/** Tells an engine, which knows `before`, what `after` differs in. */
function bringTo(
  engine: PlacementEngine,
  {
    before,
    after,
    plan,
  }: { readonly before: PlacementSnapshot; readonly after: PlacementSnapshot; readonly plan: Plan },
): void {
  const began = new Set<string>(plan.begins.map(({ id }) => id));
  for (const claim of plan.ends)
    if (!began.has(claim)) engine.apply({ kind: 'claim-removed', claim });
  for (const [at, node] of after.nodes.entries()) {
    if (node !== before.nodes[at]) engine.apply({ kind: 'node-set', node });
  }
  const ended = new Set<string>(plan.ends);
  for (const claim of plan.begins) {
    if (!ended.has(claim.id)) engine.apply({ kind: 'claim-set', claim });
  }
}

/** One plan behind another: the second was made from the world that the first leaves. */
function joined(first: Plan, second: Plan): Plan {
  const [a, b] = [first.price, second.price];
  const bytesToFetch =
    a.bytesToFetch === null || b.bytesToFetch === null ? null : a.bytesToFetch + b.bytesToFetch;
  const interruptions = [...a.interruptions, ...b.interruptions];
  return {
    ...second,
    id: first.id,
    stages: [...first.stages, ...second.stages],
    begins: [...first.begins, ...second.begins],
    ends: [...first.ends, ...second.ends],
    unplaced: first.unplaced,
    price: {
      replicasInterrupted: interruptions.length,
      interruptions,
      seconds: a.seconds + b.seconds,
      estimates: a.estimates === b.estimates || first.stages.length === 0 ? b.estimates : 'mixed',
      bytesToFetch,
      strandedBeforeMilli: a.strandedBeforeMilli + b.strandedBeforeMilli,
      strandedAfterMilli: a.strandedAfterMilli + b.strandedAfterMilli,
      moves: a.moves + b.moves,
      preemptions: a.preemptions + b.preemptions,
    },
  };
}

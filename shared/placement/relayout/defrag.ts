import type { Plan } from '../../domain/change.ts';
import type { Claim } from '../../domain/claim.ts';
import type { Estimates } from '../../domain/estimates.ts';
import type { NodeName, PlanId, ReplicaId } from '../../domain/ids.ts';
import type { PlacementEngine, PlacementSnapshot } from '../engine.ts';
import { open } from '../open.ts';
import { planWaves } from '../plan-diff.ts';
import {
  interruptionSeconds,
  mayInterrupt,
  movable,
  type RelayoutBudget,
  type RunningOf,
} from './budget.ts';
import { christen, type NameReplica } from './christen.ts';
import type { Forced } from './interrupt.ts';
import { moveRequest, searchLimits, type Act, type Search, type SearchLimits } from './relocate.ts';
import { Scene } from './scene.ts';
import { freeCapacity } from './stranded.ts';
import { idleInstances, mayRecut } from './victims.ts';
import { wavesOf } from './waves.ts';

/** What a tidier layout is made from. */
export interface DefragInput {
  readonly id: PlanId;
  readonly snapshot: PlacementSnapshot;
  /** Opened on just this snapshot, used, and left as it was; absent: one is opened. */
  readonly engine?: PlacementEngine;
  readonly runningOf: RunningOf;
  readonly budget: RelayoutBudget;
  /** `idle`: only replicas that have nothing to do go elsewhere. `all`: also those that serve. */
  readonly scope: 'idle' | 'all';
  /** A step that wins less schedulable capacity than this, in thousandths of a card, is not worth it. */
  readonly gainMinMilli: number;
  readonly estimates: Estimates;
  readonly name: NameReplica;
  readonly basis: Readonly<Record<string, string>>;
  readonly limits?: SearchLimits;
}

/** What a defragmentation would do, and what it wins. */
export interface DefragResult {
  /** Without stages when nothing is worth it. */
  readonly plan: Plan;
  /** Capacity that the expected demand can use afterwards and could not before, in thousandths of a card. */
  readonly gainMilli: number;
}

/**
 * Moves and re-cuts that win the most schedulable capacity for each second of interruption, one after another until
 * nothing is worth it or the budget is spent. What interrupts nobody comes first. Pure.
 */
export function defrag(input: DefragInput): DefragResult {
  const { snapshot, budget, runningOf, limits = searchLimits } = input;
  const scene = new Scene(input.engine ?? open(snapshot));
  const search: Search = { scene, runningOf, budget, nowMs: 0, limits };
  const steps: Step[] = [];
  const moved = new Set<string>();
  let secondsLeft = budget.interruptionSeconds;
  while (scene.questions < limits.questionsMax) {
    const movesLeft = budget.movesMax - moved.size / 2;
    const best = bestStep(input, search, { moved, secondsLeft, movesLeft });
    if (best === null) break;
    carryOut(scene, best);
    secondsLeft -= best.seconds;
    if (best.kind === 'move') moved.add(best.from.id).add(best.to.id);
    steps.push(best);
  }
  scene.undoTo(0);
  return {
    plan: planOf(input, steps),
    gainMilli: steps.reduce((sum, { gain }) => sum + gain, 0),
  };
}

type Step =
  | {
      readonly kind: 'move';
      readonly from: Claim;
      readonly to: Claim;
      readonly gain: number;
      /** 0: the new one is ready before the old one stops. */
      readonly seconds: number;
    }
  | {
      readonly kind: 'recut';
      readonly instance: Extract<Act, { kind: 'recut' }>['instance'];
      readonly gain: number;
      readonly seconds: 0;
    };

interface Standing {
  /** Claims that have had their move, and the successors. */
  readonly moved: ReadonlySet<string>;
  readonly secondsLeft: number;
  readonly movesLeft: number;
}

/** The step that wins most; null: none is worth it. Ties go to the first node by name. */
function bestStep(input: DefragInput, search: Search, standing: Standing): Step | null {
  const { scene, limits } = search;
  let best: Step | null = null;
  const names = mostStranded(input, scene, limits.nodesMax);
  for (const name of names) {
    const others = new Set(names.filter((each) => each !== name));
    for (const step of stepsOn(input, search, { name, others, standing })) {
      if (step.gain >= input.gainMinMilli && (best === null || isBetter(step, best))) best = step;
    }
    if (scene.questions >= limits.questionsMax) break;
  }
  return best;
}

/** More capacity for each second, exactly and without division; free steps before all others. */
function isBetter(step: Step, best: Step): boolean {
  if (step.seconds === 0 && best.seconds === 0) return step.gain > best.gain;
  return step.gain * best.seconds > best.gain * step.seconds;
}

function mostStranded(input: DefragInput, scene: Scene, most: number): readonly NodeName[] {
  return scene
    .nodes()
    .flatMap(({ node }) => {
      const name = node.inventory.node;
      const { freeMilli, usableMilli } = freeCapacity(
        node,
        scene.claimsOn(name),
        input.snapshot.demand,
      );
      return freeMilli > usableMilli ? [{ name, stranded: freeMilli - usableMilli }] : [];
    })
    .sort((a, b) => b.stranded - a.stranded)
    .slice(0, most)
    .map(({ name }) => name);
}

interface Place {
  readonly name: NodeName;
  /** Nodes with gaps of their own, which a replica from here may fill. */
  readonly others: ReadonlySet<NodeName>;
  readonly standing: Standing;
}

function stepsOn(
  input: DefragInput,
  search: Search,
  { name, others, standing }: Place,
): readonly Step[] {
  const { scene, budget } = search;
  const node = scene.node(name);
  const claims = scene.claimsOn(name);
  const recuts = (budget.recutIdle ? (node?.inventory.gpus ?? []) : [])
    .filter(mayRecut)
    .flatMap((gpu) =>
      idleInstances(gpu, claims)
        .filter(({ slice }) => slice === null)
        .map((instance) => recutStep(input, scene, { node: name, gpu: gpu.uuid, instance })),
    );
  if (standing.movesLeft < 1) return recuts;
  const moves = claims
    .filter(({ id }) => !standing.moved.has(id))
    .flatMap((claim) => moveSteps(input, search, { claim, others, standing }));
  return [...recuts, ...moves];
}

function recutStep(
  input: DefragInput,
  scene: Scene,
  instance: Extract<Step, { kind: 'recut' }>['instance'],
): Step {
  const mark = scene.mark();
  const before = usableOn(input, scene, [instance.node]);
  scene.recut(instance);
  const gain = usableOn(input, scene, [instance.node]) - before;
  scene.undoTo(mark);
  return { kind: 'recut', instance, gain, seconds: 0 };
}

function moveSteps(
  input: DefragInput,
  search: Search,
  { claim, others, standing }: Omit<Place, 'name'> & { readonly claim: Claim },
): readonly Step[] {
  const { scene, runningOf } = search;
  const running = movable(claim, runningOf);
  const request = moveRequest(search, claim);
  if (running === null || request === null) return [];
  if (input.scope === 'idle' && !running.idle) return [];
  // Anywhere, and into another gap: what the policy likes best is often the card that it is on.
  const beside = [scene.decide(request), scene.decide(request, { within: others })];
  const quiet = beside.flatMap((decision) =>
    decision.kind === 'placed'
      ? [measured(input, scene, { from: claim, to: decision.claim, seconds: 0 })]
      : [],
  );
  if (quiet.length > 0) return quiet;
  const seconds = interruptionSeconds(running, input.estimates);
  if (seconds > standing.secondsLeft || !mayInterrupt(running, seconds)) return [];
  const mark = scene.mark();
  scene.end(claim);
  const instead = scene.decide(request);
  scene.undoTo(mark);
  if (instead.kind === 'refused') return [];
  return [measured(input, scene, { from: claim, to: instead.claim, seconds })];
}

/** What a move wins on the two nodes that it touches. */
function measured(
  input: DefragInput,
  scene: Scene,
  move: { readonly from: Claim; readonly to: Claim; readonly seconds: number },
): Step {
  const names = [...new Set([move.from.node, move.to.node])];
  const before = usableOn(input, scene, names);
  const mark = scene.mark();
  scene.begin(move.to);
  scene.end(move.from);
  const gain = usableOn(input, scene, names) - before;
  scene.undoTo(mark);
  return { kind: 'move', ...move, gain };
}

function usableOn({ snapshot }: DefragInput, scene: Scene, names: readonly NodeName[]): number {
  return names.reduce((sum, name) => {
    const node = scene.node(name);
    if (node === undefined) return sum;
    return sum + freeCapacity(node, scene.claimsOn(name), snapshot.demand).usableMilli;
  }, 0);
}

function carryOut(scene: Scene, step: Step): void {
  if (step.kind === 'recut') {
    scene.recut(step.instance);
    return;
  }
  scene.begin(step.to);
  scene.end(step.from);
}

function planOf(input: DefragInput, steps: readonly Step[]): Plan {
  const { id, snapshot, estimates, basis, runningOf } = input;
  const found = christen(forcedOf(steps), null, input.name);
  const moves = [
    ...found.acts.flatMap((act) => (act.kind === 'move' ? [act.move] : [])),
    ...found.interrupted,
  ];
  const sources = new Map(moves.map(({ from, to }) => [to.id, from]));
  const replaces = new Map<ReplicaId, ReplicaId>();
  const why = new Map<ReplicaId, string>();
  for (const { from, to } of moves) {
    if (from.holder.kind !== 'replica' || to.holder.kind !== 'replica') continue;
    replaces.set(to.holder.replica, from.holder.replica);
    why.set(from.holder.replica, 'its place wins schedulable capacity, and none is free beside it');
  }
  return planWaves(wavesOf(found, snapshot), {
    id,
    kind: 'defrag',
    snapshot,
    replaces,
    estimates,
    imageOf: (claim) => {
      const from = sources.get(claim.id);
      return from === undefined ? null : (runningOf(from)?.spec.workload.image ?? null);
    },
    why,
    unplaced: '',
    basis,
  });
}

function forcedOf(steps: readonly Step[]): Forced {
  const acts = steps.map((step): Act => {
    if (step.kind === 'recut') return { kind: 'recut', instance: step.instance };
    const { from, to, seconds } = step;
    return seconds === 0 ? { kind: 'move', move: { from, to } } : { kind: 'place', claim: to };
  });
  const interrupted = steps.flatMap((step) =>
    step.kind === 'move' && step.seconds > 0 ? [{ from: step.from, to: step.to }] : [],
  );
  return { interrupted, preempted: [], acts };
}

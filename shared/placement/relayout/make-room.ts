import type { Plan } from '../../domain/change.ts';
import type { Claim } from '../../domain/claim.ts';
import type { Estimates } from '../../domain/estimates.ts';
import type { GpuUuid, PlanId, ReplicaId } from '../../domain/ids.ts';
import type { PlacementEngine, PlacementRequest, PlacementSnapshot } from '../engine.ts';
import { open } from '../open.ts';
import { planWaves } from '../plan-diff.ts';
import { asIfUnbound, hearBound, movable, type RelayoutBudget, type RunningOf } from './budget.ts';
import { interruptFor, preemptFor, type Forced } from './interrupt.ts';
import { christen, type NameReplica } from './christen.ts';
import { admit, searchLimits, type Search, type SearchLimits } from './relocate.ts';
import { repack } from './repack.ts';
import { Scene } from './scene.ts';
import { wavesOf } from './waves.ts';

/** What room is made from. */
export interface MakeRoomInput {
  readonly id: PlanId;
  /** The request that fits nowhere. */
  readonly request: PlacementRequest;
  readonly snapshot: PlacementSnapshot;
  /** Opened on just this snapshot, used, and left as it was; absent: one is opened. */
  readonly engine?: PlacementEngine;
  readonly runningOf: RunningOf;
  readonly budget: RelayoutBudget;
  readonly estimates: Estimates;
  readonly name: NameReplica;
  readonly basis: Readonly<Record<string, string>>;
  readonly limits?: SearchLimits;
}

export type MakeRoomResult =
  | { readonly kind: 'fits'; readonly plan: Plan }
  | {
      readonly kind: 'refused';
      /** What would have to be allowed, in one sentence; or why nothing helps. */
      readonly reason: string;
      /** Whether `reason` says what would help. */
      readonly helps: boolean;
      /** What a larger budget would buy; null: no budget would help, so far as was searched. */
      readonly fitsIf: Plan | null;
    };

/**
 * Makes room for a request that fits nowhere: the cheapest plan within the budget. In order of price: idle slices
 * are cut anew, replicas move to a place that they take before they leave theirs (one, several of a card, or a chain
 * of up to three), replicas are interrupted as their `disruption` allows, replicas of lower priority end. Pure.
 */
export function makeRoom(asked: MakeRoomInput): MakeRoomResult {
  const scene = new Scene(asked.engine ?? open(asked.snapshot));
  const { budget } = asked;
  const within = { scene, budget };
  let isAnyoneBound = false;
  const input: MakeRoomInput = {
    ...asked,
    runningOf: hearBound(asked.runningOf, () => {
      isAnyoneBound = true;
    }),
  };
  const plan = planFor(input, budget, quietly(input, within) ?? loudly(input, within));
  if (plan !== null) return { kind: 'fits', plan };
  // What interrupts nobody was looked for already, and costs the same within any budget.
  const larger = { ...budget, interruptionSeconds: Infinity, preempt: true };
  const fitsIf = planFor(input, larger, loudly(input, { scene, budget: larger }));
  if (fitsIf !== null) return { kind: 'refused', reason: costText(fitsIf), helps: true, fitsIf };
  const bound = isAnyoneBound ? whoIsBound(asked, within) : null;
  return { kind: 'refused', reason: bound ?? noWay(input), helps: bound !== null, fitsIf };
}

/** A refusal comes after every search has failed, and somebody waits for it. */
const roomLimits: SearchLimits = { ...searchLimits, questionsMax: 96 };

/** Questions about what may not be: an aside to a refusal. */
const boundQuestionsMax = 48;

const nothingLocked: ReadonlySet<GpuUuid> = new Set();

interface Within {
  readonly scene: Scene;
  readonly budget: RelayoutBudget;
}

/** null: nothing was found, or it costs more than it seemed to. */
function planFor(input: MakeRoomInput, budget: RelayoutBudget, found: Forced | null): Plan | null {
  if (found === null) return null;
  const forced = christen(found, input.request.claim, input.name);
  const plan = planOf(input, forced);
  const seconds = plan.price.interruptions.reduce((sum, each) => sum + (each.seconds ?? 0), 0);
  // Found by a lower bound of what each interruption lasts: the whole plan has the last word.
  return seconds > budget.interruptionSeconds || !isAllowed(input, plan) ? null : plan;
}

/** What interrupts nobody. The scene, whose engine is the caller's, is left as it came. */
function quietly(input: MakeRoomInput, within: Within): Forced | null {
  const { scene } = within;
  const search = searchOf(input, within);
  try {
    return (
      quietMoves(search, input.request, 1) ??
      repack(search, input.request, { estimates: input.estimates, secondsMax: 0 }) ??
      quietMoves(search, input.request, 2) ??
      quietMoves(search, input.request, 3)
    );
  } finally {
    scene.undoTo(0);
  }
}

/** Chains of so many moves that depend on each other. */
function quietMoves(search: Search, request: PlacementRequest, depth: number): Forced | null {
  const { movesMax } = search.budget;
  const acts = admit(search, request, { moves: movesMax, locked: nothingLocked, depth });
  return acts === null ? null : { interrupted: [], preempted: [], acts };
}

/** What interrupts as few seconds of service as possible, or ends replicas of lower priority. */
function loudly(input: MakeRoomInput, within: Within): Forced | null {
  const { request, estimates } = input;
  const reach = { moves: within.budget.movesMax, locked: nothingLocked };
  try {
    const secondsMax = within.budget.interruptionSeconds;
    const search = searchOf(input, within);
    return (
      (secondsMax > 0 ? repack(search, request, { estimates, secondsMax }) : null) ??
      interruptFor(searchOf(input, within), request, {
        estimates,
        reach: { ...reach, depth: 2 },
      }) ??
      preemptFor(searchOf(input, within), request, { ...reach, depth: 1 })
    );
  } finally {
    within.scene.undoTo(0);
  }
}

/** What was spent on earlier searches in the scene is not taken from this one. */
function searchOf(input: MakeRoomInput, { scene, budget }: Within): Search {
  const { request, runningOf, limits = roomLimits } = input;
  const { questions, looks } = scene;
  return {
    scene,
    runningOf,
    budget,
    nowMs: request.nowMs,
    limits: {
      ...limits,
      questionsMax: questions + limits.questionsMax,
      looksMax: looks + limits.looksMax,
    },
  };
}

function planOf(input: MakeRoomInput, forced: Forced): Plan {
  const { id, snapshot, estimates, basis, request, runningOf } = input;
  const moves = [
    ...forced.acts.flatMap((act) => (act.kind === 'move' ? [act.move] : [])),
    ...forced.interrupted,
  ];
  const replaces = new Map<ReplicaId, ReplicaId>();
  const sources = new Map<string, Claim>();
  const why = new Map<ReplicaId, string>();
  for (const { from, to } of moves) {
    sources.set(to.id, from);
    if (from.holder.kind !== 'replica' || to.holder.kind !== 'replica') continue;
    replaces.set(to.holder.replica, from.holder.replica);
    why.set(
      from.holder.replica,
      `${request.spec.name} needs its place, and none is free beside it`,
    );
  }
  for (const { holder } of forced.preempted) {
    if (holder.kind !== 'replica') continue;
    why.set(holder.replica, `${request.spec.name} has a higher priority and needs its place`);
  }
  const imageOf = (claim: Claim) => {
    const from = sources.get(claim.id);
    const spec = from === undefined ? request.spec : runningOf(from)?.spec;
    return spec?.workload.image ?? null;
  };
  return planWaves(wavesOf(forced, snapshot), {
    id,
    kind: 'make-room',
    snapshot,
    replaces,
    estimates,
    imageOf,
    why,
    unplaced: '',
    basis,
  });
}

/** Each replica's own limit, against what the finished plan says. */
function isAllowed({ snapshot, runningOf }: MakeRoomInput, plan: Plan): boolean {
  if (plan.price.interruptions.length === 0) return true;
  const ended = new Set(plan.ends);
  const claims = snapshot.claims.filter(({ id }) => ended.has(id));
  return plan.price.interruptions.every(({ replica, seconds }) => {
    const claim = claims.find(
      ({ holder }) => holder.kind === 'replica' && holder.replica === replica,
    );
    const running = claim === undefined ? null : movable(claim, runningOf);
    if (running === null) return false;
    const { disruption } = running.spec;
    return seconds === null || disruption.kind !== 'budget' || seconds <= disruption.seconds;
  });
}

/** Who would have to be moved, though its model says that it is not; null: that would not help either. */
function whoIsBound(input: MakeRoomInput, within: Within): string | null {
  const limits = { ...(input.limits ?? roomLimits), questionsMax: boundQuestionsMax };
  const unbound = { ...input, limits, runningOf: asIfUnbound(input.runningOf) };
  // What was seen in the other scene was seen with other eyes.
  const found = quietly(unbound, { ...within, scene: within.scene.anew() });
  const names = (found?.acts ?? []).flatMap((act) => {
    if (act.kind !== 'move' || movable(act.move.from, input.runningOf) !== null) return [];
    const { holder } = act.move.from;
    return holder.kind === 'replica' ? [holder.replica] : [];
  });
  return names.length === 0
    ? null
    : `${names.join(', ')} might be moved, which its \`disruption\` forbids now`;
}

function noWay({ request }: MakeRoomInput): string {
  return `no re-layout makes room for ${request.spec.name}`;
}

function costText({ price }: Plan): string {
  const { interruptions, preemptions } = price;
  const seconds = interruptions.reduce((sum, each) => sum + (each.seconds ?? 0), 0);
  const names = interruptions.map(({ replica }) => replica).join(', ');
  const ends =
    preemptions > 0
      ? 'may end (--allow-preemption)'
      : `may be interrupted, ${seconds}s in all (--budget ${seconds}s)`;
  return `${names} ${ends}`;
}

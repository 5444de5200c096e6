import type { Claim } from '../../domain/claim.ts';
import type { GpuUuid, NodeName } from '../../domain/ids.ts';
import type { PlacementNode, PlacementRequest } from '../engine.ts';
import { compareText } from '../node-record.ts';
import { movable, type RelayoutBudget, type RunningOf } from './budget.ts';
import type { ClearingRules } from './clearing-rules.ts';
import { easeOf, heldOf, leastEaseOf } from './ease.ts';
import { standInPrefix, type Scene } from './scene.ts';
import type { IdleInstance } from './stages.ts';
import { byEase, clearings, sightOf, type Clearing, type NodeSight } from './victims.ts';

/** A replica that goes elsewhere: its successor is ready before it stops. */
export interface Move {
  readonly from: Claim;
  readonly to: Claim;
}

/** One thing that happens, in order. */
export type Act =
  | { readonly kind: 'move'; readonly move: Move }
  | { readonly kind: 'recut'; readonly instance: IdleInstance }
  | { readonly kind: 'place'; readonly claim: Claim };

/** What a search works with. */
export interface Search {
  readonly scene: Scene;
  readonly runningOf: RunningOf;
  readonly budget: RelayoutBudget;
  readonly nowMs: number;
  readonly limits: SearchLimits;
}

/** Counts, not clocks: the same input gives the same plan on any machine. */
export interface SearchLimits {
  /** Questions to the engine. */
  readonly questionsMax: number;
  /** Nodes that are looked at closely for one request, and for one that only makes room for another. */
  readonly nodesMax: number;
  readonly nodesNestedMax: number;
  /** Nodes that are looked at closely in all. */
  readonly looksMax: number;
  /** Ways to make room that are tried for one request. */
  readonly clearingsMax: number;
  /** States of a few cards that are tried: of all cards of a small cluster, of some in a larger one. */
  readonly statesMax: number;
  readonly statesNearbyMax: number;
}

export const searchLimits: SearchLimits = {
  questionsMax: 1_500,
  nodesMax: 96,
  nodesNestedMax: 16,
  looksMax: 1_000,
  clearingsMax: 192,
  statesMax: 60_000,
  statesNearbyMax: 400,
};

/** Where a search stands: how deep chains may still go, how many moves are left, and what must stay as it is. */
export interface Reach {
  readonly depth: number;
  readonly moves: number;
  readonly locked: ReadonlySet<GpuUuid>;
}

/**
 * Places one request without interrupting anybody: at once, by cutting idle instances anew, or by moving replicas
 * that find another place while they still hold theirs. What it does stays done in the scene; null: it found no way,
 * and the scene is as it was.
 */
export function admit(
  search: Search,
  request: PlacementRequest,
  reach: Reach,
): readonly Act[] | null {
  const { scene } = search;
  const decision = scene.decide(request);
  if (decision.kind === 'placed') {
    scene.begin(decision.claim);
    return [{ kind: 'place', claim: decision.claim }];
  }
  if (reach.depth === 0) return null;
  let tries = 0;
  for (const clearing of rank(search, request, reach)) {
    if (scene.questions >= search.limits.questionsMax || tries >= search.limits.clearingsMax) break;
    if (reach.depth === 1 && isHopeless(search, clearing)) continue;
    tries += 1;
    const acts = clearAndPlace(search, request, { clearing, reach });
    if (acts !== null) return acts;
  }
  return null;
}

/** Without chains somebody must be the first to move, and nobody can. */
function isHopeless(search: Search, { victims, recuts }: Clearing): boolean {
  if (recuts.length > 0 || victims.length === 0) return false;
  return victims.every((victim) => {
    const request = moveRequest(search, victim);
    return request === null || search.scene.refuses(request);
  });
}

/** The ways to make room, easiest first: of the nodes that a cheap bound says are easiest. */
export function rank(search: Search, request: PlacementRequest, reach: Reach): readonly Clearing[] {
  const rules = rulesOf(search, request, reach.locked);
  if (rules === null) return [];
  const { scene, limits } = search;
  const nested = reach.locked.size > 0 || request.claim.startsWith(standInPrefix);
  const names = shortlist(search, request, rules).slice(
    0,
    Math.min(nested ? limits.nodesNestedMax : limits.nodesMax, limits.looksMax - scene.looks),
  );
  scene.looks += names.length;
  const seen = new Map<string, number>();
  return names
    .flatMap((name) => {
      const node = scene.node(name);
      return node === undefined ? [] : clearings(sightOn(search, node), rules, seen);
    })
    .filter(({ victims }) => victims.length <= reach.moves)
    .sort(byEase);
}

/** What is on a node, looked at anew only once something there has changed. */
function sightOn({ scene, runningOf }: Search, node: PlacementNode): NodeSight {
  const { node: name } = node.inventory;
  const claims = scene.anyClaimsOn(name);
  const known = scene.sights.get(name);
  if (known?.node === node && known.claims === claims) return known;
  const made = sightOf(node, claims, (claim) => {
    const running = movable(claim, runningOf);
    if (running === null || claim.holder.kind !== 'replica') return '';
    const { model, modelVersion } = claim.holder;
    return `${model}/${modelVersion}/${running.idle}`;
  });
  scene.sights.set(name, made);
  return made;
}

/** The nodes where a cheap bound says that room is made most easily, the easiest first. */
export function nearest(search: Search, request: PlacementRequest): readonly NodeName[] {
  const rules = rulesOf(search, request, new Set());
  return rules === null ? [] : shortlist(search, request, rules);
}

/** The nodes that are easiest by a cheap bound, asked of the whole cluster once for each need. */
function shortlist(
  { scene, limits }: Search,
  request: PlacementRequest,
  rules: ClearingRules,
): readonly NodeName[] {
  const { constraints } = request.spec.placement;
  const key = JSON.stringify([rules.need, Object.entries(constraints)]);
  const known = scene.shortlists.get(key);
  if (known !== undefined) return known;
  const names = easiest(scene, request, { rules, most: limits.nodesMax });
  scene.shortlists.set(key, names);
  return names;
}

/** The easiest first, equal ones in order of name. Who may go is asked only where the answer may count. */
function easiest(
  scene: Scene,
  request: PlacementRequest,
  { rules, most }: { readonly rules: ClearingRules; readonly most: number },
): readonly NodeName[] {
  const found: Eased[] = [];
  const harder: Eased[] = [];
  const constraints = Object.entries(request.spec.placement.constraints);
  const add = (name: NodeName, ease: number | null, list: Eased[]) => {
    if (ease !== null) list.push({ name, ease });
  };
  let easy = 0;
  for (const { node, claims } of scene.nodes()) {
    if (!mayHost(node, constraints)) continue;
    const { node: name } = node.inventory;
    const least = leastEaseOf(node, heldOf(node, claims), rules);
    if (least !== 0) {
      add(name, least, harder);
      continue;
    }
    const ease = easeOf(node, claims, rules);
    add(name, ease, found);
    if (ease === 0) easy += 1;
    // Nothing is easier than nothing, and those that follow have later names.
    if (easy >= most) return named(found, most);
  }
  let bound = 0;
  let settled = easy;
  for (const { name, ease: least } of harder.sort(byEaseThenName)) {
    if (least > bound) {
      bound = least;
      settled = found.filter(({ ease }) => ease < bound).length;
    }
    // All that follow are at best as easy as this one, and have later names than those that are settled.
    if (settled >= most) break;
    const node = scene.node(name);
    const ease = node === undefined ? null : easeOf(node, scene.anyClaimsOn(name), rules);
    add(name, ease, found);
    if (ease === bound) settled += 1;
  }
  return named(found, most);
}

interface Eased {
  readonly name: NodeName;
  readonly ease: number;
}

function byEaseThenName(left: Eased, right: Eased): number {
  return left.ease - right.ease || compareText(left.name, right.name);
}

function named(found: Eased[], most: number): readonly NodeName[] {
  return found
    .sort(byEaseThenName)
    .slice(0, most)
    .map(({ name }) => name);
}

function rulesOf(
  { runningOf, budget }: Search,
  request: PlacementRequest,
  locked: ReadonlySet<GpuUuid>,
): ClearingRules | null {
  const need = request.spec.gpu;
  if (need === null) return null;
  return {
    need: need.count > 1 ? { ...need, isolation: 'whole' } : need,
    host: request.spec.workload,
    mayGo: (claim) =>
      movable(claim, runningOf) !== null && claim.slices.every(({ gpu }) => !locked.has(gpu)),
    recutIdle: budget.recutIdle,
    locked,
  };
}

/** Whether it is worth a look: the engine has the last word. */
function mayHost(
  { availability, inventory }: PlacementNode,
  constraints: readonly (readonly [string, string])[],
): boolean {
  return (
    availability.kind === 'ready' &&
    constraints.every(([label, value]) => inventory.labels[label] === value)
  );
}

function clearAndPlace(
  search: Search,
  request: PlacementRequest,
  { clearing, reach }: { readonly clearing: Clearing; readonly reach: Reach },
): readonly Act[] | null {
  const { scene } = search;
  const mark = scene.mark();
  const acts: Act[] = [];
  for (const instance of clearing.recuts) {
    scene.recut(instance);
    acts.push({ kind: 'recut', instance });
  }
  const place = placeWithout(scene, request, clearing);
  if (place === null) {
    scene.undoTo(mark);
    return null;
  }
  // Kept free from here on: whoever moves away must not move into it.
  scene.begin(place);
  const locked = new Set([...reach.locked, ...clearing.cards]);
  const moved = moveAll(search, clearing.victims, { ...reach, depth: reach.depth - 1, locked });
  if (moved === null) {
    scene.undoTo(mark);
    return null;
  }
  return [...acts, ...moved, { kind: 'place', claim: place }];
}

/** Where a request would go on the cards of a clearing if its victims were gone; the scene stays as it was. */
export function placeWithout(
  scene: Scene,
  request: PlacementRequest,
  { node, victims }: Pick<Clearing, 'node' | 'victims'>,
): Claim | null {
  const mark = scene.mark();
  for (const claim of victims) scene.end(claim);
  const decision = scene.decide(request, { within: new Set<NodeName>([node]) });
  scene.undoTo(mark);
  return decision.kind === 'placed' ? decision.claim : null;
}

/** Moves some replicas elsewhere, the largest first, and if that fails the smallest first. */
function moveAll(search: Search, victims: readonly Claim[], reach: Reach): readonly Act[] | null {
  const bySize = victims.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  const orders = victims.length > 1 ? [bySize, bySize.toReversed()] : [bySize];
  for (const order of orders) {
    const acts = moveInOrder(search, order, reach);
    if (acts !== null) return acts;
  }
  return null;
}

function sizeOf(claim: Claim): number {
  return claim.slices.reduce((sum, { shape }) => sum + shape.memoryMib, 0);
}

function moveInOrder(
  search: Search,
  victims: readonly Claim[],
  reach: Reach,
): readonly Act[] | null {
  const { scene } = search;
  const mark = scene.mark();
  const acts: Act[] = [];
  for (const from of victims) {
    const done = acts.filter(({ kind }) => kind === 'move').length;
    const left = reach.moves - done - 1;
    const request = moveRequest(search, from);
    const found =
      request === null || left < 0 || scene.questions >= search.limits.questionsMax
        ? null
        : admit(search, request, { ...reach, moves: left });
    const last = found?.at(-1);
    if (found === null || last?.kind !== 'place') {
      scene.undoTo(mark);
      return null;
    }
    scene.end(from);
    acts.push(...found.slice(0, -1), { kind: 'move', move: { from, to: last.claim } });
  }
  return acts;
}

/** The request for the successor of a replica; null: nobody knows what it runs. */
export function moveRequest(search: Search, from: Claim): PlacementRequest | null {
  const running = movable(from, search.runningOf);
  if (running === null || from.holder.kind !== 'replica') return null;
  return {
    ...search.scene.standIn(),
    spec: running.spec,
    modelVersion: from.holder.modelVersion,
    nowMs: search.nowMs,
  };
}

import type { Claim } from '../../domain/claim.ts';
import type { ClaimId } from '../../domain/ids.ts';
import type { EngineOptions, PlacementRequest, PlacementSnapshot } from '../engine.ts';
import { open } from '../open.ts';
import { zeroInterruption, type RunningOf } from './budget.ts';
import { placeWithout, rank, searchLimits, type Reach, type Search } from './relocate.ts';
import { Scene } from './scene.ts';

/** What became of requests that were placed together. */
export interface PlacedTogether {
  /** One a request that has a place, in no particular order. */
  readonly claims: readonly Claim[];
  readonly refused: readonly PlacementRequest[];
}

/**
 * Places requests that arrive together, so that as much of what they ask for fits as can be found: higher
 * priorities first, several orders within one priority, and then by moving those that have just been placed.
 * What runs already stays where it is. Pure.
 */
export function placeAll(
  snapshot: PlacementSnapshot,
  requests: readonly PlacementRequest[],
  options: EngineOptions = {},
): PlacedTogether {
  const results = orders.map((order) => placeInOrder(snapshot, order(requests), options));
  return results.reduce((best, next) => (weightOf(next) > weightOf(best) ? next : best));
}

function weightOf({ refused }: PlacedTogether): number {
  return -refused.reduce((sum, request) => sum + askedOf(request), 0);
}

/** What a request asks of cards, in MiB. */
function askedOf({ spec: { gpu } }: PlacementRequest): number {
  return gpu === null ? 0 : gpu.memoryMib * gpu.count;
}

type Order = (requests: readonly PlacementRequest[]) => readonly PlacementRequest[];

/** Stable sorts: requests that are alike stay in the order in which they came. */
const orders: readonly Order[] = [
  (requests) => requests.toSorted((a, b) => byPriority(a, b) || askedOf(b) - askedOf(a)),
  (requests) =>
    requests.toSorted(
      (a, b) => byPriority(a, b) || strictness(b) - strictness(a) || askedOf(b) - askedOf(a),
    ),
  (requests) => requests.toSorted((a, b) => byPriority(a, b) || askedOf(a) - askedOf(b)),
];

function byPriority(left: PlacementRequest, right: PlacementRequest): number {
  return right.spec.priority - left.spec.priority;
}

/** Those who accept least come first. */
function strictness({ spec: { gpu } }: PlacementRequest): number {
  if (gpu === null) return 0;
  const isolation = { any: 0, mps: 1, mig: 2, whole: 3 }[gpu.count > 1 ? 'whole' : gpu.isolation];
  return isolation * 2 + (gpu.models.length > 0 ? 1 : 0);
}

function placeInOrder(
  snapshot: PlacementSnapshot,
  requests: readonly PlacementRequest[],
  options: EngineOptions,
): PlacedTogether {
  const byClaim = new Map(requests.map((request) => [request.claim, request]));
  const scene = new Scene(open(snapshot, options));
  // Only what is being placed may be moved, whatever its model says of replicas that run: it does not run yet.
  const runningOf: RunningOf = ({ id }) => {
    const request = byClaim.get(id);
    if (request === undefined) return null;
    const spec = { ...request.spec, disruption: { kind: 'budget', seconds: 0 } as const };
    return { spec, idle: true };
  };
  const budget = { ...zeroInterruption, recutIdle: false };
  const search: Search = { scene, runningOf, budget, nowMs: 0, limits: searchLimits };
  const placed = new Map<ClaimId, Claim>();
  const refused: PlacementRequest[] = [];
  const batch: Batch = { search, placed, byClaim };
  for (const request of requests) {
    if (!settle(batch, request)) refused.push(request);
  }
  return { claims: [...placed.values()], refused: trade(batch, refused) };
}

interface Batch {
  readonly search: Search;
  readonly placed: Map<ClaimId, Claim>;
  readonly byClaim: ReadonlyMap<ClaimId, PlacementRequest>;
}

const reach: Reach = { depth: 1, moves: 8, locked: new Set() };

/** Places one request, in the place of others if need be that then get another. */
function settle(batch: Batch, request: PlacementRequest): boolean {
  const { search, placed } = batch;
  const { scene, limits } = search;
  const decision = scene.decide(request);
  if (decision.kind === 'placed') {
    scene.begin(decision.claim);
    placed.set(request.claim, decision.claim);
    return true;
  }
  for (const clearing of rank(search, request, reach)) {
    if (scene.questions >= limits.questionsMax) return false;
    const place = placeWithout(scene, request, clearing);
    if (place !== null && exchange(batch, place, clearing.victims)) return true;
  }
  return false;
}

/**
 * Gives up one or two that have a place, when what was refused makes more of it; nobody for one of lower priority.
 * Returns who is refused in the end.
 */
function trade(batch: Batch, refused: readonly PlacementRequest[]): readonly PlacementRequest[] {
  const { search, byClaim, placed } = batch;
  let waiting = refused;
  for (let round = 0; round < tradesMax && waiting.length > 0; round += 1) {
    const inside = [...byClaim.values()].filter(({ claim }) => placed.has(claim));
    const singles = inside.map((each) => [each]);
    const pairs = inside.flatMap((first, at) =>
      inside.slice(at + 1).map((second) => [first, second]),
    );
    let next: readonly PlacementRequest[] | null = null;
    for (const out of [...singles, ...pairs]) {
      if (search.scene.questions >= search.limits.questionsMax) return waiting;
      next = tradeFor(batch, out, waiting);
      if (next !== null) break;
    }
    if (next === null) return waiting;
    waiting = next;
  }
  return waiting;
}

/** How often something placed is given up again. */
const tradesMax = 8;

/** Who waits after the trade; null: it wins nothing, and all is as it was. */
function tradeFor(
  { search: { scene }, placed }: Batch,
  out: readonly PlacementRequest[],
  waiting: readonly PlacementRequest[],
): readonly PlacementRequest[] | null {
  const least = Math.max(...out.map(({ spec }) => spec.priority));
  const candidates = waiting.filter(({ spec }) => spec.priority >= least);
  const lost = out.reduce((sum, each) => sum + askedOf(each), 0);
  if (candidates.reduce((sum, each) => sum + askedOf(each), 0) <= lost) return null;
  for (const order of orders) {
    const mark = scene.mark();
    for (const { claim } of out) {
      const held = placed.get(claim);
      if (held !== undefined) scene.end(held);
    }
    const won: Claim[] = [];
    let gain = -lost;
    for (const request of [...order(candidates), ...order(out)]) {
      const decision = scene.decide(request);
      if (decision.kind === 'refused') continue;
      scene.begin(decision.claim);
      won.push(decision.claim);
      gain += askedOf(request);
    }
    if (gain > 0) {
      for (const { claim } of out) placed.delete(claim);
      for (const claim of won) placed.set(claim.id, claim);
      return [...waiting, ...out].filter(({ claim }) => !placed.has(claim));
    }
    scene.undoTo(mark);
  }
  return null;
}

/** `place` comes, `victims` find other places; or all stays as it was. */
function exchange(batch: Batch, place: Claim, victims: readonly Claim[]): boolean {
  const { search, placed, byClaim } = batch;
  const { scene } = search;
  const mark = scene.mark();
  for (const victim of victims) scene.end(victim);
  scene.begin(place);
  const moved: Claim[] = [];
  const bySize = victims.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  for (const victim of bySize) {
    const request = byClaim.get(victim.id);
    const decision = request === undefined ? null : scene.decide(request);
    if (decision?.kind !== 'placed') {
      scene.undoTo(mark);
      return false;
    }
    scene.begin(decision.claim);
    moved.push(decision.claim);
  }
  for (const claim of [place, ...moved]) placed.set(claim.id, claim);
  return true;
}

function sizeOf(claim: Claim): number {
  return claim.slices.reduce((sum, { shape }) => sum + shape.memoryMib, 0);
}

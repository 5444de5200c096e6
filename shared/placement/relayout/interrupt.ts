import type { Claim } from '../../domain/claim.ts';
import type { Estimates } from '../../domain/estimates.ts';
import type { GpuUuid } from '../../domain/ids.ts';
import type { PlacementRequest } from '../engine.ts';
import { interruptionSeconds, mayInterrupt, mayPreempt, movable, type Running } from './budget.ts';
import { admit, moveRequest, rank, type Act, type Reach, type Search } from './relocate.ts';

/** A way in which somebody notices: some replicas stop, and then everything else is done. */
export interface Forced {
  /** Stopped before anything else; their successors are placed like everybody. */
  readonly interrupted: readonly { readonly from: Claim; readonly to: Claim }[];
  /** Ended for good. */
  readonly preempted: readonly Claim[];
  readonly acts: readonly Act[];
}

const nothingLocked: ReadonlySet<GpuUuid> = new Set();

/** The most replicas that are thought interrupted together. */
const togetherMax = 3;

/**
 * Places a request by interrupting as few seconds of service as possible, within the budget and within what each
 * replica's own policy allows. Sets of replicas are tried in order of their price. null: no way was found, and the
 * scene is as it was.
 */
export function interruptFor(
  search: Search,
  request: PlacementRequest,
  { estimates, reach }: { readonly estimates: Estimates; readonly reach: Reach },
): Forced | null {
  const { budget, scene, limits } = search;
  if (budget.interruptionSeconds <= 0) return null;
  for (const set of interruptible(search, request, estimates)) {
    if (set.seconds > budget.interruptionSeconds) break;
    if (scene.questions >= limits.questionsMax) break;
    const found = withoutThem(search, request, { claims: set.claims, reach });
    if (found !== null) return found;
  }
  return null;
}

interface Priced {
  readonly claims: readonly Claim[];
  readonly seconds: number;
}

/** Sets of replicas that may be interrupted and whose absence may help, cheapest first. */
function interruptible(
  search: Search,
  request: PlacementRequest,
  estimates: Estimates,
): readonly Priced[] {
  const { runningOf, limits } = search;
  const single = new Map<string, { readonly claim: Claim; readonly seconds: number } | null>();
  const priceOf = (claim: Claim) => {
    const known = single.get(claim.id);
    if (known !== undefined) return known;
    const running = movable(claim, runningOf);
    const seconds = running === null ? 0 : interruptionSeconds(running, estimates);
    const may = running !== null && mayInterrupt(running, seconds);
    const priced = may ? { claim, seconds } : null;
    single.set(claim.id, priced);
    return priced;
  };
  const sets = new Map<string, Priced>();
  const add = (claims: readonly Claim[]) => {
    const priced = claims.map(priceOf).filter((each) => each !== null);
    if (priced.length === 0 || priced.length > togetherMax) return;
    const key = priced
      .map(({ claim }) => claim.id)
      .sort()
      .join();
    const seconds = priced.reduce((sum, each) => sum + each.seconds, 0);
    sets.set(key, { claims: priced.map(({ claim }) => claim), seconds });
  };
  const ways = rank(search, request, { depth: 1, moves: Infinity, locked: nothingLocked });
  for (const { victims } of ways.slice(0, limits.clearingsMax)) {
    // Those of the victims that must be interrupted are not known yet: each part of them is a candidate.
    for (const part of partsOf(victims)) add(part);
  }
  // Map keeps the order of ease, and the sort is stable: among equal prices the easiest first.
  return [...sets.values()].sort((a, b) => a.seconds - b.seconds);
}

/** All parts of up to `togetherMax` out of a few, else the whole alone. */
function partsOf(victims: readonly Claim[]): readonly (readonly Claim[])[] {
  if (victims.length > 6) return [victims];
  return victims.reduce<readonly (readonly Claim[])[]>(
    (parts, victim) => [
      ...parts,
      ...parts.filter((part) => part.length < togetherMax).map((part) => [...part, victim]),
    ],
    [[]],
  );
}

/** Ends some replicas, then places the request and their successors, the largest first. */
function withoutThem(
  search: Search,
  request: PlacementRequest,
  { claims, reach }: { readonly claims: readonly Claim[]; readonly reach: Reach },
): Forced | null {
  const { scene } = search;
  const mark = scene.mark();
  const successors = claims.map((from) => ({ from, request: moveRequest(search, from) }));
  for (const claim of claims) scene.end(claim);
  const queue = [{ from: null, request }, ...successors].sort(
    (a, b) => needOf(b.request) - needOf(a.request),
  );
  for (const order of queue.length > 1 ? [queue, queue.toReversed()] : [queue]) {
    const acts: Act[] = [];
    const interrupted: { from: Claim; to: Claim }[] = [];
    const placed = order.every((each) => {
      const found = each.request === null ? null : admit(search, each.request, reach);
      const last = found?.at(-1);
      if (found === null || last?.kind !== 'place') return false;
      acts.push(...found);
      if (each.from !== null) interrupted.push({ from: each.from, to: last.claim });
      return true;
    });
    if (placed) return { interrupted, preempted: [], acts };
    scene.undoTo(mark);
    for (const claim of claims) scene.end(claim);
  }
  scene.undoTo(mark);
  return null;
}

function needOf(request: PlacementRequest | null): number {
  const gpu = request?.spec.gpu ?? null;
  return gpu === null ? 0 : gpu.memoryMib * gpu.count;
}

/**
 * Places a request by ending replicas of lower priority: on one node, as few and as unimportant as will do. All
 * that may go are thought gone, and then each gets its place back while the request still fits, the most important
 * first, as kube-scheduler does. Victims that find another place unharmed are moved instead.
 */
export function preemptFor(search: Search, request: PlacementRequest, reach: Reach): Forced | null {
  const { scene, runningOf, limits, budget } = search;
  if (!budget.preempt) return null;
  const { priority } = request.spec;
  const lower = (claim: Claim): Running | null => {
    const running = movable(claim, runningOf);
    return running !== null && mayPreempt(running, priority) ? running : null;
  };
  let best: Forced | null = null;
  let bestRank: readonly number[] = [];
  let tries = 0;
  const base = scene.mark();
  for (const clearing of rank(search, request, { ...reach, moves: Infinity })) {
    if (scene.questions >= limits.questionsMax || tries >= limits.nodesMax) break;
    const victims = clearing.victims
      .flatMap((claim) => {
        const running = lower(claim);
        return running === null ? [] : [{ claim, priority: running.spec.priority }];
      })
      .sort((a, b) => b.priority - a.priority);
    if (victims.length === 0) continue;
    tries += 1;
    const ended = reprieve(search, request, { victims: victims.map(({ claim }) => claim), reach });
    scene.undoTo(base);
    if (ended === null) continue;
    const priorities = victims
      .filter(({ claim }) => ended.includes(claim))
      .map((each) => each.priority);
    const rankOf = [
      Math.max(...priorities),
      priorities.reduce((sum, each) => sum + each, 0),
      priorities.length,
    ];
    if (best !== null && compareLists(rankOf, bestRank) >= 0) continue;
    for (const claim of ended) scene.end(claim);
    const acts = admit(search, request, reach);
    scene.undoTo(base);
    if (acts === null) continue;
    best = { interrupted: [], preempted: ended, acts };
    bestRank = rankOf;
  }
  return best;
}

/** The victims that cannot be spared; null: the request does not fit even without all of them. */
function reprieve(
  search: Search,
  request: PlacementRequest,
  { victims, reach }: { readonly victims: readonly Claim[]; readonly reach: Reach },
): readonly Claim[] | null {
  const fitsWithout = (gone: readonly Claim[]) => {
    const mark = search.scene.mark();
    for (const claim of gone) search.scene.end(claim);
    const fits = admit(search, request, reach) !== null;
    search.scene.undoTo(mark);
    return fits;
  };
  if (!fitsWithout(victims)) return null;
  let needed = victims;
  for (const victim of victims) {
    const rest = needed.filter((each) => each !== victim);
    if (rest.length > 0 && fitsWithout(rest)) needed = rest;
  }
  return needed;
}

function compareLists(left: readonly number[], right: readonly number[]): number {
  for (const [at, value] of left.entries()) {
    const other = right[at] ?? 0;
    if (value !== other) return value - other;
  }
  return 0;
}

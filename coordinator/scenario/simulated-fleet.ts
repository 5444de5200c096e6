import { assert } from '../../shared/domain/assert.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { GpuUuid, ModelName, NodeName } from '../../shared/domain/ids.ts';
import type { PolicyName } from '../../shared/placement/policies/policy-name.ts';
import { fleetLimits } from '../fleet/limits.ts';
import { NodeFaults } from './node-faults.ts';
import type { Scenario } from './scenario.ts';
import { SimulatedCluster } from './simulated-cluster.ts';
import { TimeGauge } from './time-gauge.ts';
import {
  count,
  isServing,
  newTally,
  newWish,
  type Copy,
  type Fault,
  type ModelTally,
  type Wish,
} from './wish.ts';

/** What a fleet asks to be told of later. */
export type Later =
  | { readonly kind: 'ready'; readonly wish: Wish; readonly copy: Copy }
  | { readonly kind: 'leaves'; readonly wish: Wish }
  | { readonly kind: 'judge' };

export interface FleetOptions {
  readonly policy: PolicyName;
  readonly seed: number;
  readonly later: (atMs: number, what: Later) => void;
}

const lintProblemsMax = 100;

/**
 * A cluster that lives in event time: the shipped engine, and what the coordinator does around it. New replicas are
 * placed in order of priority; those of a lost node or a failed card elsewhere; those of a drained node move once others
 * serve in their stead. What runs is never moved otherwise.
 * Invariants: the cluster and the wishes agree about what is claimed; time only goes forward.
 */
export class SimulatedFleet {
  readonly models: readonly ModelTally[];
  readonly allocatedPermille = new TimeGauge();
  readonly lintProblems: string[] = [];
  /** Nodes whose replicas were not replaced, because too many were silent at once. */
  readonly heldBack = new Set<NodeName>();
  readonly cluster: SimulatedCluster;
  readonly #scenario: Scenario;
  readonly #later: FleetOptions['later'];
  readonly #faults: NodeFaults;
  readonly #byNode = new Map<NodeName, Set<Wish>>();
  readonly #isUp = (copy: Copy): boolean => this.#faults.isUp(copy.claim.node);
  readonly #byName: ReadonlyMap<ModelName, ModelTally>;
  #nowMs = 0;

  constructor(scenario: Scenario, { policy, seed, later }: FleetOptions) {
    this.#scenario = scenario;
    this.#later = later;
    const specs = [...scenario.models.values()];
    this.cluster = new SimulatedCluster(scenario.nodes, specs, { policy, seed });
    const { lostAfterMs } = scenario;
    this.#faults = new NodeFaults(scenario.nodes, { ...fleetLimits, lostAfterMs });
    this.models = specs
      .toSorted((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1))
      .map(newTally);
    this.#byName = new Map(this.models.map((model) => [model.name, model]));
  }

  advanceTo(atMs: number): void {
    this.#nowMs = atMs;
  }

  scale(name: ModelName, replicas: number): void {
    const model = this.#model(name);
    while (model.replicas.length < replicas) {
      model.replicas.push(this.#want(model, null));
    }
    const surplus = model.replicas.length - replicas;
    if (surplus <= 0) return;
    // Who has no place goes first, then who came last.
    const going = model.replicas
      .toReversed()
      .toSorted((a, b) => Number(hasPlace(a)) - Number(hasPlace(b)))
      .slice(0, surplus);
    for (const wish of going) {
      model.replicas.splice(model.replicas.indexOf(wish), 1);
      this.leave(wish);
    }
  }

  /** One replica that leaves `lifeMs` after it got a place. */
  arrive(name: ModelName, lifeMs: number): Wish {
    return this.#want(this.#model(name), lifeMs);
  }

  leave(wish: Wish): void {
    if (wish.over) return;
    wish.over = true;
    this.#noteWait(wish);
    wish.model.waiting.delete(wish);
    for (const copy of [wish.copy, wish.old]) if (copy !== null) this.#release(wish, copy);
    wish.model.wanted.add(-1, this.#nowMs);
    this.#count(wish);
  }

  /** Its life may be over: a fault in between gave it a new one. */
  expire(wish: Wish): void {
    if (wish.leavesAtMs === this.#nowMs) this.leave(wish);
  }

  /** It has waited since it came, and waits no longer. */
  giveUp(wish: Wish): void {
    if (wish.over || wish.copy !== null || wish.waitsSinceMs !== wish.sinceMs) return;
    wish.model.gaveUp += 1;
    this.leave(wish);
  }

  ready(wish: Wish, copy: Copy): void {
    if (wish.copy !== copy) return;
    copy.ready = true;
    if (wish.old !== null) this.#release(wish, wish.old);
    if (this.#faults.isDrained(copy.claim.node)) this.#move(wish);
    this.#count(wish);
  }

  silence(node: NodeName, by: 1 | -1): void {
    const served = this.#on(node).filter((wish) => isServing(wish, this.#isUp));
    this.#faults.silence(node, by, this.#nowMs);
    this.#refreshNode(node);
    for (const wish of served) this.#noteFault(wish, 'node-lost');
    for (const wish of this.#on(node)) this.#count(wish);
    // One that comes back may make those that were held back few enough.
    const inMs = by === 1 ? this.#scenario.lostAfterMs : 0;
    this.#later(this.#nowMs + inMs, { kind: 'judge' });
  }

  /** Replaces what is on nodes that have been silent for too long. */
  judge(): void {
    const { lost, held } = this.#faults.judge(this.#nowMs);
    for (const node of held) this.heldBack.add(node);
    for (const node of lost) {
      this.#refreshNode(node);
      for (const wish of this.#on(node)) this.#dropFrom(wish, (copy) => copy.claim.node === node);
    }
  }

  failCard(node: NodeName, gpu: GpuUuid, by: 1 | -1): void {
    const isThere = ({ claim }: Copy): boolean => claim.slices.some((slice) => slice.gpu === gpu);
    const served = this.#on(node).filter((wish) => isServing(wish, this.#isUp));
    this.#faults.failCard(node, gpu, by);
    if (by === 1) for (const wish of this.#on(node)) this.#dropFrom(wish, isThere);
    this.#refreshNode(node);
    for (const wish of served) this.#noteFault(wish, 'card-failed');
  }

  drain(node: NodeName, by: 1 | -1): void {
    this.#faults.drain(node, by);
    this.#refreshNode(node);
    if (this.#faults.isDrained(node)) for (const wish of this.#on(node)) this.#move(wish);
    else for (const wish of this.#on(node)) this.#stay(wish);
    this.#later(this.#nowMs, { kind: 'judge' });
  }

  /** Gives places to those who wait, and checks what was promised. Once after all that happens at one moment. */
  settle(): void {
    for (const model of this.models) this.#placeAll(model);
    this.allocatedPermille.set(this.cluster.claimedPermille, this.#nowMs);
    const found = this.cluster.lint((node) => this.#claimsOn(node));
    const room = lintProblemsMax - this.lintProblems.length;
    this.lintProblems.push(...found.slice(0, room).map((text) => `at ${this.#nowMs}ms ${text}`));
  }

  #want(model: ModelTally, lifeMs: number | null): Wish {
    const wish = newWish(model, this.#nowMs, lifeMs);
    model.asked += 1;
    model.wanted.add(1, this.#nowMs);
    model.waiting.add(wish);
    this.cluster.note(model.spec);
    return wish;
  }

  #placeAll(model: ModelTally): void {
    const { spec } = model;
    if (model.refusedAt === this.cluster.version) return;
    for (const wish of model.waiting) {
      const explain = model.reason === '';
      const answer = this.cluster.place(spec, { nowMs: this.#nowMs, explain });
      if (answer.kind === 'placed') this.#hold(wish, answer.claim);
      else {
        if (explain) model.reason = answer.why;
        // The next one asks for the same.
        model.refusedAt = this.cluster.version;
        return;
      }
    }
  }

  #hold(wish: Wish, claim: Claim): void {
    const copy: Copy = { claim, ready: false };
    this.#setOn(claim.node).add(wish);
    this.#noteWait(wish);
    wish.model.waiting.delete(wish);
    wish.waitsSinceMs = null;
    wish.copy = copy;
    this.#later(this.#nowMs + this.#scenario.startupMs, { kind: 'ready', wish, copy });
    if (wish.lifeMs !== null && wish.leavesAtMs === null) {
      wish.leavesAtMs = this.#nowMs + wish.lifeMs;
      this.#later(wish.leavesAtMs, { kind: 'leaves', wish });
    }
    this.#count(wish);
  }

  /** Its place is given back. */
  #release(wish: Wish, copy: Copy): void {
    const { node } = copy.claim;
    if (wish.copy === copy) wish.copy = null;
    if (wish.old === copy) wish.old = null;
    const stays = [wish.copy, wish.old].some((each) => each?.claim.node === node);
    if (!stays) this.#setOn(node).delete(wish);
    this.cluster.release(copy.claim);
  }

  /** A fault takes these copies of it. */
  #dropFrom(wish: Wish, isGone: (copy: Copy) => boolean): void {
    const before = hasPlace(wish);
    for (const copy of [wish.old, wish.copy]) {
      if (copy !== null && isGone(copy)) this.#release(wish, copy);
    }
    if (before && !hasPlace(wish)) {
      // It begins anew: its life, and its wait, even if it had been about to move.
      wish.leavesAtMs = null;
      wish.waitsSinceMs = this.#nowMs;
    }
    if (wish.copy === null) this.#queue(wish);
    this.#count(wish);
  }

  /** It is to have another place, and leaves this one when it serves there. */
  #move(wish: Wish): void {
    if (wish.copy === null || wish.old !== null) return;
    wish.old = wish.copy;
    wish.copy = null;
    this.#queue(wish);
  }

  /** It need not move, and has nowhere to move to yet. */
  #stay(wish: Wish): void {
    if (wish.copy !== null || wish.old === null) return;
    wish.copy = wish.old;
    wish.old = null;
    wish.waitsSinceMs = null;
    wish.model.waiting.delete(wish);
  }

  #queue(wish: Wish): void {
    wish.waitsSinceMs ??= this.#nowMs;
    wish.model.waiting.add(wish);
    wish.model.refusedAt = -1;
  }

  #noteFault(wish: Wish, fault: Fault): void {
    if (!isServing(wish, this.#isUp)) wish.model.faults[fault] += 1;
  }

  /** How long it has waited; whoever moves serves meanwhile. */
  #noteWait(wish: Wish): void {
    const { model, waitsSinceMs } = wish;
    if (waitsSinceMs === null || wish.old !== null || waitsSinceMs === this.#nowMs) return;
    model.waited += 1;
    model.longestWaitMs = Math.max(model.longestWaitMs, this.#nowMs - waitsSinceMs);
  }

  #count(wish: Wish): void {
    count(wish, this.#isUp, this.#nowMs);
  }

  #refreshNode(node: NodeName): void {
    this.cluster.setNode(this.#faults.nodeAt(node, this.#nowMs));
  }

  #claimsOn(node: NodeName): readonly Claim[] {
    return this.#on(node)
      .flatMap(({ copy, old }) => [copy, old])
      .flatMap((copy) => (copy?.claim.node === node ? [copy.claim] : []));
  }

  #on(node: NodeName): readonly Wish[] {
    return [...this.#setOn(node)];
  }

  #setOn(node: NodeName): Set<Wish> {
    const there = this.#byNode.get(node) ?? new Set();
    this.#byNode.set(node, there);
    return there;
  }

  #model(name: ModelName): ModelTally {
    const model = this.#byName.get(name);
    assert(model !== undefined, `${name} is a model of the scenario`);
    return model;
  }
}

function hasPlace({ copy, old }: Wish): boolean {
  return copy !== null || old !== null;
}

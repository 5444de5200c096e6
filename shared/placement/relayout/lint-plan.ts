import type { Plan, PlanStage, PlanStep } from '../../domain/change.ts';
import type { Claim } from '../../domain/claim.ts';
import { authorityAllows } from '../../domain/gpu.ts';
import type { ClaimId, NodeName, ReplicaId } from '../../domain/ids.ts';
import type { GpuInventory } from '../../domain/inventory.ts';
import type { Slice } from '../../domain/slice.ts';
import type { PlacementNode, PlacementSnapshot } from '../engine.ts';
import { lintPlacement, type LintProblem } from '../lint.ts';
import { lintNewPlace, lintState, type SpecOf } from './lint-rules.ts';
import { lintDisruption, type DisruptionFacts } from './lint-disruption.ts';

/** What is wrong with a plan. */
export interface PlanProblem {
  /** Which stage, from 0; null: the plan as a whole. */
  readonly stage: number | null;
  /** Stable word; those of `LintProblem` where a state in between would break a promise. */
  readonly code: LintProblem['code'] | PlanFault;
  readonly message: string;
}

export type PlanFault =
  | 'claim-unknown'
  | 'allocation-touched'
  | 'foreign-touched'
  | 'instance-moved-on'
  | 'slice-unknown'
  | 'slice-in-use'
  | 'start-too-early'
  | 'mode-in-use'
  | 'authority'
  | 'node-unavailable'
  | 'link-broken'
  | 'unfinished'
  | 'disruption'
  | 'interruption-untold'
  | 'spread'
  | 'anti-affinity'
  | 'label'
  | 'card-model'
  | 'too-small'
  | 'isolation';

/** What a plan is judged by beside the snapshot. */
export interface PlanFacts extends DisruptionFacts {
  readonly specOf: SpecOf;
}

/**
 * Carries a plan out on paper, step by step, and tells every promise that it would break: no slice twice, placements
 * legal at every moment, memory promised once, nothing new on cards and nodes that may not be used, nothing
 * stopped that the plan does not name, nobody interrupted who must not be. It shares no code with the planner.
 */
export function lintPlan(
  snapshot: PlacementSnapshot,
  plan: Plan,
  facts: PlanFacts,
): readonly PlanProblem[] {
  const world = new PaperWorld(snapshot, plan, facts.specOf);
  plan.stages.forEach((stage, at) => {
    world.carryOut(stage, at);
  });
  world.finish();
  return [...world.problems, ...lintDisruption(snapshot, plan, facts)];
}

/**
 * The cards, claims and replicas as a plan would leave them.
 * Invariants: a claim is held from the stage that first names it until all that it holds is given back.
 */
class PaperWorld {
  readonly problems: PlanProblem[] = [];
  readonly #plan: Plan;
  readonly #specOf: SpecOf;
  readonly #nodes: Map<NodeName, PlacementNode>;
  readonly #claims: Map<ClaimId, Claim>;
  readonly #begins: ReadonlyMap<ClaimId, Claim>;
  readonly #known: ReadonlySet<string>;
  readonly #made = new Set<string>();
  readonly #destroyed = new Set<string>();
  readonly #started = new Set<ReplicaId>();
  readonly #stopped = new Set<ReplicaId>();
  #stage = 0;

  constructor(snapshot: PlacementSnapshot, plan: Plan, specOf: SpecOf) {
    this.#plan = plan;
    this.#specOf = specOf;
    const ends = new Set(plan.ends);
    const touched = new Set<NodeName>([
      ...plan.begins.map(({ node }) => node),
      ...snapshot.claims.filter(({ id }) => ends.has(id)).map(({ node }) => node),
      ...plan.stages.flatMap(({ steps }) => steps.map(({ node }) => node)),
    ]);
    this.#nodes = new Map(
      snapshot.nodes
        .filter(({ inventory }) => touched.has(inventory.node))
        .map((node) => [node.inventory.node, node]),
    );
    this.#claims = new Map(
      snapshot.claims.filter(({ node }) => touched.has(node)).map((claim) => [claim.id, claim]),
    );
    this.#begins = new Map(plan.begins.map((claim) => [claim.id, claim]));
    // What was wrong before is not the plan's fault.
    this.#known = new Set(this.#stateProblems().map(keyOf));
  }

  carryOut(stage: PlanStage, at: number): void {
    this.#stage = at;
    for (const claim of this.#beginning(stage.steps)) this.#begin(claim);
    this.#checkState();
    for (const step of stage.steps) this.#step(step);
    for (const id of this.#plan.ends) this.#endIfDone(id);
    this.#checkState();
    // What a stage makes is there at its end, not within it.
    for (const step of stage.steps) {
      if (step.kind === 'create-slice') this.#made.add(step.slice);
      if (step.kind === 'start-replica') this.#started.add(step.replica);
      if (step.kind === 'stop-replica') this.#stopped.add(step.replica);
    }
    for (const id of this.#plan.ends) this.#endIfDone(id);
  }

  finish(): void {
    for (const claim of this.#begins.values()) {
      const { holder, slices } = claim;
      const lacks = slices.some(({ id }) => !this.#made.has(id));
      const idle = holder.kind === 'replica' && !this.#started.has(holder.replica);
      if (lacks || idle) this.#blame(null, 'unfinished', `claim ${claim.id} never comes to run`);
    }
    for (const id of this.#plan.ends) {
      if (this.#claims.has(id)) this.#blame(null, 'unfinished', `claim ${id} is never given back`);
    }
  }

  /** Claims that a stage names for the first time. */
  #beginning(steps: readonly PlanStep[]): readonly Claim[] {
    const slices = new Set(steps.flatMap((s) => (s.kind === 'create-slice' ? [s.slice] : [])));
    const replicas = new Set(steps.flatMap((s) => (s.kind === 'start-replica' ? [s.replica] : [])));
    return [...this.#begins.values()].filter(
      ({ id, holder, slices: own }) =>
        !this.#claims.has(id) &&
        (own.some((slice) => slices.has(slice.id)) ||
          (holder.kind === 'replica' && replicas.has(holder.replica))),
    );
  }

  #begin(claim: Claim): void {
    this.#claims.set(claim.id, claim);
    const node = this.#nodes.get(claim.node);
    if (node === undefined || node.availability.kind !== 'ready') {
      this.#blame(
        this.#stage,
        'node-unavailable',
        `${claim.id} goes to ${claim.node}, which takes nothing new`,
      );
    }
    if (node === undefined) return;
    for (const slice of claim.slices) this.#checkAuthority(node, slice);
    for (const [code, message] of lintNewPlace(claim, node, this.#specOf(claim))) {
      this.#blame(this.#stage, code, message);
    }
  }

  #checkAuthority(node: PlacementNode, slice: Slice): void {
    const gpu = node.inventory.gpus.find(({ uuid }) => uuid === slice.gpu);
    if (gpu === undefined) return;
    const { shape } = slice;
    const exists =
      shape.kind !== 'mig' ||
      gpu.instances.some((i) => i.giProfileId === shape.giProfileId && i.start === shape.start);
    const switches = gpu.migEnabled !== null && (shape.kind === 'mig') !== gpu.migEnabled;
    const needed = exists && !switches ? 'place' : 'cut';
    if (authorityAllows(gpu.authority, needed)) return;
    this.#blame(
      this.#stage,
      'authority',
      `${slice.id} needs authority ${needed} on ${gpu.uuid}, which has ${gpu.authority}`,
    );
  }

  #step(step: PlanStep): void {
    switch (step.kind) {
      case 'set-mode':
        return this.#setMode(step);
      case 'create-slice':
        return this.#createSlice(step);
      case 'destroy-slice':
        return step.slice === null ? this.#clearIdle(step) : this.#destroySlice(step, step.slice);
      case 'start-replica':
        return this.#start(step);
      case 'stop-replica':
        return this.#stop(step);
    }
  }

  #setMode({ gpu, mode }: Extract<PlanStep, { kind: 'set-mode' }>): void {
    const other = this.#slicesOn(gpu).find(({ shape }) => shape.kind !== mode);
    if (other === undefined) return;
    this.#blame(this.#stage, 'mode-in-use', `${gpu} is set to ${mode} under ${other.id}`);
  }

  #createSlice(step: Extract<PlanStep, { kind: 'create-slice' }>): void {
    const owner = [...this.#begins.values()].find(({ slices }) =>
      slices.some(({ id }) => id === step.slice),
    );
    const slice = owner?.slices.find(({ id }) => id === step.slice);
    if (slice !== undefined && slice.gpu === step.gpu && slice.node === step.node) return;
    this.#blame(
      this.#stage,
      'slice-unknown',
      `${step.slice} belongs to no claim that the plan begins there`,
    );
  }

  #destroySlice(step: Extract<PlanStep, { kind: 'destroy-slice' }>, id: string): void {
    const owner = this.#endingOwner(id);
    if (owner === undefined) {
      this.#blame(this.#stage, 'slice-unknown', `${id} belongs to no claim that the plan ends`);
      return;
    }
    const { holder } = owner;
    if (holder.kind === 'replica' && !this.#stopped.has(holder.replica)) {
      this.#blame(this.#stage, 'slice-in-use', `${id} is destroyed under ${holder.replica}`);
    }
    this.#destroyed.add(id);
    this.#dropInstance(step, ({ slice }) => slice === id);
  }

  #clearIdle(step: Extract<PlanStep, { kind: 'destroy-slice' }>): void {
    const { placement } = step;
    const gpu = this.#gpu(step.node, step.gpu);
    const at = (each: { readonly giProfileId: number; readonly start: number }) =>
      each.giProfileId === placement?.giProfileId && each.start === placement.start;
    const instance = gpu?.instances.find(at);
    if (gpu === undefined || instance === undefined || instance.slice !== null) {
      this.#blame(this.#stage, 'slice-unknown', `no idle instance ${step.shape} is on ${step.gpu}`);
      return;
    }
    const { seen } = step;
    const same =
      seen?.gpuInstanceId === instance.gpuInstanceId && seen.layoutRevision <= gpu.layoutRevision;
    if (!same) {
      const what = `${step.shape} on ${step.gpu} is not the instance that the plan saw`;
      this.#blame(this.#stage, 'instance-moved-on', what);
    }
    const held = this.#slicesOn(step.gpu).some(({ shape }) => shape.kind === 'mig' && at(shape));
    if (held)
      this.#blame(this.#stage, 'slice-in-use', `${step.shape} on ${step.gpu} is held by a claim`);
    if (gpu.mode === 'foreign' || gpu.memoryForeignMib > 0 || gpu.authority !== 'cut') {
      this.#blame(
        this.#stage,
        'foreign-touched',
        `${step.shape} on ${step.gpu} is not ours to destroy`,
      );
    }
    this.#dropInstance(step, at);
  }

  #start({ replica, replaces }: Extract<PlanStep, { kind: 'start-replica' }>): void {
    const claim = claimOf(this.#begins.values(), replica);
    if (claim === undefined) {
      this.#blame(this.#stage, 'claim-unknown', `${replica} is started without a claim`);
      return;
    }
    if (claim.slices.some(({ id }) => !this.#made.has(id))) {
      this.#blame(this.#stage, 'start-too-early', `${replica} starts before its slices are there`);
    }
    if (replaces !== null) this.#checkLink(replaces, replica);
  }

  #stop({ replica, replacedBy }: Extract<PlanStep, { kind: 'stop-replica' }>): void {
    const claim = claimOf(this.#claims.values(), replica);
    if (claim === undefined || !this.#plan.ends.includes(claim.id)) {
      this.#blame(
        this.#stage,
        'claim-unknown',
        `${replica} is stopped, and the plan does not end it`,
      );
    }
    if (replacedBy !== null) this.#checkLink(replica, replacedBy);
  }

  /** Both sides of a move name each other and run the same model. */
  #checkLink(old: ReplicaId, next: ReplicaId): void {
    const steps = this.#plan.stages.flatMap((stage) => stage.steps);
    const start = steps.find((s) => s.kind === 'start-replica' && s.replica === next);
    const stop = steps.find((s) => s.kind === 'stop-replica' && s.replica === old);
    const linked =
      start?.kind === 'start-replica' &&
      stop?.kind === 'stop-replica' &&
      start.replaces === old &&
      stop.replacedBy === next;
    if (!linked)
      this.#blame(this.#stage, 'link-broken', `${next} and ${old} do not replace each other`);
  }

  #endIfDone(id: ClaimId): void {
    const claim = this.#claims.get(id);
    if (claim === undefined) return;
    if (claim.holder.kind === 'allocation' && this.#plan.kind !== 'apply') {
      this.#blame(this.#stage, 'allocation-touched', `${id} is an allocation, and never moved`);
    }
    const { holder } = claim;
    const stopped = holder.kind !== 'replica' || this.#stopped.has(holder.replica);
    if (stopped && claim.slices.every((slice) => this.#destroyed.has(slice.id)))
      this.#claims.delete(id);
  }

  #endingOwner(slice: string): Claim | undefined {
    return this.#plan.ends
      .map((id) => this.#claims.get(id))
      .find((claim) => claim?.slices.some(({ id }) => id === slice) === true);
  }

  #slicesOn(gpu: string): readonly Slice[] {
    return [...this.#claims.values()].flatMap(({ slices }) =>
      slices.filter((each) => each.gpu === gpu),
    );
  }

  #gpu(name: NodeName, uuid: string): GpuInventory | undefined {
    return this.#nodes.get(name)?.inventory.gpus.find((gpu) => gpu.uuid === uuid);
  }

  #dropInstance(
    step: { readonly node: NodeName; readonly gpu: string },
    gone: (instance: GpuInventory['instances'][number]) => boolean,
  ): void {
    const node = this.#nodes.get(step.node);
    if (node === undefined) return;
    const gpus = node.inventory.gpus.map((gpu) =>
      gpu.uuid === step.gpu
        ? { ...gpu, instances: gpu.instances.filter((each) => !gone(each)) }
        : gpu,
    );
    this.#nodes.set(step.node, { ...node, inventory: { ...node.inventory, gpus } });
  }

  #stateProblems(): readonly { readonly code: PlanProblem['code']; readonly message: string }[] {
    const world = { nodes: [...this.#nodes.values()], claims: [...this.#claims.values()] };
    return [...lintPlacement(world), ...lintState(world, this.#specOf)];
  }

  #checkState(): void {
    for (const problem of this.#stateProblems()) {
      if (!this.#known.has(keyOf(problem))) this.#blame(this.#stage, problem.code, problem.message);
    }
  }

  #blame(stage: number | null, code: PlanProblem['code'], message: string): void {
    const known = this.problems.some(
      (each) => each.stage === stage && each.code === code && each.message === message,
    );
    if (!known) this.problems.push({ stage, code, message });
  }
}

function keyOf({ code, message }: { readonly code: string; readonly message: string }): string {
  return `${code} ${message}`;
}

function claimOf(claims: Iterable<Claim>, replica: ReplicaId): Claim | undefined {
  return [...claims].find(({ holder }) => holder.kind === 'replica' && holder.replica === replica);
}

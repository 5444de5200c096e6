import { AssertionError } from '../../shared/domain/assert.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { ModelName, NodeName, ReplicaId } from '../../shared/domain/ids.ts';
import type { Evidence, Refusal } from '../../shared/placement/engine.ts';
import { WhatIf } from '../../shared/placement/what-if.ts';
import { storeKeys, type ModelRecord } from '../store/values.ts';
import { AllocationPlanner } from './allocation-planner.ts';
import { plannedReplicas, preemptedBy } from './changes.ts';
import { retireClaim } from './claim-life.ts';
import { isIdle } from './may-stop.ts';
import { freshSuffix } from '../../shared/domain/fresh-suffix.ts';
import { noHolds } from './change-holds.ts';
import type { LedgerWrite } from './ledger.ts';
import { planModel, standingOf, type Copy, type ModelMoves, type Standing } from './model-plan.ts';
import { claimIdOf, replicaIdOf } from './names.ts';
import type { News } from './news.ts';
import type { Host, World } from './world.ts';

/** Why a model has replicas without a place, as of the last time that anything changed. */
export interface Pending {
  readonly refusal: Refusal;
  readonly evidence: readonly Evidence[];
  /** What the answer was made from: while both stand, asking again gives the same. */
  readonly engineVersion: number;
  readonly modelRevision: bigint;
}

/** The nodes that this look has judged already: nothing that a look decides changes a verdict on a node. */
type Hosts = Map<NodeName, Host>;

type Groups = (readonly LedgerWrite[])[];

/** What the engine has given a replica. */
interface Placed {
  readonly replica: ReplicaId;
  readonly claim: Claim;
}

/** Copies that were placed out of turn. */
export interface PlacedNow {
  readonly claims: readonly Claim[];
  readonly groups: readonly (readonly LedgerWrite[])[];
  /** Why there are not more; null: there are as many as were asked for. */
  readonly refusal: Refusal | null;
}

/**
 * Decides, model by model in order of priority, what the next writes are.
 * Invariants: no writes are lost between rounds, because each round plans from what is; a group is atomic.
 */
export class Planner {
  readonly #world: World;
  readonly #pending = new Map<string, Pending>();
  /** For each model the question "would it help if one ended?" that was last answered with no. */
  readonly #hopeless = new Map<string, string>();
  /** Models that are not as they are wanted: each round looks at them, whatever has come up. */
  readonly #unsettled = new Set<ModelName>();
  /** Declared, and not looked at since. */
  readonly #awaited = new Set<ModelName>();
  /** The engine's version for which all that wait have been told no; -1: none. */
  #askedAt = -1;
  #heldBefore = false;

  readonly allocations: AllocationPlanner;

  constructor(world: World) {
    this.#world = world;
    this.allocations = new AllocationPlanner(world);
  }

  pending(model: string): Pending | undefined {
    return this.#pending.get(model);
  }

  /** The writes of one round, for allocations that wait and for models: all of them, or those that `news` may concern. */
  plan(news: News): Groups {
    const hosts: Hosts = new Map();
    const models = this.#concerned(news).map((model) => ({
      spec: model.spec,
      plan: () => this.#planOne(model, hosts),
    }));
    const allocations = this.allocations
      .queue()
      .map((record) => ({ spec: record.spec, plan: () => this.allocations.planOne(record) }));
    const groups = [...models, ...allocations].sort(byPriority).flatMap(({ plan }) => plan());
    this.#awaited.clear();
    // Who was refused before another was placed has no more room for that.
    this.#askedAt = this.#world.desk.version;
    return groups;
  }

  /** Whether a copy that is placed now takes the room of nobody who waits for it. */
  get nobodyIsAhead(): boolean {
    const { news, unknownOn } = this.#world;
    // What runs and is not known yet may be a copy of any model, in any place.
    if (news.all || unknownOn.size > 0 || this.#awaited.size > 0) return false;
    if (this.#askedAt === this.#world.desk.version) return true;
    return this.#pending.size === 0 && this.allocations.queue().length === 0;
  }

  /** The next round decides about it: until then nobody is placed out of turn. */
  leaveToRound(model: ModelName): void {
    this.#awaited.add(model);
  }

  /**
   * Places so many copies of a model at once, out of turn, as far as there is room; whoever asks has looked whether
   * `nobodyIsAhead`. The claims are told to the engine; the caller commits them, and the model with them.
   */
  placeNow(model: ModelRecord, count: number): PlacedNow {
    const groups: Groups = [];
    const claims: Claim[] = [];
    while (claims.length < count) {
      const placed = this.#decide(model, drawReplica(this.#world, model.spec.name));
      if (placed === null) break;
      claims.push(placed.claim);
      groups.push([this.#begin(model, placed)]);
    }
    this.#unsettled.add(model.spec.name);
    this.#askedAt = this.#world.desk.version;
    const refusal = claims.length < count ? this.#pending.get(model.spec.name)?.refusal : null;
    return { claims, groups, refusal: refusal ?? null };
  }

  #concerned(news: News): readonly ModelRecord[] {
    const world = this.#world;
    const held = world.holds !== noHolds;
    // What changes keep concerns everybody, and once more when it is given back.
    const all = news.all || held || this.#heldBefore;
    this.#heldBefore = held;
    if (all) return world.ledger.models.values();
    const names = new Set([...news.models, ...this.#unsettled, ...this.#awaited]);
    for (const node of news.nodes) {
      for (const { claim } of world.claimsOnNode(node)) {
        if (claim.holder.kind === 'replica') names.add(claim.holder.model);
      }
    }
    return [...names].flatMap((name) => world.ledger.model(name)?.value ?? []);
  }

  #planOne(model: ModelRecord, hosts: Hosts): Groups {
    const { name } = model.spec;
    const world = this.#world;
    const copies = world.copiesOf(name, hosts);
    if (model.deleting && copies.length === 0) {
      this.#unsettled.delete(name);
      this.#pending.delete(name);
      this.#hopeless.delete(name);
      world.event('deleted', `models/${name}`, 'all its replicas are gone');
      return [[world.ledger.models.delete(storeKeys.model(name))]];
    }
    const moves = planModel(model, copies, world.holds.coming.get(name) ?? 0);
    const groups: Groups = [];
    for (const copy of moves.restore) {
      groups.push([world.putClaim({ ...copy.record, superseded: false })]);
      this.#tell(copy, 'restored', 'its node came back before a replacement was needed');
    }
    for (const { copy, why } of moves.retire) {
      if (this.#waitsForIdle(model, copy)) continue;
      groups.push(retireClaim(world, copy.record));
      this.#tell(copy, 'retired', why);
    }
    const standing = standingOf(model, copies);
    groups.push(...this.#placeMissing(model, moves, standing.lost));
    this.#tellStuckDrains(model, copies);
    if (isSettled(model, standing)) this.#unsettled.delete(name);
    else this.#unsettled.add(name);
    return groups;
  }

  /**
   * A copy that a change has put a successor beside and then was aborted: two serve, so there is time to wait until it
   * has nothing to do.
   */
  #waitsForIdle(model: ModelRecord, copy: Copy): boolean {
    const gentle = model.spec.disruption.kind === 'idle' && !model.deleting;
    return gentle && copy.record.superseded && copy.serving && !isIdle(this.#world, copy.record);
  }

  #placeMissing(model: ModelRecord, moves: ModelMoves, lost: readonly Copy[]): Groups {
    const { name } = model.spec;
    if (moves.place === 0) {
      this.#pending.delete(name);
      this.#world.eventOnce('pending', `models/${name}`, null);
      return [];
    }
    const groups: Groups = [];
    const toTry = this.#stillRefused(model) ? 0 : moves.place;
    while (groups.length < toTry) {
      const group = this.#placeOne(model, lost[groups.length]);
      if (group === null) break;
      groups.push(group);
    }
    if (groups.length === moves.place) {
      this.#pending.delete(name);
      this.#world.eventOnce('pending', `models/${name}`, null);
      return groups;
    }
    // Asked again although nothing has moved: whether one may end first also depends on who serves.
    const room = groups.length === 0 ? this.#makeRoom(model, moves.makeRoom) : null;
    return room === null ? groups : [...groups, room];
  }

  #stillRefused(model: ModelRecord): boolean {
    const pending = this.#pending.get(model.spec.name);
    const row = this.#world.ledger.model(model.spec.name);
    return (
      pending !== undefined &&
      pending.engineVersion === this.#world.desk.version &&
      pending.modelRevision === row?.revision
    );
  }

  /** null: refused, and the reason is kept. */
  #placeOne(model: ModelRecord, replaced: Copy | undefined): readonly LedgerWrite[] | null {
    const world = this.#world;
    const placed = this.#decide(model, this.#nextReplica(model));
    if (placed === null) return null;
    const guard = world.ledger.models.guard(storeKeys.model(model.spec.name));
    const writes = [guard, this.#begin(model, placed, replaced)];
    if (replaced === undefined) return writes;
    return [...writes, world.putClaim({ ...replaced.record, superseded: true })];
  }

  /** Asks the engine, on record. null: refused, and the reason is kept. */
  #decide(model: ModelRecord, replica: ReplicaId): Placed | null {
    const world = this.#world;
    const { name } = model.spec;
    const request = {
      claim: claimIdOf(replica),
      replica,
      spec: model.spec,
      modelVersion: model.version,
      nowMs: world.deps.clock.wallMs(),
    };
    const decision = world.desk.decide(request, world.ledger.revision, () => world.snapshot());
    if (decision.kind === 'refused') {
      const { evidence } = decision;
      const refusal = this.#withPreemption(name, decision.refusal);
      const modelRevision = world.ledger.model(name)?.revision ?? 0n;
      const engineVersion = world.desk.version;
      this.#pending.set(name, { refusal, evidence, engineVersion, modelRevision });
      world.eventOnce('pending', `models/${name}`, refusal.summary);
      return null;
    }
    return { replica, claim: decision.claim };
  }

  #begin(model: ModelRecord, { replica, claim }: Placed, replaced?: Copy): LedgerWrite {
    const world = this.#world;
    const { workload, gpu } = model.spec;
    const processes = gpu?.processes ?? 1;
    const write = world.putClaim({ claim, workload, processes, superseded: false });
    const where = `placed on ${claim.node}`;
    if (replaced === undefined) {
      world.event('placed', `replicas/${replica}`, where);
    } else {
      const lost = `${replaced.record.claim.id} is on a lost node`;
      world.event('replaced', `replicas/${replica}`, `${where}: ${lost}`);
    }
    return write;
  }

  /** A replica that ended for another says so, as long as it waits. */
  #withPreemption(name: ModelName, refusal: Refusal): Refusal {
    const by = preemptedBy(this.#world, name);
    return by === null ? refusal : { ...refusal, summary: `${refusal.summary}; ${by}` };
  }

  /** An update that fits only in the place of an old copy: the user asked for it, so one ends first. */
  #makeRoom(model: ModelRecord, candidates: readonly Copy[]): readonly LedgerWrite[] | null {
    const world = this.#world;
    const { name } = model.spec;
    const asked = [world.desk.version, ...candidates.map((copy) => copy.record.claim.id)].join();
    if (this.#hopeless.get(name) === asked) return null;
    for (const copy of candidates) {
      const without = new WhatIf(world.desk.fork(), world.snapshot().nodes);
      without.end(copy.record.claim);
      const replica = this.#nextReplica(model);
      const decision = without.decide({
        claim: claimIdOf(replica),
        replica,
        spec: model.spec,
        modelVersion: model.version,
        nowMs: world.deps.clock.wallMs(),
      });
      if (decision.kind === 'refused') continue;
      const message = `no room beside it for version ${model.version}: ${copy.record.claim.id} ends first`;
      world.event('update-in-place', `models/${name}`, message);
      return retireClaim(world, copy.record);
    }
    this.#hopeless.set(name, asked);
    return null;
  }

  #nextReplica(model: ModelRecord): ReplicaId {
    const world = this.#world;
    const { name } = model.spec;
    const planned = plannedReplicas(world, name).find(
      (replica) => !world.replicaTaken(replica) && !world.knowsReplica(replica),
    );
    return planned ?? drawReplica(world, name);
  }

  #tell(copy: Copy, kind: string, why: string): void {
    this.#world.event(kind, `replicas/${copy.record.claim.id}`, why);
  }

  #tellStuckDrains(model: ModelRecord, copies: readonly Copy[]): void {
    const { name } = model.spec;
    const refusal = this.#pending.get(name)?.refusal;
    for (const copy of standingOf(model, copies).outgoing) {
      if (copy.why !== 'drain' && copy.why !== 'card') continue;
      const subject = `replicas/${copy.record.claim.id}`;
      const although = copy.why === 'drain' ? 'it drains' : 'its card has failed';
      const message =
        refusal === undefined
          ? null
          : `stays on ${copy.record.claim.node} although ${although}: ${refusal.summary}`;
      this.#world.eventOnce('drain-stuck', subject, message);
    }
  }
}

/** Nothing is to be done about it before something comes up. */
function isSettled(model: ModelRecord, standing: Standing): boolean {
  const { keep, outgoing, lost, leaving, reclaiming } = standing;
  const moving = outgoing.length + lost.length + leaving.length + reclaiming.length;
  return !model.deleting && moving === 0 && keep.length === model.spec.replicas;
}

/** A replica id that no claim has, no agent knows, and that is not in `drawn`. */
export function drawReplica(
  world: World,
  model: ModelName,
  drawn: ReadonlySet<string> = new Set(),
): ReplicaId {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const replica = replicaIdOf(model, freshSuffix(world.deps.random));
    const taken = drawn.has(replica) || world.replicaTaken(replica) || world.knowsReplica(replica);
    if (!taken) return replica;
  }
  throw new AssertionError('a random suffix is free within 100 draws');
}

interface Asker {
  readonly spec: { readonly name: string; readonly priority: number };
}

function byPriority({ spec: left }: Asker, { spec: right }: Asker): number {
  if (left.priority !== right.priority) return right.priority - left.priority;
  return left.name < right.name ? -1 : 1;
}

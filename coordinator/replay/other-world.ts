import type { Claim } from '../../shared/domain/claim.ts';
import { parseClaimId, type ClaimId, type GpuUuid } from '../../shared/domain/ids.ts';
import type {
  PlacementDelta,
  PlacementEngine,
  PlacementNode,
  PlacementRequest,
} from '../../shared/placement/engine.ts';
import { Usage } from './usage.ts';

/** One replica that was asked for. */
export interface Wish {
  request: PlacementRequest;
  /** Where it went when this was logged; null: it had no place yet. */
  logged: Claim | null;
  /** Where it goes here; null: it waits. */
  placed: Claim | null;
  /** Whether it had to wait before it got a place, then and here. */
  readonly waited: { logged: boolean; here: boolean };
}

/** Wishes that are tried again after something was given back. */
const retriesMax = 32;

/**
 * The world as it would have become under another policy: the same nodes, requests and ends of replicas, other places.
 * Two things are inferred. A replica ends when the log shows that its counterpart did; and what the agents reported of
 * the places that were really taken (instances, MIG mode) is left out and follows the places taken here.
 * Invariants: a logged claim has at most one wish; a model has at most one wish that the log did not place.
 */
export class OtherWorld {
  readonly usage = new Usage();
  /** In the order in which they came. */
  readonly wishes: Wish[] = [];
  readonly #engine: PlacementEngine;
  readonly #ofClaim = new Map<ClaimId, Wish>();
  readonly #unplaced = new Map<string, Wish>();
  readonly #waiting = new Set<Wish>();
  /** Claims that were decided since the beginning: what agents report of them happened elsewhere. */
  readonly #decided = new Set<ClaimId>();
  readonly #migOf = new Map<GpuUuid, boolean>();
  #freed = false;

  /** `engine` is used up, and knows what `usage` was told: nothing yet. */
  constructor(engine: PlacementEngine) {
    this.#engine = engine;
  }

  /** Something that happened besides the decisions. */
  apply(delta: PlacementDelta): void {
    switch (delta.kind) {
      case 'node-set':
        this.#freed = true;
        return this.#tell({ kind: 'node-set', node: this.#withoutElsewhere(delta.node) });
      case 'claim-set':
        return this.#decided.has(delta.claim.id) ? this.#follow(delta.claim) : this.#tell(delta);
      case 'claim-removed':
        return this.#decided.has(delta.claim) ? this.#end(delta.claim) : this.#remove(delta.claim);
      case 'node-removed':
      case 'demand-set':
        return this.#tell(delta);
    }
  }

  /** A request of the log, with the place that it got then; null: it was refused. */
  ask(request: PlacementRequest, logged: Claim | null): void {
    const model = request.spec.name;
    const open = this.#unplaced.get(model);
    const wish = open ?? this.#begin(request, logged);
    if (open !== undefined && open.placed === null) open.request = request;
    if (logged === null) {
      wish.waited.logged = true;
      this.#unplaced.set(model, wish);
    } else {
      wish.logged = logged;
      this.#unplaced.delete(model);
      this.#decided.add(logged.id);
      this.#ofClaim.set(logged.id, wish);
      for (const { gpu } of logged.slices) this.#keepMode(logged, gpu);
    }
    if (wish.placed === null) this.#try(wish);
  }

  /** Those who wait try again, the oldest first, when something was given back since they last did. */
  retry(): void {
    if (!this.#freed) return;
    this.#freed = false;
    for (const wish of [...this.#waiting].slice(0, retriesMax)) this.#try(wish);
  }

  #begin(request: PlacementRequest, logged: Claim | null): Wish {
    const wish: Wish = { request, logged, placed: null, waited: { logged: false, here: false } };
    this.wishes.push(wish);
    return wish;
  }

  #try(wish: Wish): void {
    const decision = this.#engine.decide(wish.request);
    if (decision.kind === 'refused') {
      wish.waited.here = true;
      this.#waiting.add(wish);
      return;
    }
    const { claim } = decision;
    wish.placed = claim;
    this.#waiting.delete(wish);
    this.#tell(decision.delta);
    this.#setModes(claim);
  }

  /** Its counterpart is on its way out: so is it. */
  #follow(logged: Claim): void {
    const wish = this.#ofClaim.get(logged.id);
    if (wish === undefined || logged.state !== 'reclaiming') return;
    if (wish.placed === null) this.#waiting.delete(wish);
    else this.#tell({ kind: 'claim-set', claim: { ...wish.placed, state: 'reclaiming' } });
  }

  #end(logged: ClaimId): void {
    const wish = this.#ofClaim.get(logged);
    if (wish === undefined) return;
    this.#ofClaim.delete(logged);
    this.#waiting.delete(wish);
    if (wish.placed !== null) this.#remove(wish.placed.id);
  }

  #remove(claim: ClaimId): void {
    this.#freed = true;
    this.#tell({ kind: 'claim-removed', claim });
  }

  #tell(delta: PlacementDelta): void {
    this.#engine.apply(delta);
    this.usage.apply(delta);
  }

  /** The instances and the MIG mode of a card follow the places that are taken here. */
  #withoutElsewhere(node: PlacementNode): PlacementNode {
    const gpus = node.inventory.gpus.map((gpu) => {
      const instances = gpu.instances.filter(({ slice }) => !this.#isElsewhere(slice));
      const migEnabled = this.#migOf.get(gpu.uuid) ?? gpu.migEnabled;
      return { ...gpu, instances, migEnabled };
    });
    return { ...node, inventory: { ...node.inventory, gpus } };
  }

  #isElsewhere(slice: string | null): boolean {
    if (slice === null) return false;
    const claim = parseClaimId(slice.slice(0, slice.lastIndexOf('.')));
    return claim.ok && this.#decided.has(claim.value);
  }

  /** The log put something on a card: from now on what agents say of its mode is about that. */
  #keepMode({ node }: Claim, uuid: GpuUuid): void {
    if (this.#migOf.has(uuid)) return;
    const gpus = this.usage.nodes.get(node)?.inventory.gpus;
    const migEnabled = gpus?.find((gpu) => gpu.uuid === uuid)?.migEnabled ?? null;
    if (migEnabled !== null) this.#migOf.set(uuid, migEnabled);
  }

  #setModes(claim: Claim): void {
    const node = this.usage.nodes.get(claim.node);
    if (node === undefined) return;
    let switched = false;
    for (const { gpu: uuid, shape } of claim.slices) {
      const gpu = node.inventory.gpus.find((each) => each.uuid === uuid);
      if (gpu === undefined || gpu.migEnabled === null) continue;
      const mig = shape.kind === 'mig';
      switched ||= gpu.migEnabled !== mig;
      this.#migOf.set(uuid, mig);
    }
    if (switched) this.#tell({ kind: 'node-set', node: this.#withoutElsewhere(node) });
  }
}

import type { OpenEngine } from '../../../../coordinator/fleet/engine-desk.ts';
import type { NodeName } from '../../../../shared/domain/ids.ts';
import type {
  PlacementDelta,
  PlacementEngine,
  PlacementRequest,
  PlacementSnapshot,
} from '../../../../shared/placement/engine.ts';
import { open } from '../../../../shared/placement/open.ts';

/**
 * The engine with two plain ways to choose a node, whatever its policies do: `worstfit` takes the one with fewest
 * claims, everything else the first by name.
 */
export const openByCount: OpenEngine = (snapshot, { policy }) =>
  new ByCount(open(snapshot), snapshot, policy === 'worstfit');

class ByCount implements PlacementEngine {
  readonly #engine: PlacementEngine;
  readonly #nodes = new Set<NodeName>();
  readonly #nodeOf = new Map<string, NodeName>();
  readonly #spreads: boolean;

  constructor(engine: PlacementEngine, snapshot: PlacementSnapshot, spreads: boolean) {
    this.#engine = engine;
    this.#spreads = spreads;
    for (const { inventory } of snapshot.nodes) this.#nodes.add(inventory.node);
    for (const claim of snapshot.claims) this.#nodeOf.set(claim.id, claim.node);
  }

  get cardCount(): number {
    return this.#engine.cardCount;
  }

  nodes() {
    return this.#engine.nodes();
  }

  node(name: NodeName) {
    return this.#engine.node(name);
  }

  apply(delta: PlacementDelta): void {
    this.#engine.apply(delta);
    if (delta.kind === 'node-set') this.#nodes.add(delta.node.inventory.node);
    if (delta.kind === 'claim-set') this.#nodeOf.set(delta.claim.id, delta.claim.node);
    if (delta.kind === 'claim-removed') this.#nodeOf.delete(delta.claim);
  }

  decide(request: PlacementRequest) {
    const held = [...this.#nodeOf.values()];
    const countOn = (name: NodeName) => held.filter((each) => each === name).length;
    const names = [...this.#nodes].sort();
    if (this.#spreads) names.sort((left, right) => countOn(left) - countOn(right));
    for (const name of names) {
      const decision = this.#engine.decide(request, { within: new Set([name]) });
      if (decision.kind === 'placed') return decision;
    }
    return { kind: 'refused' } as const;
  }

  explain(request: PlacementRequest) {
    return this.#engine.explain(request);
  }

  refresh(budget: number): number {
    return this.#engine.refresh(budget);
  }

  reweigh() {
    return this.#engine.reweigh();
  }

  fork(): PlacementEngine {
    return this.#engine.fork();
  }
}

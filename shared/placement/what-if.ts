import type { Claim } from '../domain/claim.ts';
import type { NodeName } from '../domain/ids.ts';
import type {
  DecideOptions,
  Decision,
  Explanation,
  PlacementDelta,
  PlacementEngine,
  PlacementNode,
  PlacementRequest,
} from './engine.ts';

/**
 * A fork of the engine in which claims can be thought ended. Ending a claim for real takes two reports: its replica is
 * gone, then its instance is. Here both have happened at once; a MIG instance that were left standing would keep its
 * units, and nothing would ever seem to fit in its place.
 */
export class WhatIf {
  readonly #engine: PlacementEngine;
  readonly #nodes: Map<NodeName, PlacementNode>;

  /** `engine` is used up. `nodes` are those that it knows. */
  constructor(engine: PlacementEngine, nodes: readonly PlacementNode[]) {
    this.#engine = engine;
    this.#nodes = new Map(nodes.map((node) => [node.inventory.node, node]));
  }

  decide(request: PlacementRequest, options?: DecideOptions): Decision {
    return this.#engine.decide(request, options);
  }

  explain(request: PlacementRequest): Explanation {
    return this.#engine.explain(request);
  }

  apply(delta: PlacementDelta): void {
    this.#engine.apply(delta);
  }

  /** The claim has ended and what was cut for it is given back. */
  end(claim: Claim): void {
    const node = this.#nodes.get(claim.node);
    if (node !== undefined) {
      const ended = new Set<string>(claim.slices.map((slice) => slice.id));
      const gpus = node.inventory.gpus.map((gpu) => ({
        ...gpu,
        instances: gpu.instances.filter(({ slice }) => slice === null || !ended.has(slice)),
      }));
      const without = { ...node, inventory: { ...node.inventory, gpus } };
      this.#nodes.set(claim.node, without);
      this.#engine.apply({ kind: 'node-set', node: without });
    }
    this.#engine.apply({ kind: 'claim-removed', claim: claim.id });
  }
}

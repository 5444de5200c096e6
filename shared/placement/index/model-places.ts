import type { Claim } from '../../domain/claim.ts';
import type { ModelName, NodeName } from '../../domain/ids.ts';
import { servedModel } from '../node-record.ts';
import { LayeredMap } from './layered-map.ts';

/** How many of something each node has; nodes that have none are not in it. */
export type NodeCounts = ReadonlyMap<NodeName, number>;

const nowhere: NodeCounts = new Map();

/** Where each model serves, and where it is not wanted: what rules on replicas are looked up in. */
export class ModelPlaces {
  private readonly serving: LayeredMap<ModelName, NodeCounts>;
  private readonly unwanted: LayeredMap<ModelName, NodeCounts>;

  constructor(from?: ModelPlaces) {
    this.serving = from?.serving.fork() ?? new LayeredMap();
    this.unwanted = from?.unwanted.fork() ?? new LayeredMap();
  }

  /** Nodes on which a model serves, with how many replicas. */
  of(model: ModelName): NodeCounts {
    return this.serving.get(model) ?? nowhere;
  }

  /** Nodes with claims whose models want to be apart from `model`. */
  shunning(model: ModelName): NodeCounts {
    return this.unwanted.get(model) ?? nowhere;
  }

  add(claim: Claim): void {
    this.move(claim, 1);
  }

  remove(claim: Claim): void {
    this.move(claim, -1);
  }

  fork(): ModelPlaces {
    return new ModelPlaces(this);
  }

  private move(claim: Claim, by: number): void {
    const model = servedModel(claim);
    if (model === null) return;
    count(this.serving, model, claim.node, by);
    for (const other of claim.apartFrom ?? []) count(this.unwanted, other, claim.node, by);
  }
}

function count(
  map: LayeredMap<ModelName, NodeCounts>,
  model: ModelName,
  node: NodeName,
  by: number,
): void {
  const counts = new Map(map.get(model));
  const next = (counts.get(node) ?? 0) + by;
  if (next === 0) counts.delete(node);
  else counts.set(node, next);
  if (counts.size === 0) map.delete(model);
  else map.set(model, counts);
}

import type { Claim } from '../../domain/claim.ts';
import type { ModelName, NodeName } from '../../domain/ids.ts';
import { servedModel } from '../node-record.ts';
import { LayeredMap } from './layered-map.ts';

/** How many of something each node has; nodes that have none are not in it. */
export type NodeCounts = ReadonlyMap<NodeName, number>;

const nowhere: NodeCounts = new Map();

/** Where each model serves, and where it is not wanted: what rules on replicas are looked up in. */
export class ModelPlaces {
  private readonly serving: CountsByModel;
  private readonly unwanted: CountsByModel;

  constructor(from?: ModelPlaces) {
    this.serving = from?.serving.fork() ?? new CountsByModel();
    this.unwanted = from?.unwanted.fork() ?? new CountsByModel();
  }

  /** Nodes on which a model serves, with how many replicas. */
  of(model: ModelName): NodeCounts {
    return this.serving.of(model);
  }

  /** Nodes with claims whose models want to be apart from `model`. */
  shunning(model: ModelName): NodeCounts {
    return this.unwanted.of(model);
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
    this.serving.count(model, claim.node, by);
    for (const other of claim.apartFrom ?? []) this.unwanted.count(other, claim.node, by);
  }
}

/**
 * Counts by model and node.
 * Invariants: counts that a fork may share are copied before they are changed; only those in `own` are not shared.
 */
class CountsByModel {
  private readonly counts: LayeredMap<ModelName, Map<NodeName, number>>;
  private own = new Set<ModelName>();

  constructor(counts: LayeredMap<ModelName, Map<NodeName, number>> = new LayeredMap()) {
    this.counts = counts;
  }

  of(model: ModelName): NodeCounts {
    return this.counts.get(model) ?? nowhere;
  }

  count(model: ModelName, node: NodeName, by: number): void {
    const counts = this.owned(model);
    const next = (counts.get(node) ?? 0) + by;
    if (next === 0) counts.delete(node);
    else counts.set(node, next);
  }

  fork(): CountsByModel {
    this.own = new Set();
    return new CountsByModel(this.counts.fork());
  }

  private owned(model: ModelName): Map<NodeName, number> {
    const known = this.counts.get(model);
    if (known !== undefined && this.own.has(model)) return known;
    const made = new Map(known);
    this.counts.set(model, made);
    this.own.add(model);
    return made;
  }
}

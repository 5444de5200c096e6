import type { NodeName } from '../../shared/domain/ids.ts';
import type { Evidence, PlacementRequest } from '../../shared/placement/engine.ts';
import { WhatIf } from '../../shared/placement/what-if.ts';
import type { ModelRecord } from '../store/values.ts';
import type { Copy } from './model-plan.ts';
import type { World } from './world.ts';

/** Why a replica is where it is. */
export interface PlaceReason {
  readonly replica: string;
  /** The decision of the log that put it there; null: it is no longer kept, or a plan moved the replica. */
  readonly decision: number | null;
  /** What the place costs now, and what the next best would: one line. */
  readonly why: string;
  /** What it would take to move it: one line. */
  readonly toMove: string;
  /** Why the other candidates were passed over. */
  readonly evidence: readonly Evidence[];
}

/** Asks the engine again, as if the replica had no place yet. Changes nothing. */
export function explainPlace(world: World, model: ModelRecord, copy: Copy): PlaceReason | null {
  const { claim } = copy.record;
  const { holder, node } = claim;
  if (holder.kind !== 'replica' || claim.state !== 'held') return null;
  const placed = {
    replica: holder.replica,
    decision: world.deps.decisionLog.ofClaim(claim.id)?.id ?? null,
  };
  if (holder.modelVersion < model.rolloutVersion) {
    const why = `an older version (${holder.modelVersion}): it goes once a newer one serves`;
    return { ...placed, why, toMove: '', evidence: [] };
  }
  const request: PlacementRequest = {
    claim: claim.id,
    replica: holder.replica,
    spec: model.spec,
    modelVersion: model.version,
    nowMs: claim.createdAtMs,
  };
  const snapshot = world.snapshot();
  const without = new WhatIf(world.desk.fork(), snapshot.nodes);
  without.end(claim);
  const others = snapshot.nodes.map(({ inventory }) => inventory.node).filter((at) => at !== node);
  const here = without.decide(request, { within: new Set([node]) });
  const there = without.decide(request, { within: new Set(others) });
  const { evidence } = without.explain(request);
  const costs = { here: costOf(here), there: costOf(there) };
  const next = there.kind === 'placed' ? there.placement.node : null;
  return { ...placed, why: whyText(costs, node, next), toMove: moveText(node, next), evidence };
}

function costOf(decision: { readonly kind: string; readonly cost?: number }): number | null {
  return decision.cost ?? null;
}

function whyText(
  costs: { readonly here: number | null; readonly there: number | null },
  node: NodeName,
  next: NodeName | null,
): string {
  const { here, there } = costs;
  if (here === null) return `${node} would not be given to it again as things are`;
  if (there === null || next === null)
    return `no other node has a place for it (it costs ${here} now)`;
  if (there < here) {
    return `${next} would cost ${there} now and ${node} ${here}; what runs is not moved for that alone`;
  }
  return there === here
    ? `${node} costs ${here} now, as ${next} does, and comes first`
    : `${node} costs ${here} now, the next best is ${next} with ${there}`;
}

function moveText(node: NodeName, next: NodeName | null): string {
  return next === null
    ? 'no other node can take it: make room there first'
    : `tangram drain ${node} would take it to ${next}; tangram defrag --plan prices moves that win room`;
}

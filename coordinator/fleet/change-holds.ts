import type { Change } from '../../shared/domain/change.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { ChangeId, ClaimId, GpuUuid, ModelName, NodeName } from '../../shared/domain/ids.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import { recutsOf } from './recut-steps.ts';

/** What the running changes need for themselves, so that nobody else decides about it meanwhile. */
export interface ChangeHolds {
  /** Claims that a change is going to end: the planner leaves them to it. */
  readonly leaving: ReadonlySet<ClaimId>;
  /** Replicas that changes are still going to begin, by model: nobody else is placed for them. */
  readonly coming: ReadonlyMap<ModelName, number>;
  /** What is kept free, by node. */
  readonly nodes: ReadonlyMap<NodeName, NodeHold>;
}

/** What changes keep free on one node. */
export interface NodeHold {
  /** Cards that they still work on, each with whose it is: nothing else is placed there. */
  readonly cards: ReadonlyMap<GpuUuid, ChangeId>;
  readonly cpuMillis: number;
  readonly memoryMib: number;
}

/** No change keeps anything. */
export const noHolds: ChangeHolds = { leaving: new Set(), coming: new Map(), nodes: new Map() };

/**
 * Derived from the durable changes alone, so a new leader holds what the last one held. A claim that has not begun is
 * no claim yet: its place may still be another's. Until then its whole card is closed, because a part of the place may
 * be free already, and host resources that its predecessors do not give back are kept.
 */
export function holdsOf(
  changes: readonly Change[],
  isClaimed: (claim: ClaimId) => boolean,
): ChangeHolds {
  const exact = changes.filter((change) => change.exact && change.state === 'running');
  if (exact.length === 0) return noHolds;
  const leaving = new Set(exact.flatMap((change) => change.plan.ends));
  const begun = new Set(
    exact.flatMap((change) =>
      change.marks.filter(({ step }) => step === 'start').map(({ replica }) => replica),
    ),
  );
  const unbegun = exact.flatMap((change) =>
    change.plan.begins
      .filter(
        ({ id, holder }) =>
          holder.kind === 'replica' && !begun.has(holder.replica) && !isClaimed(id),
      )
      .map((claim) => ({ claim, change: change.id })),
  );
  const coming = new Map<ModelName, number>();
  for (const { claim } of unbegun) {
    if (claim.holder.kind !== 'replica') continue;
    coming.set(claim.holder.model, (coming.get(claim.holder.model) ?? 0) + 1);
  }
  return { leaving, coming, nodes: nodeHolds(unbegun, exact) };
}

interface Unbegun {
  readonly claim: Claim;
  readonly change: ChangeId;
}

function nodeHolds(
  unbegun: readonly Unbegun[],
  changes: readonly Change[],
): ReadonlyMap<NodeName, NodeHold> {
  const nodes = new Map<
    NodeName,
    { cards: Map<GpuUuid, ChangeId>; cpuMillis: number; memoryMib: number }
  >();
  for (const { claim, change } of unbegun) {
    const { node, slices, cpuMillis, memoryMib } = claim;
    const hold = nodes.get(node) ?? { cards: new Map(), cpuMillis: 0, memoryMib: 0 };
    for (const { gpu } of slices) hold.cards.set(gpu, change);
    hold.cpuMillis += cpuMillis;
    hold.memoryMib += memoryMib;
    nodes.set(node, hold);
  }
  // What is about to be destroyed is handed to nobody.
  for (const change of changes) {
    for (const { node, gpu } of recutsOf([change], 'ahead')) {
      const hold = nodes.get(node) ?? { cards: new Map(), cpuMillis: 0, memoryMib: 0 };
      hold.cards.set(gpu, change.id);
      nodes.set(node, hold);
    }
  }
  return nodes;
}

/**
 * The node as everybody but the change sees it. `leaving` are the claims on it that give their host resources back to
 * the change: what they hold is not kept twice.
 */
export function withHold(
  inventory: Inventory,
  hold: NodeHold | undefined,
  leaving: readonly Pick<Claim, 'cpuMillis' | 'memoryMib'>[],
): Inventory {
  if (hold === undefined) return inventory;
  const given = (of: 'cpuMillis' | 'memoryMib') =>
    leaving.reduce((sum, claim) => sum + claim[of], 0);
  return {
    ...inventory,
    cpuMillis: inventory.cpuMillis - Math.max(0, hold.cpuMillis - given('cpuMillis')),
    memoryMib: inventory.memoryMib - Math.max(0, hold.memoryMib - given('memoryMib')),
    gpus: inventory.gpus.map((gpu) => {
      const change = hold.cards.get(gpu.uuid);
      // The one state in which every way to use a card is closed; whoever asks why reads the reason.
      const health = { state: 'failed' as const, reason: `${change} keeps it until it is done` };
      return change === undefined ? gpu : { ...gpu, health };
    }),
  };
}

import type { Claim } from '../../shared/domain/claim.ts';
import type { ClaimId, NodeName } from '../../shared/domain/ids.ts';
import type { GpuInventory } from '../../shared/domain/inventory.ts';
import type { Slice } from '../../shared/domain/slice.ts';
import type { PlacementDelta, PlacementNode } from '../../shared/placement/engine.ts';

/** Thousandths of a card. */
const cardMilli = 1_000;

/**
 * Nodes and claims as deltas tell them, and how much of the cards is claimed.
 * Invariants: the sums are those of what is held now; each delta costs as much as the node or claim that it is about.
 */
export class Usage {
  readonly nodes = new Map<NodeName, PlacementNode>();
  readonly claims = new Map<ClaimId, Claim>();
  readonly #claimedMilli = new Map<ClaimId, number>();
  #capacity = 0;
  #claimed = 0;

  /** Thousandths of all cards that are claimed, in thousandths; 0 where there is no card. */
  get claimedPermille(): number {
    return this.#capacity === 0 ? 0 : Math.round((this.#claimed * 1_000) / this.#capacity);
  }

  get capacityMilli(): number {
    return this.#capacity;
  }

  apply(delta: PlacementDelta): void {
    switch (delta.kind) {
      case 'node-set':
        this.#dropNode(delta.node.inventory.node);
        this.nodes.set(delta.node.inventory.node, delta.node);
        this.#capacity += capacityOf(delta.node);
        return;
      case 'node-removed':
        return this.#dropNode(delta.node);
      case 'claim-set':
        this.#dropClaim(delta.claim.id);
        return this.#addClaim(delta.claim);
      case 'claim-removed':
        return this.#dropClaim(delta.claim);
      case 'demand-set':
    }
  }

  #addClaim(claim: Claim): void {
    const gpus = this.nodes.get(claim.node)?.inventory.gpus ?? [];
    const milli = claim.slices.reduce((sum, slice) => sum + sliceMilli(slice, gpus), 0);
    this.claims.set(claim.id, claim);
    this.#claimedMilli.set(claim.id, milli);
    this.#claimed += milli;
  }

  #dropClaim(id: ClaimId): void {
    this.#claimed -= this.#claimedMilli.get(id) ?? 0;
    this.#claimedMilli.delete(id);
    this.claims.delete(id);
  }

  #dropNode(name: NodeName): void {
    const node = this.nodes.get(name);
    if (node === undefined) return;
    this.nodes.delete(name);
    this.#capacity -= capacityOf(node);
  }
}

function capacityOf({ inventory }: PlacementNode): number {
  return inventory.gpus.filter(({ health }) => health.state !== 'failed').length * cardMilli;
}

/** A slice of a card that is not known counts as a whole one. */
function sliceMilli({ gpu: uuid, shape }: Slice, gpus: readonly GpuInventory[]): number {
  const gpu = gpus.find((each) => each.uuid === uuid);
  if (shape.kind === 'whole' || gpu === undefined) return cardMilli;
  const [part, all] =
    shape.kind === 'mig'
      ? [shape.size, gpu.geometry?.placementUnits ?? shape.size]
      : [shape.memoryMib, gpu.memoryTotalMib];
  return Math.min(cardMilli, Math.floor((part * cardMilli) / Math.max(1, all)));
}

import { isDeepStrictEqual } from 'node:util';
import type { Claim } from '../../shared/domain/claim.ts';
import type { NodeName } from '../../shared/domain/ids.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { NodeAvailability, PlacementNode } from '../../shared/placement/engine.ts';
import { noHolds, withHold, type ChangeHolds } from './change-holds.ts';
import type { EngineDesk } from './engine-desk.ts';
import type { LiveNode } from './node-registry.ts';

interface EngineNodesDeps {
  readonly desk: Pick<EngineDesk, 'apply'>;
  readonly availability: (live: LiveNode) => NodeAvailability;
  /** Labels that an operator has given a node: they win. */
  readonly ownLabels: (node: NodeName) => Readonly<Record<string, string>>;
  readonly claimsOn: (node: NodeName) => readonly Claim[];
}

/** The nodes as the engine has them: as agents tell of them, with labels of operators and what changes keep for themselves. */
export class EngineNodes {
  readonly #deps: EngineNodesDeps;
  readonly #nodes = new Map<NodeName, { readonly node: PlacementNode; readonly hold: string }>();
  /** What running changes keep for themselves, as of the last time that anything was refreshed. */
  holds: ChangeHolds = noHolds;

  constructor(deps: EngineNodesDeps) {
    this.#deps = deps;
  }

  all(): readonly PlacementNode[] {
    return [...this.#nodes.values()].map(({ node }) => node);
  }

  /** As everybody sees it who is no change. */
  get(name: NodeName): PlacementNode | undefined {
    return this.#nodes.get(name)?.node;
  }

  /** As it is, with what changes keep free for themselves: for them alone. */
  plain(live: LiveNode): PlacementNode | undefined {
    if (live.inventory === null) return undefined;
    const inventory = withoutStrangers(this.#labelled(live.inventory), live.strangers);
    return { inventory, availability: this.#deps.availability(live) };
  }

  /**
   * Brings the engine's view of a node in step; says nothing when nothing changed. `anew`: its inventory may be another.
   */
  refresh(live: LiveNode, anew: boolean): void {
    if (live.inventory === null) return;
    const before = this.#nodes.get(live.node);
    const availability = this.#deps.availability(live);
    const hold = this.#holdText(live.node);
    const same =
      before !== undefined &&
      before.hold === hold &&
      sameAvailability(before.node.availability, availability);
    if (same && !anew) return;
    const plain = withoutStrangers(this.#labelled(live.inventory), live.strangers);
    const held = this.holds.nodes.get(live.node);
    const node = { inventory: withHold(plain, held, this.#leavingOn(live.node)), availability };
    this.#nodes.set(live.node, { node, hold });
    if (before !== undefined && isDeepStrictEqual(before.node, node)) return;
    this.#deps.desk.apply({ kind: 'node-set', node });
  }

  forget(name: NodeName): void {
    if (this.#nodes.delete(name)) this.#deps.desk.apply({ kind: 'node-removed', node: name });
  }

  #labelled(inventory: Inventory): Inventory {
    const own = this.#deps.ownLabels(inventory.node);
    if (Object.keys(own).length === 0) return inventory;
    return { ...inventory, labels: { ...inventory.labels, ...own } };
  }

  /** Equal while what is kept free on a node is equal. */
  #holdText(name: NodeName): string {
    const hold = this.holds.nodes.get(name);
    if (hold === undefined) return '';
    const leaving = this.#leavingOn(name).map((claim) => claim.id);
    return [...hold.cards.keys(), hold.cpuMillis, hold.memoryMib, ...leaving].join(' ');
  }

  #leavingOn(name: NodeName): readonly Claim[] {
    if (this.holds.leaving.size === 0) return [];
    return this.#deps.claimsOn(name).filter((claim) => this.holds.leaving.has(claim.id));
  }
}

function sameAvailability(left: NodeAvailability, right: NodeAvailability): boolean {
  if (left.kind === 'ready' || right.kind === 'ready') return left.kind === right.kind;
  return left.kind === right.kind && left.reason === right.reason;
}

/** A card with shares that the store does not know is somebody's: no memory of it is left to promise. */
function withoutStrangers(inventory: Inventory, strangers: readonly string[]): Inventory {
  if (strangers.length === 0) return inventory;
  return {
    ...inventory,
    gpus: inventory.gpus.map((gpu) =>
      strangers.includes(gpu.uuid)
        ? { ...gpu, mode: 'foreign' as const, memoryForeignMib: gpu.memoryTotalMib }
        : gpu,
    ),
  };
}

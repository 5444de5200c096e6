import { assert } from '../../shared/domain/assert.ts';
import type { GpuUuid, NodeName } from '../../shared/domain/ids.ts';
import type { PlacementNode } from '../../shared/placement/engine.ts';
import { availabilityOf, judgeLosses, type SilenceLimits } from '../fleet/availability.ts';

interface Faults {
  readonly plain: PlacementNode;
  /** How many events hold it down: it is back when all of them are over. */
  silences: number;
  drains: number;
  readonly failed: Map<GpuUuid, number>;
  silentSinceMs: number;
  lost: boolean;
}

/** What ails the nodes of a scenario, judged by the rules that the coordinator judges real ones by. */
export class NodeFaults {
  readonly #limits: SilenceLimits;
  readonly #nodes: ReadonlyMap<NodeName, Faults>;

  constructor(nodes: readonly PlacementNode[], limits: SilenceLimits) {
    this.#limits = limits;
    this.#nodes = new Map(
      nodes.map((plain) => [
        plain.inventory.node,
        { plain, silences: 0, drains: 0, failed: new Map(), silentSinceMs: 0, lost: false },
      ]),
    );
  }

  isUp(node: NodeName): boolean {
    return this.#of(node).silences === 0;
  }

  silence(node: NodeName, by: 1 | -1, atMs: number): void {
    const faults = this.#of(node);
    if (faults.silences === 0) faults.silentSinceMs = atMs;
    faults.silences += by;
    if (faults.silences === 0) faults.lost = false;
  }

  drain(node: NodeName, by: 1 | -1): void {
    this.#of(node).drains += by;
  }

  isDrained(node: NodeName): boolean {
    return this.#of(node).drains > 0;
  }

  failCard(node: NodeName, gpu: GpuUuid, by: 1 | -1): void {
    const { failed } = this.#of(node);
    failed.set(gpu, (failed.get(gpu) ?? 0) + by);
  }

  /** Nodes that are lost from now on; `held`: those that would be if not so many were silent at once. */
  judge(atMs: number): { readonly lost: readonly NodeName[]; readonly held: readonly NodeName[] } {
    const verdict = judgeLosses(
      [...this.#nodes.keys()].map((node) => this.#silenceOf(node, atMs)),
      this.#limits,
    );
    for (const node of verdict.lost) this.#of(node).lost = true;
    return verdict;
  }

  /** The node as the engine is to see it now. */
  nodeAt(node: NodeName, atMs: number): PlacementNode {
    const { plain, failed } = this.#of(node);
    const gpus = plain.inventory.gpus.map((gpu) =>
      (failed.get(gpu.uuid) ?? 0) > 0
        ? { ...gpu, health: { state: 'failed' as const, reason: 'it failed in the scenario' } }
        : gpu,
    );
    const availability = availabilityOf(this.#silenceOf(node, atMs), this.#limits);
    return { availability, inventory: { ...plain.inventory, gpus } };
  }

  #silenceOf(node: NodeName, atMs: number) {
    const { silences, silentSinceMs, lost, drains } = this.#of(node);
    const connected = silences === 0;
    return {
      holdDownMs: 0,
      node,
      connected,
      silentMs: connected ? 0 : atMs - silentSinceMs,
      lost,
      wanted: drains > 0 ? ('draining' as const) : ('ready' as const),
    };
  }

  #of(node: NodeName): Faults {
    const faults = this.#nodes.get(node);
    assert(faults !== undefined, `${node} is a node of the scenario`);
    return faults;
  }
}

import { geometryOf, type Card } from '../../shared/domain/card.ts';
import type { Authority } from '../../shared/domain/gpu.ts';
import { parseBootId, parseGpuUuid, type NodeName } from '../../shared/domain/ids.ts';
import type { GpuInventory } from '../../shared/domain/inventory.ts';
import type { PlacementNode } from '../../shared/placement/engine.ts';
import { wellFormed } from '../simulate/well-formed.ts';

/** A node that somebody thinks of. */
export interface NodePlan {
  readonly name: NodeName;
  readonly cards: readonly Card[];
  readonly cpuMillis: number;
  readonly memoryMib: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly authority: Authority;
  readonly mpsOffered: boolean;
}

/** The node as the engine would see it once its agent has connected: idle cards as their data sheets describe them. */
export function makeNode(plan: NodePlan): PlacementNode {
  const { name, cards, cpuMillis, memoryMib, labels } = plan;
  return {
    availability: { kind: 'ready' },
    inventory: {
      node: name,
      bootId: wellFormed(parseBootId('imagined')),
      agentVersion: 'imagined',
      driverVersion: null,
      cpuMillis,
      memoryMib,
      labels,
      runtimes: ['docker', 'process'],
      handout: 'env',
      metricsAddress: null,
      images: [],
      gpus: cards.map((card, at) => makeCard(plan, card, at)),
    },
  };
}

function makeCard(plan: NodePlan, card: Card, at: number): GpuInventory {
  const bus = (at + 1).toString(16).toUpperCase().padStart(2, '0');
  return {
    // Padded: cards are tried in order of their UUIDs.
    uuid: wellFormed(parseGpuUuid(`GPU-${plan.name}-${String(at).padStart(2, '0')}`)),
    index: at,
    productName: card.productName,
    pciBusId: `00000000:${bus}:00.0`,
    memoryTotalMib: card.memoryMib,
    memoryForeignMib: 0,
    smCount: card.smCount,
    mode: 'idle',
    authority: plan.authority,
    health: { state: 'ok' },
    migEnabled: card.migGeometry === null ? null : false,
    layoutRevision: 1,
    geometry: geometryOf(card),
    instances: [],
    mpsActive: false,
    mpsOffered: plan.mpsOffered,
    nvlinkPeers: [],
    numaNode: null,
  };
}

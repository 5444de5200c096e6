import type { NodeName } from '../../shared/domain/ids.ts';
import { parseBootId, parseGpuUuid, parseNodeName } from '../../shared/domain/ids.ts';
import type { GpuInventory, Inventory } from '../../shared/domain/inventory.ts';
import { shareReserveMib } from '../../shared/placement/cost.ts';
import type { PlacementNode } from '../../shared/placement/engine.ts';
import type { Random } from './random.ts';
import type { TraceNode } from './trace.ts';
import { wellFormed } from './well-formed.ts';

/** A node of a trace under the name that the engine knows it by. */
export interface RankedNode {
  readonly name: NodeName;
  readonly node: TraceNode;
}

/**
 * Gives the nodes a random rank and names them by it. Equal scores go to the first node by name, so the rank is the
 * fixed order that the published experiment breaks ties with.
 */
export function rankNodes(nodes: readonly TraceNode[], random: Random): readonly RankedNode[] {
  const byName = nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return random.shuffled(byName).map((node, rank) => ({ name: nameOf(node, rank), node }));
}

/**
 * A node of a trace as the engine sees real ones. A card's memory stands for its thousandths: 1000 MiB for shares,
 * which are timeshares, because a trace knows one number of a share and neither MPS nor MIG.
 */
export function placementNodeOf({ name, node }: RankedNode): PlacementNode {
  const inventory: Inventory = {
    node: name,
    bootId: wellFormed(parseBootId('trace')),
    agentVersion: 'trace',
    driverVersion: null,
    cpuMillis: node.cpuMillis,
    memoryMib: node.memoryMib,
    labels: {},
    runtimes: ['process'],
    handout: 'env',
    metricsAddress: null,
    images: [],
    gpus: Array.from({ length: node.gpus }, (_, at) => cardOf(name, node.model, at)),
  };
  return { availability: { kind: 'ready' }, inventory };
}

function cardOf(node: NodeName, model: string, at: number): GpuInventory {
  const place = String(at).padStart(2, '0');
  return {
    uuid: wellFormed(parseGpuUuid(`GPU-${node}-${place}`)),
    index: at,
    productName: model,
    pciBusId: `00000000:${place}:00.0`,
    memoryTotalMib: 1_000 + shareReserveMib,
    memoryForeignMib: 0,
    smCount: 0,
    mode: 'idle',
    authority: 'cut',
    health: { state: 'ok' },
    migEnabled: null,
    layoutRevision: 1,
    geometry: null,
    instances: [],
    mpsActive: false,
    mpsOffered: false,
    nvlinkPeers: [],
    numaNode: null,
  };
}

const nameLengthMax = 48;

/** `000042-openb-node-0001`: the rank decides, the rest is for people. */
function nameOf(node: TraceNode, rank: number): NodeName {
  const shown = node.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const trimmed = shown.slice(0, nameLengthMax).replaceAll(/^-+|-+$/g, '');
  const number = String(rank).padStart(6, '0');
  return wellFormed(parseNodeName(trimmed === '' ? number : `${number}-${trimmed}`));
}

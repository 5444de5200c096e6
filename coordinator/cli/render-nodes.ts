import { nvlinkIslands } from '../../shared/domain/nvlink-islands.ts';
import { renderTable, type Table } from '../../shared/platform/table.ts';
import type { Event__Output } from '../../shared/wire/generated/tangram/v1/Event.ts';
import type { Gpu__Output } from '../../shared/wire/generated/tangram/v1/Gpu.ts';
import type { Node__Output } from '../../shared/wire/generated/tangram/v1/Node.ts';
import { drainText, renderDrain } from './render-drain.ts';
import { renderEvents } from './render-events.ts';
import { mapText, renderFields } from './render-models.ts';
import {
  agoText,
  availabilityWord,
  cpuText,
  mibText,
  phaseWord,
  shapeMib,
  shapeText,
} from './words.ts';

/** `tangram get nodes`. */
export function renderNodes(nodes: readonly Node__Output[], nowMs: number): string {
  const { columns, rows } = nodesTable(nodes, nowMs);
  return renderTable(columns, rows);
}

export function nodesTable(nodes: readonly Node__Output[], nowMs: number): Table {
  return {
    columns: [
      'NODE',
      'STATE',
      'LINK',
      'SEEN',
      'GPUS',
      'CPU',
      'MEMORY',
      'REPLICAS',
      'RUNTIMES',
      'AGENT',
      'REASON',
    ],
    rows: nodes.map((node) => [
      node.name,
      availabilityWord(node.availability),
      node.connected ? 'up' : 'down',
      node.connected ? 'now' : agoText(node.lastSeenMs, nowMs),
      cardsText(node.gpus),
      cpuText(node.cpuMillis),
      mibText(node.memoryMib),
      String(node.replicas.length),
      node.runtimes.join(','),
      node.agentVersion,
      node.availabilityReason,
    ]),
  };
}

/** `2x NVIDIA A100-SXM4-40GB, 1x NVIDIA L40S`. */
function cardsText(gpus: readonly Gpu__Output[]): string {
  const counts = new Map<string, number>();
  for (const gpu of gpus) counts.set(gpu.productName, (counts.get(gpu.productName) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count}x ${name}`).join(', ');
}

/** `tangram get gpus`. */
export function renderGpus(nodes: readonly Node__Output[]): string {
  return renderTable(
    [
      'NODE',
      'GPU',
      'PRODUCT',
      'MODE',
      'AUTHORITY',
      'HEALTH',
      'MEMORY',
      'HELD',
      'FOREIGN',
      'SLICES',
      'UUID',
      'OUTCOME',
    ],
    nodes.flatMap((node) =>
      node.gpus.map((gpu) => [
        node.name,
        String(gpu.index),
        gpu.productName,
        gpu.mode,
        gpu.authority,
        gpu.healthReason === '' ? gpu.health : `${gpu.health}: ${gpu.healthReason}`,
        mibText(gpu.memoryTotalMib),
        mibText(heldMib(gpu)),
        mibText(gpu.memoryForeignMib),
        String(gpu.slices.length),
        gpu.uuid,
        gpu.outcomeDetail === '' ? gpu.outcome : `${gpu.outcome}: ${gpu.outcomeDetail}`,
      ]),
    ),
  );
}

function heldMib(gpu: Gpu__Output): number {
  return gpu.slices
    .filter((slice) => slice.state !== 'foreign' && slice.state !== 'free')
    .reduce((total, slice) => total + shapeMib(slice.shape), 0);
}

/** `tangram get slices`. */
export function renderSlices(nodes: readonly Node__Output[]): string {
  return renderTable(
    ['NODE', 'GPU', 'SLICE', 'MEMORY', 'ENFORCED', 'STATE', 'MODEL', 'REPLICA', 'DEVICE'],
    nodes.flatMap((node) =>
      node.gpus.flatMap((gpu) =>
        gpu.slices.map((slice) => [
          node.name,
          String(gpu.index),
          shapeText(slice.shape),
          mibText(shapeMib(slice.shape)),
          slice.enforcement,
          slice.state,
          slice.model,
          slice.allocation === '' ? slice.replica : `allocation ${slice.allocation}`,
          slice.deviceUuid,
        ]),
      ),
    ),
  );
}

/** `0,1,2,3 (NV12); 4,5 (NV18)`: the cards of each island, and by how many links a card is joined at least. */
function islandsText(gpus: readonly Gpu__Output[]): string {
  const cards = gpus.map(({ uuid, nvlinkPeers }) => ({
    gpu: uuid,
    peers: nvlinkPeers.map((peer) => peer.gpuUuid),
  }));
  return nvlinkIslands(cards)
    .map((island) => {
      const members = gpus.filter((gpu) => island.includes(gpu.uuid));
      const links = members.flatMap((gpu) => gpu.nvlinkPeers.map((peer) => peer.links));
      return `${members.map((gpu) => gpu.index).join(',')} (NV${Math.min(...links)})`;
    })
    .join('; ');
}

/** `node 0: 0,1; node 1: 2,3`; cards of which nobody tells are left out. */
function numaText(gpus: readonly Gpu__Output[]): string {
  const nodes = new Map<number, number[]>();
  for (const { index, numaNode } of gpus) {
    if (numaNode !== undefined) nodes.set(numaNode, [...(nodes.get(numaNode) ?? []), index]);
  }
  return [...nodes]
    .toSorted(([a], [b]) => a - b)
    .map(([node, cards]) => `node ${node}: ${cards.join(',')}`)
    .join('; ');
}

/** `tangram describe node`. */
export function renderNode(
  node: Node__Output,
  about: { readonly events: readonly Event__Output[]; readonly nowMs: number },
): string {
  const head = renderFields([
    ['node', node.name],
    ['state', availabilityWord(node.availability)],
    ['reason', node.availabilityReason],
    [
      'link',
      node.connected ? 'up' : `down, last seen ${agoText(node.lastSeenMs, about.nowMs)} ago`,
    ],
    ['labels', mapText(node.labels)],
    ['cpu', cpuText(node.cpuMillis)],
    ['memory', mibText(node.memoryMib)],
    ['runtimes', node.runtimes.join(', ')],
    ['gpu handout', node.gpuHandout],
    ['images', String(node.imageCount)],
    ['nvlink', islandsText(node.gpus)],
    ['numa', numaText(node.gpus)],
    ['driver', node.driverVersion],
    ['agent', node.agentVersion],
    ['metrics', node.metricsAddress],
    ['drain', node.drain === null ? '' : drainText(node.drain)],
    ['target', `generation ${node.generation}, accepted ${node.acceptedGeneration}`],
  ]);
  const replicas = renderTable(
    ['REPLICA', 'MODEL', 'PHASE', 'ADDRESS', 'REASON'],
    node.replicas.map((replica) => [
      replica.replica,
      replica.model,
      phaseWord(replica.phase),
      replica.address,
      replica.reason,
    ]),
  );
  const events = about.events.length === 0 ? '' : `\nevents\n${renderEvents(about.events)}`;
  const drain =
    node.drain === null || node.drain.left.length === 0
      ? ''
      : `\nleft to drain\n${renderDrain(node.drain)}`;
  return `${head}${drain}\ncards\n${renderGpus([node])}\nslices\n${renderSlices([node])}\nreplicas\n${replicas}${events}`;
}

import { sliceEnforcement } from '../../shared/domain/slice.ts';
import { renderDuration, renderMib } from '../../shared/domain/units.ts';
import { renderTable } from '../../shared/platform/table.ts';
import type {
  AllocationRecord,
  EventRecord,
  GpuRecord,
  NodeRecord,
  ReplicaRecord,
  SliceRecord,
} from './api/agent-api.ts';
import type { ProcessSample } from './api/top-record.ts';
import { holderWord } from './holder-word.ts';
import { shapeWord } from './shape-word.ts';

/** One line a card, and one for each slice below it. */
export function renderGpus(gpus: readonly GpuRecord[]): string {
  const columns = [
    'GPU',
    'PRODUCT',
    'MODE',
    'SLICE',
    'MEMORY',
    'HOLDER',
    'STATE',
    'ENFORCED',
    'DEVICE',
  ];
  const rows = gpus.flatMap((gpu) => [
    [
      String(gpu.index),
      gpu.productName,
      gpu.mode,
      '',
      renderMib(gpu.memoryTotalMib),
      '',
      cardState(gpu),
      '',
      gpu.uuid,
    ],
    ...gpu.slices.map((slice) => [
      String(gpu.index),
      gpu.productName,
      gpu.mode,
      shapeWord(slice.shape),
      slice.shape === null ? '' : renderMib(slice.shape.memoryMib),
      holderWord(slice),
      slice.state,
      slice.enforcement,
      slice.deviceUuid,
    ]),
  ]);
  return renderTable(columns, rows);
}

/** `ok, cut`: how the card is, and what may be done to it. */
function cardState(gpu: GpuRecord): string {
  const reason = gpu.healthReason === '' ? '' : `: ${gpu.healthReason}`;
  return `${gpu.health}, ${gpu.authority}${reason}`;
}

/** One line a replica, and one for each allocation below them. */
export function renderHolders(
  replicas: readonly ReplicaRecord[],
  allocations: readonly AllocationRecord[],
  nowMs: number,
): string {
  return renderTable(
    [
      'HOLDER',
      'MODEL',
      'PHASE',
      'SLICE',
      'ENFORCED',
      'ADDRESS',
      'RESTARTS',
      'AGE',
      'RUNTIME',
      'REASON',
    ],
    [
      ...replicas.map((replica) => replicaCells(replica, nowMs)),
      ...allocations.map(allocationCells),
    ],
  );
}

function replicaCells(replica: ReplicaRecord, nowMs: number): readonly string[] {
  return [
    replica.replica,
    replica.model,
    replica.retiring ? `${replica.phase} (retiring)` : replica.phase,
    replica.slices.map((slice) => shapeWord(slice.shape)).join(','),
    enforcedBy(replica.slices),
    replica.address,
    String(replica.restarts),
    replica.startedAtMs === null ? '' : renderDuration(Math.max(0, nowMs - replica.startedAtMs)),
    replica.runtime,
    replica.reason,
  ];
}

/** Its client starts and ends what runs on it: nothing is known of when and how. */
function allocationCells(held: AllocationRecord): readonly string[] {
  const { state, slices, reason } = held;
  const slice = slices.map(({ shape }) => shapeWord(shape)).join(',');
  const holder = holderWord({ replica: '', allocation: held.allocation });
  return [holder, '', state, slice, enforcedBy(slices), '', '', '', '', reason];
}

/** Once, where all slices are kept to their size alike. */
function enforcedBy(slices: ReplicaRecord['slices']): string {
  const words = slices.flatMap(({ shape }) =>
    shape === null ? [] : [sliceEnforcement(shape.kind)],
  );
  return [...new Set(words)].join(',');
}

export function renderEvents(events: readonly EventRecord[]): string {
  return renderTable(
    ['TIME', 'KIND', 'SUBJECT', 'MESSAGE'],
    events.map((event) => [
      new Date(event.atMs).toISOString(),
      event.kind,
      event.subject,
      event.message,
    ]),
  );
}

/** `processes`: null where they could not be read. `gpus`: all of the node. */
export function renderGpu(
  gpu: GpuRecord,
  processes: readonly ProcessSample[] | null,
  gpus: readonly GpuRecord[],
): string {
  const about: readonly (readonly [string, string])[] = [
    ['UUID', gpu.uuid],
    ['Index', String(gpu.index)],
    ['Product', gpu.productName],
    ['PCI bus', gpu.pciBusId],
    ['NUMA node', gpu.numaNode === null ? '' : String(gpu.numaNode)],
    ['NVLink', nvlinkText(gpu, gpus)],
    ['Memory', `${renderMib(gpu.memoryTotalMib)}, ${renderMib(gpu.memoryForeignMib)} foreign`],
    ['Mode', gpu.mode],
    ['Authority', gpu.authority],
    ['Health', gpu.health === 'ok' ? 'ok' : `${gpu.health}: ${gpu.healthReason}`],
    ['Layout', `revision ${gpu.layoutRevision}`],
    ['Outcome', [gpu.outcome, gpu.outcomeDetail].filter((text) => text !== '').join(': ')],
  ];
  const rows = gpu.slices.map((slice: SliceRecord) => [
    slice.slice,
    shapeWord(slice.shape),
    slice.shape === null ? '' : renderMib(slice.shape.memoryMib),
    slice.enforcement,
    holderWord(slice),
    slice.state,
    slice.deviceUuid,
  ]);
  const columns = ['SLICE', 'SHAPE', 'MEMORY', 'ENFORCED', 'HOLDER', 'STATE', 'DEVICE'];
  const slices = rows.length === 0 ? '' : `\n${renderTable(columns, rows)}`;
  return `${renderFields(about)}${slices}\n${renderProcesses(processes)}`;
}

/** `GPU 1 (NV12), GPU 2 (NV12)`. */
function nvlinkText({ nvlinkPeers }: GpuRecord, gpus: readonly GpuRecord[]): string {
  const named = nvlinkPeers.map(({ gpuUuid, links }) => {
    const index = gpus.find((each) => each.uuid === gpuUuid)?.index;
    return `${index === undefined ? gpuUuid : `GPU ${index}`} (NV${links})`;
  });
  return named.join(', ');
}

function renderProcesses(processes: readonly ProcessSample[] | null): string {
  if (processes === null) return 'The processes on the card cannot be read now.\n';
  if (processes.length === 0) return 'No process uses the card.\n';
  return renderTable(
    ['PID', 'PROCESS', 'WHOSE', 'CONTAINER', 'IMAGE', 'MEMORY', 'SM'],
    processes.map((process) => [
      String(process.pid),
      process.name,
      whoseWord(process),
      process.containerName || process.container.slice(0, 12),
      process.containerImage,
      process.memoryUsedMib === null ? '' : renderMib(process.memoryUsedMib),
      process.smRatio === null ? '' : `${Math.round(process.smRatio * 100)}%`,
    ]),
  );
}

function whoseWord(process: ProcessSample): string {
  if (process.owner === 'mps-server') return 'MPS';
  return holderWord(process) || 'not ours';
}

export function renderReplica(replica: ReplicaRecord): string {
  return renderFields([
    ['Replica', replica.replica],
    ['Model', `${replica.model} version ${replica.modelVersion}`],
    ['Phase', replica.retiring ? `${replica.phase} (retiring)` : replica.phase],
    ['Reason', replica.reason],
    ['Address', replica.address],
    ['Runtime', [replica.runtime, replica.runtimeId].filter((text) => text !== '').join(' ')],
    ['Restarts', String(replica.restarts)],
    ['Started', replica.startedAtMs === null ? '' : new Date(replica.startedAtMs).toISOString()],
    ['Ready', readyText(replica)],
    ['Idle', replica.idleSeconds === null ? '' : idleText(replica.idleSeconds)],
    ...replica.slices.map((slice): readonly [string, string] => [
      'Slice',
      `${slice.slice}: ${shapeWord(slice.shape)} on ${slice.gpu}`,
    ]),
    ...(replica.slices.length === 0 ? [] : [['Enforced', enforcedBy(replica.slices)] as const]),
  ]);
}

/** Since when, and how long it took to get there. */
function readyText({ startedAtMs, readyAtMs }: ReplicaRecord): string {
  if (readyAtMs === null) return '';
  const took =
    startedAtMs === null ? '' : ` (${renderDuration(readyAtMs - startedAtMs)} after its start)`;
  return `${new Date(readyAtMs).toISOString()}${took}`;
}

function idleText(seconds: number): string {
  return seconds === 0 ? 'no' : `for ${renderDuration(seconds * 1_000)} or longer`;
}

export function renderNode(node: NodeRecord): string {
  return renderFields([
    ['Node', node.node],
    ['Agent', node.agentVersion],
    ['Driver', node.driverVersion],
    ...coordinatorFields(node),
    ['Cluster', node.clusterId],
    ['Target', `epoch ${node.epoch}, generation ${node.generation}`],
    ['Last round', [node.roundOutcome, node.roundDetail].filter((text) => text !== '').join(': ')],
    ['Runtimes', node.runtimes.join(', ')],
    ['GPU handout', node.gpuHandout],
    ['Images', String(node.imageCount)],
    ['CPU', `${node.cpuMillis / 1_000}`],
    ['Memory', renderMib(node.memoryMib)],
    ['Boot', node.bootId],
  ]);
}

/** One line a coordinator; an older agent names one. */
function coordinatorFields({
  coordinator,
  coordinatorDetail,
  coordinators,
}: NodeRecord): (readonly [string, string])[] {
  if (coordinators.length > 1) {
    return coordinators.map(({ address, detail }) => ['Coordinator', `${address}: ${detail}`]);
  }
  return [['Coordinator', `${coordinator === '' ? 'none' : coordinator}: ${coordinatorDetail}`]];
}

function renderFields(fields: readonly (readonly [string, string])[]): string {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields
    .map(([name, value]) => `${`${name}:`.padEnd(width + 1)}  ${value === '' ? '-' : value}\n`)
    .join('');
}

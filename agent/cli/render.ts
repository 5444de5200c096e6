import { unreachable } from '../../shared/domain/assert.ts';
import { renderDuration, renderMib } from '../../shared/domain/units.ts';
import type { SliceShape } from '../../shared/domain/slice.ts';
import { renderTable } from '../../shared/platform/table.ts';
import type {
  EventRecord,
  GpuRecord,
  NodeRecord,
  ReplicaRecord,
  SliceRecord,
  TopRecord,
} from './api/agent-api.ts';

/** `2g.10gb@4`, `mps-25%`, `whole`: a slice in one word. */
function renderShape(shape: SliceShape | null): string {
  if (shape === null) return '';
  switch (shape.kind) {
    case 'mig':
      return `${shape.profile}@${shape.start}`;
    case 'mps':
      return `mps-${shape.smPercent}%`;
    case 'whole':
    case 'timeshare':
      return shape.kind;
    default:
      return unreachable(shape);
  }
}

/** One line a card, and one for each slice below it. */
export function renderGpus(gpus: readonly GpuRecord[]): string {
  const columns = [
    'GPU',
    'PRODUCT',
    'MODE',
    'SLICE',
    'MEMORY',
    'REPLICA',
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
      renderShape(slice.shape),
      slice.shape === null ? '' : renderMib(slice.shape.memoryMib),
      slice.replica,
      slice.state,
      slice.enforcement,
      slice.deviceUuid,
    ]),
  ]);
  return renderTable(columns, rows);
}

function cardState(gpu: GpuRecord): string {
  return gpu.health === 'ok' ? gpu.authority : `${gpu.health}: ${gpu.healthReason}`;
}

export function renderReplicas(replicas: readonly ReplicaRecord[], nowMs: number): string {
  return renderTable(
    ['REPLICA', 'MODEL', 'PHASE', 'SLICE', 'ADDRESS', 'RESTARTS', 'AGE', 'RUNTIME', 'REASON'],
    replicas.map((replica) => [
      replica.replica,
      replica.model,
      replica.retiring ? `${replica.phase} (retiring)` : replica.phase,
      replica.slices.map((slice) => renderShape(slice.shape)).join(','),
      replica.address,
      String(replica.restarts),
      replica.startedAtMs === null ? '' : renderDuration(Math.max(0, nowMs - replica.startedAtMs)),
      replica.runtime,
      replica.reason,
    ]),
  );
}

/** Cards, then the processes on them. A value that was not told is `-`. */
export function renderTop(top: TopRecord): string {
  const cards = renderTable(
    ['GPU', 'UTIL', 'MEMORY', 'OF', 'TEMP', 'POWER', 'SM-CLOCK', 'UUID'],
    top.gpus.map((gpu) => [
      String(gpu.index),
      told(gpu.utilizationRatio, (ratio) => `${Math.round(ratio * 100)}%`),
      told(gpu.memoryUsedMib, renderMib),
      told(gpu.memoryTotalMib, renderMib),
      told(gpu.temperatureCelsius, (degrees) => `${Math.round(degrees)}C`),
      told(gpu.powerWatts, (watts) => `${Math.round(watts)}W`),
      told(gpu.smClockMhz, (mhz) => `${Math.round(mhz)}MHz`),
      gpu.uuid,
    ]),
  );
  const processes = top.gpus.flatMap((gpu) =>
    gpu.processes.map((process) => [
      String(gpu.index),
      String(process.pid),
      told(process.memoryUsedMib, renderMib),
      process.model,
      process.replica,
      process.name,
    ]),
  );
  const below =
    processes.length === 0
      ? ''
      : `\n${renderTable(['GPU', 'PID', 'MEMORY', 'MODEL', 'REPLICA', 'COMMAND'], processes)}`;
  return `${topHead(top)}${cards}${below}`;
}

const staleMs = 5_000;

function topHead(top: TopRecord): string {
  const cpu = told(top.cpuRatio, (ratio) => `${Math.round(ratio * 100)}%`);
  const host = `host: CPU ${cpu || '-'}, memory ${told(top.memoryUsedMib, renderMib) || '-'}`;
  if (top.gpus.length === 0) return `${host}; no sample of a card\n\n`;
  const age = `samples ${(top.ageMs / 1_000).toFixed(1)} s old`;
  return `${host}; ${age}${top.ageMs > staleMs ? ' (STALE: sampling has stalled)' : ''}\n\n`;
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

export function renderGpu(gpu: GpuRecord): string {
  const about: readonly (readonly [string, string])[] = [
    ['UUID', gpu.uuid],
    ['Index', String(gpu.index)],
    ['Product', gpu.productName],
    ['PCI bus', gpu.pciBusId],
    ['Memory', `${renderMib(gpu.memoryTotalMib)}, ${renderMib(gpu.memoryForeignMib)} foreign`],
    ['Mode', gpu.mode],
    ['Authority', gpu.authority],
    ['Health', gpu.health === 'ok' ? 'ok' : `${gpu.health}: ${gpu.healthReason}`],
    ['Layout', `revision ${gpu.layoutRevision}`],
    ['Outcome', [gpu.outcome, gpu.outcomeDetail].filter((text) => text !== '').join(': ')],
  ];
  if (gpu.slices.length === 0) return renderFields(about);
  const rows = gpu.slices.map((slice: SliceRecord) => [
    slice.slice === '' ? 'foreign' : slice.slice,
    renderShape(slice.shape),
    slice.shape === null ? '' : renderMib(slice.shape.memoryMib),
    slice.enforcement,
    slice.replica,
    slice.state,
    slice.deviceUuid,
  ]);
  const columns = ['SLICE', 'SHAPE', 'MEMORY', 'ENFORCED', 'REPLICA', 'STATE', 'DEVICE'];
  return `${renderFields(about)}\n${renderTable(columns, rows)}`;
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
    ...replica.slices.map((slice): readonly [string, string] => [
      'Slice',
      `${slice.slice}: ${renderShape(slice.shape)} on ${slice.gpu}`,
    ]),
  ]);
}

export function renderNode(node: NodeRecord): string {
  const coordinator = node.coordinator === '' ? 'none' : node.coordinator;
  return renderFields([
    ['Node', node.node],
    ['Agent', node.agentVersion],
    ['Driver', node.driverVersion],
    ['Coordinator', `${coordinator}: ${node.coordinatorDetail}`],
    ['Cluster', node.clusterId],
    ['Target', `epoch ${node.epoch}, generation ${node.generation}`],
    ['Last round', [node.roundOutcome, node.roundDetail].filter((text) => text !== '').join(': ')],
    ['Runtimes', node.runtimes.join(', ')],
    ['GPU handout', node.gpuHandout],
    ['CPU', `${node.cpuMillis / 1_000}`],
    ['Memory', renderMib(node.memoryMib)],
    ['Boot', node.bootId],
  ]);
}

function renderFields(fields: readonly (readonly [string, string])[]): string {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields
    .map(([name, value]) => `${`${name}:`.padEnd(width + 1)}  ${value === '' ? '-' : value}\n`)
    .join('');
}

function told(value: number | null, render: (value: number) => string): string {
  return value === null ? '' : render(value);
}

import { renderTable, type Table } from '../../shared/platform/table.ts';
import type { Disruption__Output } from '../../shared/wire/generated/tangram/v1/Disruption.ts';
import type { ExplainResponse__Output } from '../../shared/wire/generated/tangram/v1/ExplainResponse.ts';
import type { Event__Output } from '../../shared/wire/generated/tangram/v1/Event.ts';
import type { Model__Output } from '../../shared/wire/generated/tangram/v1/Model.ts';
import type { Node__Output } from '../../shared/wire/generated/tangram/v1/Node.ts';
import type { Replica__Output } from '../../shared/wire/generated/tangram/v1/Replica.ts';
import { renderEvents } from './render-events.ts';
import { renderWhy } from './why-render.ts';
import {
  agoText,
  cpuText,
  enumWord,
  isolationWord,
  mibText,
  phaseWord,
  shapeText,
  timeText,
} from './words.ts';

/** Where cards are known by number: card UUID → index. */
export type GpuIndices = ReadonlyMap<string, number>;

export function gpuIndices(nodes: readonly Node__Output[]): GpuIndices {
  return new Map(nodes.flatMap((node) => node.gpus.map((gpu) => [gpu.uuid, gpu.index])));
}

/** `tangram get models`. */
export function renderModels(models: readonly Model__Output[]): string {
  const { columns, rows } = modelsTable(models);
  return renderTable(columns, rows);
}

export function modelsTable(models: readonly Model__Output[]): Table {
  return {
    columns: [
      'MODEL',
      'VERSION',
      'READY',
      'PLACED',
      'WANTED',
      'GPU',
      'PRIORITY',
      'STATE',
      'REASON',
    ],
    rows: models.map((model) => [
      model.name,
      model.version,
      String(model.status?.replicasReady ?? 0),
      String(model.status?.replicasPlaced ?? 0),
      String(model.status?.replicasWanted ?? 0),
      needText(model),
      String(model.spec?.priority ?? 0),
      modelState(model),
      model.status?.pendingReason ?? '',
    ]),
  };
}

export function modelState(model: Model__Output): string {
  const status = model.status;
  if (status === null) return 'unknown';
  if (status.deleting) return 'deleting';
  if (status.replicasPlaced < status.replicasWanted) return 'pending';
  return status.replicasReady < status.replicasWanted ? 'starting' : 'ready';
}

function needText(model: Model__Output): string {
  const need = model.spec?.gpu;
  if (need === null || need === undefined) return 'none';
  const count = need.count > 1 ? `${need.count}x` : '';
  const compute = need.computePercent > 0 ? ` ${need.computePercent}%` : '';
  return `${count}${mibText(need.memoryMib)}${compute} ${isolationWord(need.isolation)}`;
}

/** `tangram ps`: every replica, then one line for each model of which some have no place. */
export function renderReplicas(
  models: readonly Model__Output[],
  indices: GpuIndices,
  nowMs: number,
): string {
  const replicas = models.flatMap((model) => model.status?.replicas ?? []);
  const pending = models.filter((model) => pendingCount(model) > 0);
  return renderTable(
    ['REPLICA', 'MODEL', 'NODE', 'GPU', 'SLICE', 'PHASE', 'RESTARTS', 'AGE', 'ADDRESS', 'REASON'],
    [
      ...replicas.map((replica) => replicaRow(replica, indices, nowMs)),
      ...pending.map((model) => [
        '',
        model.name,
        '',
        '',
        '',
        `pending x${pendingCount(model)}`,
        '',
        '',
        '',
        model.status?.pendingReason ?? '',
      ]),
    ],
  );
}

export function pendingCount(model: Model__Output): number {
  const status = model.status;
  return status === null ? 0 : Math.max(0, status.replicasWanted - status.replicasPlaced);
}

function replicaRow(replica: Replica__Output, indices: GpuIndices, nowMs: number): string[] {
  return [
    replica.replica,
    replica.model,
    replica.node,
    replica.slices.map((slice) => indices.get(slice.gpuUuid) ?? slice.gpuUuid).join(','),
    replica.slices.map((slice) => shapeText(slice.shape)).join(', '),
    replica.retiring ? `${phaseWord(replica.phase)}, retiring` : phaseWord(replica.phase),
    String(replica.restarts),
    agoText(replica.startedAtMs, nowMs),
    replica.address,
    replica.reason,
  ];
}

/** What `tangram apply` adds when something of the model has no place; empty when all has. */
export function renderRefusal(why: ExplainResponse__Output): string {
  if (why.refusal === '') return '';
  const help = why.nearest === '' ? '' : `  would help: ${why.nearest}\n`;
  return `  pending: ${why.refusal}\n${help}`;
}

/** `tangram describe model`. */
export function renderModel(
  model: Model__Output,
  about: {
    readonly why: ExplainResponse__Output;
    readonly events: readonly Event__Output[];
    readonly indices: GpuIndices;
    readonly nowMs: number;
  },
): string {
  const workload = model.spec?.workload;
  const rule = model.spec?.placement;
  const head = renderFields([
    ['model', model.name],
    ['state', modelState(model)],
    ['version', model.version],
    ['labels', mapText(model.labels)],
    ['image', workload?.image ?? ''],
    ['process', (workload?.command ?? []).join(' ')],
    ['args', (workload?.args ?? []).join(' ')],
    ['env', Object.keys(workload?.env ?? {}).join(', ')],
    ['port', String(workload?.port ?? '')],
    ['health', workload?.health?.path ?? ''],
    ['cpu', workload?.cpuMillis ? cpuText(workload.cpuMillis) : ''],
    ['memory', Number(workload?.memoryMib ?? 0) > 0 ? mibText(workload?.memoryMib ?? 0) : ''],
    ['gpu', needText(model)],
    ['cards', (model.spec?.gpu?.models ?? []).join(', ')],
    ['priority', String(model.spec?.priority ?? 0)],
    ['spread', spreadText(rule?.spread)],
    ['apart from', (rule?.antiAffinity ?? []).join(', ')],
    ['constraints', mapText(rule?.constraints ?? {})],
    ['disruption', disruptionText(model.spec?.disruption)],
    ['created', timeText(model.createdAtMs)],
    ['updated', timeText(model.updatedAtMs)],
  ]);
  const replicas = renderReplicas([model], about.indices, about.nowMs);
  const events = about.events.length === 0 ? '' : `\nevents\n${renderEvents(about.events)}`;
  return `${head}\n${renderWhy(about.why)}\n${replicas}${events}`;
}

/** Empty: wherever there is room. */
function spreadText(spread: string | number | undefined): string {
  const word = enumWord('SPREAD_', spread ?? 'none');
  return word === 'none' || word === 'unspecified' ? '' : `over ${word}s`;
}

/** As the manifest spells it. */
function disruptionText(disruption: Disruption__Output | null | undefined): string {
  const word = enumWord('DISRUPTION_KIND_', disruption?.kind ?? 'never');
  if (word === 'budget') return `budget:${disruption?.budgetSeconds ?? 0}s`;
  return word === 'unspecified' ? 'never' : word;
}

/** `name  value` lines; what is empty is left out. */
export function renderFields(fields: readonly (readonly [string, string])[]): string {
  const said = fields.filter(([, value]) => value !== '');
  const width = Math.max(...said.map(([name]) => name.length));
  return said.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

export function mapText(map: Readonly<Record<string, string>>): string {
  return Object.entries(map)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

import type { Breathe } from '../../shared/platform/breather.ts';
import type { LinkCounters } from '../api/link-counters.ts';
import type { CoordinatorCore, ModelView, NodeView } from '../fleet/core.ts';
import type { StandingSource } from '../leader/standing.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { MetricRow } from './metric-row.ts';
import { accessRows, type AccessSource } from './access-rows.ts';

export interface MetricSource {
  readonly core: Pick<CoordinatorCore, 'eachModel' | 'eachNode' | 'epoch' | 'heldLosses'>;
  readonly telemetry: {
    readonly samples: Pick<Telemetry['samples'], 'counts'>;
    readonly history: Pick<Telemetry['history'], 'counts'>;
    readonly gate: Pick<Telemetry['gate'], 'shedding' | 'lagMs'>;
  };
  readonly link: Readonly<LinkCounters>;
  /** Absent: no other coordinator can lead. */
  readonly standing?: Pick<StandingSource, 'standing'>;
  readonly decisions: () => { readonly placed: number; readonly refused: number };
  /** Absent: nobody is asked who calls. */
  readonly access?: AccessSource;
}

const bytesPerMib = 1024 * 1024;

/** Every key is there, also at 0: an alert on a series that does not exist never fires. */
const zeroes = {
  nodes: { ready: 0, cordoned: 0, draining: 0, suspect: 0, lost: 0 },
  modes: { idle: 0, whole: 0, mig: 0, mps: 0, timeshare: 0, foreign: 0 },
  health: { ok: 0, degraded: 0, failed: 0 },
  slices: { whole: 0, mig: 0, mps: 0, timeshare: 0 },
  phases: {
    waiting: 0,
    pulling: 0,
    starting: 0,
    ready: 0,
    unhealthy: 0,
    backoff: 0,
    failed: 0,
    stopping: 0,
    stopped: 0,
  },
} as const;

type Counts<T> = { -readonly [K in keyof T]: number };

/** What is counted while walking the cluster. */
interface Census {
  readonly nodes: Counts<typeof zeroes.nodes>;
  readonly modes: Counts<typeof zeroes.modes>;
  readonly health: Counts<typeof zeroes.health>;
  readonly slices: Counts<typeof zeroes.slices>;
  readonly phases: Counts<typeof zeroes.phases>;
  connected: number;
  behind: number;
  gpuMib: number;
  claimedMib: number;
  models: number;
  pending: number;
}

/**
 * The catalogue: what the coordinator says of the cluster. `breathe` is called after each node and model, so that
 * thousands of them never hold the thread; the figures are of the moments at which each was looked at.
 */
export async function clusterRows(
  source: MetricSource,
  breathe: Breathe,
): Promise<readonly MetricRow[]> {
  const leads = source.standing?.standing().leading ?? true;
  return [
    one('tangram_coordinator_leader', '1: it leads. 0: it stands by.', leads ? 1 : 0),
    one('tangram_coordinator_epoch', "The leader's term.", source.core.epoch),
    // A standby says nothing of the cluster: who adds up its coordinators would count everything twice.
    ...(leads ? await fleetRows(source.core, breathe) : []),
    ...counterRows(source),
    ...telemetryRows(source),
    ...(source.access === undefined ? [] : accessRows(source.access)),
  ];
}

async function fleetRows(
  core: MetricSource['core'],
  breathe: Breathe,
): Promise<readonly MetricRow[]> {
  const census = emptyCensus();
  for (const node of core.eachNode()) {
    countNode(census, node);
    await breathe();
  }
  for (const model of core.eachModel()) {
    countModel(census, model);
    await breathe();
  }
  const massLoss = one(
    'tangram_fleet_mass_loss',
    'Nodes that are gone and not replaced, because too many fell silent at once. Above 0: look at the network.',
    core.heldLosses().length,
  );
  return [...nodeRows(census), massLoss, ...gpuRows(census), ...modelRows(census)];
}

function emptyCensus(): Census {
  return {
    nodes: { ...zeroes.nodes },
    modes: { ...zeroes.modes },
    health: { ...zeroes.health },
    slices: { ...zeroes.slices },
    phases: { ...zeroes.phases },
    connected: 0,
    behind: 0,
    gpuMib: 0,
    claimedMib: 0,
    models: 0,
    pending: 0,
  };
}

function countNode(census: Census, view: NodeView): void {
  census.nodes[view.availability.kind] += 1;
  if (view.connected) census.connected += 1;
  if (view.acceptedGeneration < view.generation) census.behind += 1;
  for (const gpu of view.inventory?.gpus ?? []) {
    census.modes[gpu.mode] += 1;
    census.health[gpu.health.state] += 1;
    census.gpuMib += gpu.memoryTotalMib;
  }
  for (const claim of view.claims) {
    for (const { shape } of claim.slices) {
      census.slices[shape.kind] += 1;
      census.claimedMib += shape.memoryMib;
    }
  }
}

function countModel(census: Census, model: ModelView): void {
  census.models += 1;
  census.pending += model.pendingCount;
  for (const replica of model.replicas) census.phases[replica.status?.phase ?? 'waiting'] += 1;
}

function nodeRows(census: Census): readonly MetricRow[] {
  return [
    {
      name: 'tangram_cluster_nodes',
      help: 'Nodes by whether anything new may be placed on them.',
      type: 'gauge',
      label: 'state',
      values: census.nodes,
    },
    one(
      'tangram_cluster_nodes_connected',
      'Nodes whose agent holds a control stream.',
      census.connected,
    ),
    one(
      'tangram_cluster_nodes_behind',
      'Nodes that have not accepted their newest target yet.',
      census.behind,
    ),
  ];
}

function gpuRows(census: Census): readonly MetricRow[] {
  return [
    {
      name: 'tangram_cluster_gpus',
      help: 'Cards by what they are used as.',
      type: 'gauge',
      label: 'mode',
      values: census.modes,
    },
    {
      name: 'tangram_cluster_gpus_by_health',
      help: 'Cards by health.',
      type: 'gauge',
      label: 'health',
      values: census.health,
    },
    {
      name: 'tangram_cluster_slices',
      help: 'Slices that are held, by kind.',
      type: 'gauge',
      label: 'kind',
      values: census.slices,
    },
    one(
      'tangram_cluster_gpu_memory_size_bytes',
      'Memory of all cards.',
      census.gpuMib * bytesPerMib,
    ),
    one(
      'tangram_cluster_gpu_memory_claimed_bytes',
      'Memory of the slices that are held.',
      census.claimedMib * bytesPerMib,
    ),
  ];
}

function modelRows(census: Census): readonly MetricRow[] {
  return [
    one('tangram_cluster_models', 'Models that are declared.', census.models),
    {
      name: 'tangram_cluster_replicas',
      help: 'Replicas that have a place, by phase.',
      type: 'gauge',
      label: 'phase',
      values: census.phases,
    },
    one('tangram_cluster_replicas_pending', 'Replicas that have no place.', census.pending),
  ];
}

function counterRows({ link, decisions }: MetricSource): readonly MetricRow[] {
  return [
    {
      name: 'tangram_placement_decisions_total',
      help: 'Placement decisions since the start, by outcome.',
      type: 'counter',
      label: 'outcome',
      values: { ...decisions() },
    },
    counted(
      'tangram_link_sessions_total',
      'Control streams that were welcomed.',
      link.sessionsTotal,
    ),
    counted(
      'tangram_link_messages_rejected_total',
      'Reports of agents that could not be read.',
      link.rejectedTotal,
    ),
  ];
}

function telemetryRows({ telemetry, link }: MetricSource): readonly MetricRow[] {
  const { nodes, bytes, ringSeconds, batchesTotal, rejectedTotal } = telemetry.samples.counts();
  const { writtenTotal, droppedTotal, waiting } = telemetry.history.counts();
  return [
    one('tangram_telemetry_nodes', 'Nodes whose samples are kept.', nodes),
    one('tangram_telemetry_memory_bytes', 'Memory of the samples that are kept.', bytes),
    one('tangram_telemetry_window_seconds', 'How far back every second is kept.', ringSeconds),
    counted('tangram_telemetry_batches_total', 'Batches of samples that were kept.', batchesTotal),
    counted(
      'tangram_telemetry_batches_rejected_total',
      'Batches of samples that did not fit their series.',
      rejectedTotal,
    ),
    counted(
      'tangram_telemetry_batches_shed_total',
      'Batches of samples that were dropped because the coordinator was behind.',
      link.telemetryShedTotal,
    ),
    one(
      'tangram_telemetry_shedding',
      'Whether samples are being dropped now: 1, or 0.',
      Number(telemetry.gate.shedding),
    ),
    one(
      'tangram_coordinator_lag_seconds',
      'How late the event loop was when it was last looked at.',
      telemetry.gate.lagMs / 1_000,
    ),
    one(
      'tangram_telemetry_history_waiting',
      'Rows of the history that wait for the disk.',
      waiting,
    ),
    counted(
      'tangram_telemetry_history_rows_total',
      'Rows of the history that were written.',
      writtenTotal,
    ),
    counted(
      'tangram_telemetry_history_rows_dropped_total',
      'Rows of the history that the disk did not take.',
      droppedTotal,
    ),
  ];
}

function one(name: string, help: string, value: number): MetricRow {
  return { name, help, type: 'gauge', label: null, values: { '': value } };
}

function counted(name: string, help: string, value: number): MetricRow {
  return { name, help, type: 'counter', label: null, values: { '': value } };
}

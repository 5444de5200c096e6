import type { LinkCounters } from '../api/link-counters.ts';
import type { CoordinatorCore, ModelView, NodeView } from '../fleet/core.ts';
import type { TelemetryCounts } from '../telemetry/samples.ts';

/** One metric of the page with all its values. Labels are bounded: no row grows with nodes or models. */
export interface MetricRow {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly label: string | null;
  /** Label value to number; the key is ignored where there is no label. */
  readonly values: Readonly<Record<string, number>>;
}

export interface MetricSource {
  readonly core: Pick<CoordinatorCore, 'models' | 'nodes' | 'epoch'>;
  readonly telemetry: () => TelemetryCounts;
  readonly link: Readonly<LinkCounters>;
  readonly decisions: () => { readonly placed: number; readonly refused: number };
}

const bytesPerMib = 1024 * 1024;

/** The catalogue: what the coordinator says of the cluster, from values of this moment. */
export function clusterRows(source: MetricSource): readonly MetricRow[] {
  const nodes = source.core.nodes();
  return [
    one('tangram_coordinator_epoch', "The leader's term.", source.core.epoch),
    ...nodeRows(nodes),
    ...gpuRows(nodes),
    ...modelRows(source.core.models()),
    ...counterRows(source),
  ];
}

function nodeRows(nodes: readonly NodeView[]): readonly MetricRow[] {
  return [
    {
      name: 'tangram_cluster_nodes',
      help: 'Nodes by whether anything new may be placed on them.',
      type: 'gauge',
      label: 'state',
      values: countBy(
        nodes.map((view) => view.availability.kind),
        ['ready', 'cordoned', 'draining', 'suspect', 'lost'],
      ),
    },
    one(
      'tangram_cluster_nodes_connected',
      'Nodes whose agent holds a control stream.',
      nodes.filter((view) => view.connected).length,
    ),
    one(
      'tangram_cluster_nodes_behind',
      'Nodes that have not accepted their newest target yet.',
      nodes.filter((view) => view.acceptedGeneration < view.generation).length,
    ),
  ];
}

function gpuRows(nodes: readonly NodeView[]): readonly MetricRow[] {
  const gpus = nodes.flatMap((view) => view.inventory?.gpus ?? []);
  const slices = nodes.flatMap((view) => view.claims.flatMap((claim) => claim.slices));
  return [
    {
      name: 'tangram_cluster_gpus',
      help: 'Cards by what they are used as.',
      type: 'gauge',
      label: 'mode',
      values: countBy(
        gpus.map((gpu) => gpu.mode),
        ['idle', 'whole', 'mig', 'mps', 'timeshare', 'foreign'],
      ),
    },
    {
      name: 'tangram_cluster_gpus_by_health',
      help: 'Cards by health.',
      type: 'gauge',
      label: 'health',
      values: countBy(
        gpus.map((gpu) => gpu.health.state),
        ['ok', 'degraded', 'failed'],
      ),
    },
    {
      name: 'tangram_cluster_slices',
      help: 'Slices that are held, by kind.',
      type: 'gauge',
      label: 'kind',
      values: countBy(
        slices.map((slice) => slice.shape.kind),
        ['whole', 'mig', 'mps', 'timeshare'],
      ),
    },
    one(
      'tangram_cluster_gpu_memory_size_bytes',
      'Memory of all cards.',
      sum(gpus.map((gpu) => gpu.memoryTotalMib)) * bytesPerMib,
    ),
    one(
      'tangram_cluster_gpu_memory_claimed_bytes',
      'Memory of the slices that are held.',
      sum(slices.map((slice) => slice.shape.memoryMib)) * bytesPerMib,
    ),
  ];
}

function modelRows(models: readonly ModelView[]): readonly MetricRow[] {
  const replicas = models.flatMap((model) => model.replicas);
  return [
    one('tangram_cluster_models', 'Models that are declared.', models.length),
    {
      name: 'tangram_cluster_replicas',
      help: 'Replicas that have a place, by phase.',
      type: 'gauge',
      label: 'phase',
      values: countBy(
        replicas.map((replica) => replica.status?.phase ?? 'waiting'),
        [
          'waiting',
          'pulling',
          'starting',
          'ready',
          'unhealthy',
          'backoff',
          'failed',
          'stopping',
          'stopped',
        ],
      ),
    },
    one(
      'tangram_cluster_replicas_pending',
      'Replicas that have no place.',
      sum(models.map((model) => model.pendingCount)),
    ),
  ];
}

function counterRows({ telemetry, link, decisions }: MetricSource): readonly MetricRow[] {
  const { nodes, batchesTotal, rejectedTotal } = telemetry();
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
    one('tangram_telemetry_nodes', 'Nodes whose samples are kept.', nodes),
    counted('tangram_telemetry_batches_total', 'Batches of samples that were kept.', batchesTotal),
    counted(
      'tangram_telemetry_batches_rejected_total',
      'Batches of samples that did not fit their series.',
      rejectedTotal,
    ),
  ];
}

/** Every key is there, also at 0: an alert on a series that does not exist never fires. */
function countBy<K extends string>(
  found: readonly K[],
  keys: readonly K[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(keys.map((key) => [key, found.filter((each) => each === key).length]));
}

function one(name: string, help: string, value: number): MetricRow {
  return { name, help, type: 'gauge', label: null, values: { '': value } };
}

function counted(name: string, help: string, value: number): MetricRow {
  return { name, help, type: 'counter', label: null, values: { '': value } };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

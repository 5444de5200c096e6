import type { GpuRow } from '../drivers/nvidia-smi/nvidia-smi.ts';

/** A metric as Prometheus sees it. One row here is all that a metric needs; `metrics.ts` only fills in values. */
export interface MetricRow {
  readonly name: string;
  readonly help: string;
  /** Base unit, in the name too; `none` for counts, flags and identities. */
  readonly unit: 'ratio' | 'bytes' | 'celsius' | 'watts' | 'hertz' | 'seconds' | 'none';
  readonly type: 'gauge' | 'counter';
  readonly labels: readonly string[];
}

/** A metric that is read off one sample of one card. */
export interface GpuMetricRow extends MetricRow {
  /** In the metric's base unit; null: the tool did not tell, which is not 0. */
  readonly read: (row: GpuRow) => number | null;
}

const gpuLabels = ['node', 'gpu'] as const;
const bytesPerMib = 1024 * 1024;
const hertzPerMhz = 1e6;

/** What is sampled of every card, every second. The order is the order of the telemetry columns. */
export const gpuMetrics: readonly GpuMetricRow[] = [
  gpu('tangram_gpu_utilization_ratio', 'ratio', {
    help: 'Share of the last period in which a kernel ran on the card. Not told under MIG.',
    read: (row) => scaled(row.utilizationPercent, 0.01),
  }),
  gpu('tangram_gpu_memory_utilization_ratio', 'ratio', {
    help: 'Share of the last period in which the card read or wrote its memory.',
    read: (row) => scaled(row.memoryUtilizationPercent, 0.01),
  }),
  gpu('tangram_gpu_memory_used_bytes', 'bytes', {
    help: 'Memory of the card in use, whoever uses it.',
    read: (row) => scaled(row.memoryUsedMib, bytesPerMib),
  }),
  gpu('tangram_gpu_memory_size_bytes', 'bytes', {
    help: 'Memory that the card has.',
    read: (row) => scaled(row.memoryTotalMib, bytesPerMib),
  }),
  gpu('tangram_gpu_temperature_celsius', 'celsius', {
    help: 'Temperature of the chip.',
    read: (row) => row.temperatureCelsius,
  }),
  gpu('tangram_gpu_power_watts', 'watts', {
    help: 'Power drawn by the board.',
    read: (row) => row.powerDrawWatts,
  }),
  gpu('tangram_gpu_power_limit_watts', 'watts', {
    help: 'Power at which the driver holds the board.',
    read: (row) => row.powerLimitWatts,
  }),
  gpu('tangram_gpu_sm_clock_hertz', 'hertz', {
    help: 'Clock of the streaming multiprocessors.',
    read: (row) => scaled(row.smClockMhz, hertzPerMhz),
  }),
  gpu('tangram_gpu_memory_clock_hertz', 'hertz', {
    help: 'Clock of the memory.',
    read: (row) => scaled(row.memoryClockMhz, hertzPerMhz),
  }),
  gpu('tangram_gpu_ecc_uncorrected_errors', 'none', {
    help: 'Uncorrected ECC errors since the driver was loaded.',
    read: (row) => row.eccUncorrectedVolatile,
  }),
];

const replicaLabels = ['node', 'model', 'replica'] as const;
/** Without what the instance is called today: its UUID changes when it is made anew, and its series must not. */
const sliceLabels = ['node', 'gpu', 'slice', 'model', 'replica', 'allocation'] as const;

/** Everything else that `/metrics` tells, besides the process's own. */
export const nodeMetrics = {
  gpuInfo: gauge('tangram_gpu_info', 'none', {
    help: 'What the card is; always 1. Join on gpu.',
    labels: [
      'node',
      'gpu',
      'index',
      'product',
      'pci_bus_id',
      'driver_version',
      'mode',
      'authority',
    ],
  }),
  gpuHealthy: gauge('tangram_gpu_healthy', 'none', {
    help: '1: nothing is wrong with the card. 0: it is degraded or failed.',
    labels: gpuLabels,
  }),
  gpuHealth: gauge('tangram_gpu_health', 'none', {
    help: '1 for the state that the card is judged to be in (ok, degraded, draining, failed), 0 for the others.',
    labels: [...gpuLabels, 'state'],
  }),
  gpuRecovery: gauge('tangram_gpu_recovery', 'none', {
    help: '1 for the state of the card’s recovery, 0 for the others. Absent: there was none.',
    labels: [...gpuLabels, 'state'],
  }),
  gpuXids: counter('tangram_gpu_xid_events_total', 'none', {
    help: 'Xids of the card that the kernel told of since the agent began; xid is other for a code that is not known.',
    labels: [...gpuLabels, 'xid'],
  }),
  gpuForeign: gauge('tangram_gpu_memory_foreign_bytes', 'bytes', {
    help: 'Memory of the card held by processes that are neither a replica’s nor an allocation’s.',
    labels: gpuLabels,
  }),
  nodeCpu: gauge('tangram_node_cpu_ratio', 'ratio', {
    help: 'Share of the CPUs of the host in use over the last period.',
    labels: ['node'],
  }),
  nodeMemoryUsed: gauge('tangram_node_memory_used_bytes', 'bytes', {
    help: 'Memory of the host in use.',
    labels: ['node'],
  }),
  nodeMemorySize: gauge('tangram_node_memory_size_bytes', 'bytes', {
    help: 'Memory that the host has.',
    labels: ['node'],
  }),
  sliceInfo: gauge('tangram_slice_info', 'none', {
    help: 'A slice of a card and how it is kept to its size; always 1.',
    labels: [...sliceLabels, 'device', 'kind', 'profile', 'start', 'enforcement'],
  }),
  sliceMemorySize: gauge('tangram_slice_memory_size_bytes', 'bytes', {
    help: 'Memory of the card that the holder of the slice may use.',
    labels: sliceLabels,
  }),
  sliceMemoryUsed: gauge('tangram_slice_memory_used_bytes', 'bytes', {
    help: 'Memory of the card that the processes of the slice’s replica or allocation hold.',
    labels: sliceLabels,
  }),
  sliceCompute: gauge('tangram_slice_compute_limit_ratio', 'ratio', {
    help: 'Upper bound of the SMs of the card for an MPS slice.',
    labels: sliceLabels,
  }),
  replicaPhase: gauge('tangram_replica_phase', 'none', {
    help: '1 for the phase that the replica is in, 0 for the others.',
    labels: [...replicaLabels, 'phase'],
  }),
  replicaReady: gauge('tangram_replica_ready', 'none', {
    help: '1: the replica answers its health probe.',
    labels: replicaLabels,
  }),
  replicaRestarts: counter('tangram_replica_restarts_total', 'none', {
    help: 'How often the replica ended and was started again.',
    labels: replicaLabels,
  }),
  replicaStart: gauge('tangram_replica_start_timestamp_seconds', 'seconds', {
    help: 'When the replica was last started, seconds since the epoch.',
    labels: replicaLabels,
  }),
  allocationState: gauge('tangram_allocation_state', 'none', {
    help: '1 for the state that the allocation is in on this node (preparing, ready, reclaiming, left), 0 for the others.',
    labels: ['node', 'allocation', 'state'],
  }),
  agentInfo: gauge('tangram_agent_info', 'none', {
    help: 'The agent’s version; always 1.',
    labels: ['node', 'version'],
  }),
  rounds: counter('tangram_agent_rounds_total', 'none', {
    help: 'Rounds of the reconcile loop, by how they ended.',
    labels: ['node', 'outcome'],
  }),
  roundSuccess: gauge('tangram_agent_round_last_success_timestamp_seconds', 'seconds', {
    help: 'When a round last saw the whole world, seconds since the epoch.',
    labels: ['node'],
  }),
  driverSuccess: gauge('tangram_agent_driver_success', 'none', {
    help: '1: the last observation through this driver succeeded.',
    labels: ['node', 'driver'],
  }),
  driverDuration: gauge('tangram_agent_driver_duration_seconds', 'seconds', {
    help: 'How long the last observation through this driver took.',
    labels: ['node', 'driver'],
  }),
  sampleAge: gauge('tangram_agent_sample_age_seconds', 'seconds', {
    help: 'Age of the newest sample of the cards. Series of cards are absent once it is above five periods, at least 5.',
    labels: ['node'],
  }),
  samplerRestarts: counter('tangram_agent_sampler_restarts_total', 'none', {
    help: 'How often the sampling command ended unasked and was started again.',
    labels: ['node'],
  }),
  linkConnected: gauge('tangram_agent_link_connected', 'none', {
    help: '1: a coordinator that leads has welcomed this agent. Absent: it works alone.',
    labels: ['node'],
  }),
  linkConnects: counter('tangram_agent_link_sessions_total', 'none', {
    help: 'How often a coordinator has welcomed this agent.',
    labels: ['node'],
  }),
  batchesSent: counter('tangram_agent_telemetry_batches_sent_total', 'none', {
    help: 'Batches of samples written to the coordinator.',
    labels: ['node'],
  }),
  batchesDropped: counter('tangram_agent_telemetry_batches_dropped_total', 'none', {
    help: 'Batches of samples dropped because the stream to the coordinator was full.',
    labels: ['node'],
  }),
} as const satisfies Readonly<Record<string, MetricRow>>;

export type NodeMetric = keyof typeof nodeMetrics;

type Words = Pick<MetricRow, 'help' | 'labels'>;

function gpu(
  name: string,
  unit: MetricRow['unit'],
  rest: Pick<GpuMetricRow, 'help' | 'read'>,
): GpuMetricRow {
  return { name, unit, type: 'gauge', labels: gpuLabels, ...rest };
}

function gauge(name: string, unit: MetricRow['unit'], rest: Words): MetricRow {
  return { name, unit, type: 'gauge', ...rest };
}

function counter(name: string, unit: MetricRow['unit'], rest: Words): MetricRow {
  return { name, unit, type: 'counter', ...rest };
}

function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}

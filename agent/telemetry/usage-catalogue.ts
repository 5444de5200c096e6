import type { MetricRow } from './catalogue.ts';

const card = ['node', 'gpu'] as const;
const replica = ['node', 'gpu', 'model', 'replica'] as const;
/** Identity of an instance over UUIDs and GPU instance ids that change: the card, what it is and where it starts. */
const instance = ['node', 'gpu', 'profile', 'start', 'slice', 'model', 'replica'] as const;

const measured = 'basis: measured of this very replica, or shared out by a rule.';

/** Who uses how much of a card, and what the minute's report tells. */
export const usageMetrics = {
  memoryPart: gauge('tangram_gpu_memory_part_bytes', 'bytes', {
    help: 'Memory of the card that no replica has: overhead, unattributed, stranded, idle, foreign. With the replicas’ it adds up to the card.',
    labels: [...card, 'part'],
  }),
  smPart: gauge('tangram_gpu_sm_part_ratio', 'ratio', {
    help: 'SM use of the card that is no replica’s: idle, unattributed, foreign. With the replicas’ it adds up to 1.',
    labels: [...card, 'part'],
  }),
  powerPart: gauge('tangram_gpu_power_part_watts', 'watts', {
    help: 'Power of the card that is no replica’s: idle, unattributed, foreign. With the replicas’ it adds up to the card’s.',
    labels: [...card, 'part'],
  }),
  replicaMemory: gauge('tangram_replica_memory_used_bytes', 'bytes', {
    help: `Memory of the card that the replica’s processes hold. ${measured}`,
    labels: [...replica, 'basis'],
  }),
  replicaServer: gauge('tangram_replica_mps_server_memory_bytes', 'bytes', {
    help: `The replica’s part in the memory of the MPS server. ${measured}`,
    labels: [...replica, 'basis'],
  }),
  replicaReserved: gauge('tangram_replica_memory_reserved_bytes', 'bytes', {
    help: 'Memory of the card that is promised to the replica and not used by it.',
    labels: replica,
  }),
  replicaSm: gauge('tangram_replica_sm_ratio', 'ratio', {
    help: `Use of the card’s SMs by the replica, of the whole card. ${measured}`,
    labels: [...replica, 'basis'],
  }),
  replicaPower: gauge('tangram_replica_power_watts', 'watts', {
    help: `The replica’s part in what the card draws above idle. ${measured}`,
    labels: [...replica, 'basis'],
  }),
  migEngine: gauge('tangram_mig_engine_active_ratio', 'ratio', {
    help: 'Share of time in which the compute engine of the MIG instance ran. From DCGM.',
    labels: instance,
  }),
  migSm: gauge('tangram_mig_sm_active_ratio', 'ratio', {
    help: 'Share of time in which the SMs of the MIG instance had work, averaged over its SMs. From DCGM.',
    labels: instance,
  }),
  migTensor: gauge('tangram_mig_tensor_active_ratio', 'ratio', {
    help: 'Share of time in which the tensor cores of the MIG instance ran. From DCGM.',
    labels: instance,
  }),
  migMemoryActive: gauge('tangram_mig_memory_active_ratio', 'ratio', {
    help: 'Share of time in which the MIG instance read or wrote its memory. From DCGM.',
    labels: instance,
  }),
  migMemoryUsed: gauge('tangram_mig_memory_used_bytes', 'bytes', {
    help: 'Memory of the MIG instance in use, by its own counter.',
    labels: instance,
  }),
  dcgmUp: gauge('tangram_dcgm_up', 'none', {
    help: '1: DCGM tells of the cards. 0: no dcgmi, no host engine, or it has stalled. Absent: it is not looked for.',
    labels: ['node'],
  }),
  detailsAge: gauge('tangram_agent_details_age_seconds', 'seconds', {
    help: 'Age of the last whole report of the cards (nvidia-smi -q -x).',
    labels: ['node'],
  }),
  throttle: gauge('tangram_gpu_throttle_active', 'none', {
    help: '1 for each reason for which the clocks are held down now; absent otherwise.',
    labels: [...card, 'reason'],
  }),
  eccErrors: gauge('tangram_gpu_ecc_errors', 'none', {
    help: 'ECC errors by where they were found; window: volatile (since the driver was loaded) or aggregate (ever).',
    labels: [...card, 'window', 'error'],
  }),
  remappedRows: gauge('tangram_gpu_remapped_rows', 'none', {
    help: 'Rows of memory that were remapped, by the kind of error.',
    labels: [...card, 'error'],
  }),
  remapPending: gauge('tangram_gpu_row_remap_pending', 'none', {
    help: '1: rows wait for a reset of the card to be remapped.',
    labels: card,
  }),
  remapFailed: gauge('tangram_gpu_row_remap_failed', 'none', {
    help: '1: a row could not be remapped: the card is to be replaced.',
    labels: card,
  }),
  retiredPages: gauge('tangram_gpu_retired_pages', 'none', {
    help: 'Pages of memory that were retired (before Ampere), by the kind of error.',
    labels: [...card, 'error'],
  }),
  pcieReplays: counter('tangram_gpu_pcie_replays_total', 'none', {
    help: 'Packets that had to be sent again over PCIe.',
    labels: card,
  }),
  fan: gauge('tangram_gpu_fan_ratio', 'ratio', {
    help: 'Speed of the fan, as a share of its highest.',
    labels: card,
  }),
  memoryTemperature: gauge('tangram_gpu_memory_temperature_celsius', 'celsius', {
    help: 'Temperature of the memory.',
    labels: card,
  }),
  slowdownMargin: gauge('tangram_gpu_temperature_margin_celsius', 'celsius', {
    help: 'How much hotter the chip may become before the driver slows it down (T.Limit).',
    labels: card,
  }),
} as const satisfies Readonly<Record<string, MetricRow>>;

export type UsageMetric = keyof typeof usageMetrics;

type Words = Pick<MetricRow, 'help' | 'labels'>;

function gauge(name: string, unit: MetricRow['unit'], rest: Words): MetricRow {
  return { name, unit, type: 'gauge', ...rest };
}

function counter(name: string, unit: MetricRow['unit'], rest: Words): MetricRow {
  return { name, unit, type: 'counter', ...rest };
}

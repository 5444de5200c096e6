import type { MetricRow } from './catalogue.ts';

const card = ['node', 'gpu'] as const;
/** Identity of an instance over UUIDs and GPU instance ids that change: the card, what it is and where it starts. */
const instance = [
  'node',
  'gpu',
  'profile',
  'start',
  'slice',
  'model',
  'replica',
  'allocation',
] as const;

/** What is told of each kind of holder alike, with the labels that name one of it. */
const replica = holderMetrics('replica', [...card, 'model', 'replica']);
const allocation = holderMetrics('allocation', [...card, 'allocation']);

/** Who uses how much of a card, and what the minute's report tells. */
export const usageMetrics = {
  memoryPart: gauge('tangram_gpu_memory_part_bytes', 'bytes', {
    help: 'Memory of the card that nobody of ours has: overhead, unattributed, stranded, idle, foreign. With the replicas’ and allocations’ it adds up to the card.',
    labels: [...card, 'part'],
  }),
  smPart: gauge('tangram_gpu_sm_part_ratio', 'ratio', {
    help: 'SM use of the card that is nobody’s of ours: idle, unattributed, foreign. With the replicas’ and allocations’ it adds up to 1.',
    labels: [...card, 'part'],
  }),
  powerPart: gauge('tangram_gpu_power_part_watts', 'watts', {
    help: 'Power of the card that is nobody’s of ours: idle, unattributed, foreign. With the replicas’ and allocations’ it adds up to the card’s.',
    labels: [...card, 'part'],
  }),
  replicaMemory: replica.memory,
  replicaServer: replica.server,
  replicaReserved: replica.reserved,
  replicaSm: replica.sm,
  replicaPower: replica.power,
  allocationMemory: allocation.memory,
  allocationServer: allocation.server,
  allocationReserved: allocation.reserved,
  allocationSm: allocation.sm,
  allocationPower: allocation.power,
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

function holderMetrics(
  kind: 'replica' | 'allocation',
  labels: readonly string[],
): Readonly<Record<'memory' | 'server' | 'reserved' | 'sm' | 'power', MetricRow>> {
  const known = [...labels, 'basis'];
  const basis = `basis: measured of this very ${kind}, or shared out by a rule.`;
  return {
    memory: gauge(`tangram_${kind}_memory_used_bytes`, 'bytes', {
      help: `Memory of the card that the ${kind}’s processes hold. ${basis}`,
      labels: known,
    }),
    server: gauge(`tangram_${kind}_mps_server_memory_bytes`, 'bytes', {
      help: `The ${kind}’s part in the memory of the MPS server. ${basis}`,
      labels: known,
    }),
    reserved: gauge(`tangram_${kind}_memory_reserved_bytes`, 'bytes', {
      help: `Memory of the card that is promised to the ${kind} and not used by it.`,
      labels,
    }),
    sm: gauge(`tangram_${kind}_sm_ratio`, 'ratio', {
      help: `Use of the card’s SMs by the ${kind}, of the whole card. ${basis}`,
      labels: known,
    }),
    power: gauge(`tangram_${kind}_power_watts`, 'watts', {
      help: `The ${kind}’s part in what the card draws above idle. ${basis}`,
      labels: known,
    }),
  };
}

function gauge(name: string, unit: MetricRow['unit'], rest: Words): MetricRow {
  return { name, unit, type: 'gauge', ...rest };
}

function counter(name: string, unit: MetricRow['unit'], rest: Words): MetricRow {
  return { name, unit, type: 'counter', ...rest };
}

import type { Entity } from './entities.ts';

/** The finest thing that a field is counted for. */
type Level = Entity['kind'];

/** A field that `dmon` prints: its number, names, width and unit as in DCGM's own table. */
export interface DcgmField {
  readonly id: number;
  readonly tag: string;
  readonly shortName: string;
  readonly unit: string;
  readonly width: number;
  readonly level: Level;
  /** Profiling metrics are ratios with three decimals, and not there in the first samples. */
  readonly isProfiling: boolean;
  /** null is printed as `N/A`. */
  readonly value: (entity: Entity) => string | number | null;
}

const computeModes = ['Default', 'Exclusive_Thread', 'Prohibited', 'Exclusive_Process'];

/** How busy an entity is, 0 to 1: the same CPU time that `nvidia-smi` counts. */
function busyRatio(entity: Entity): number {
  const { view } = entity;
  if (entity.kind === 'GPU') return view.load;
  const inside = view.processes.filter(
    (process) =>
      process.gpuInstanceId === entity.gpuInstanceId &&
      (entity.kind === 'GPU-I' || process.computeInstanceId === entity.device.computeInstance.id),
  );
  return Math.min(1, inside.reduce((sum, process) => sum + process.busyPercent, 0) / 100);
}

function ratioOf(share: number) {
  return (entity: Entity): string => (busyRatio(entity) * share).toFixed(3);
}

/** Memory of the instance that the entity is, or lies in. */
function framebuffer(entity: Entity): { readonly total: number; readonly used: number } {
  const { view } = entity;
  if (entity.kind === 'GPU') return { total: view.card.memoryMib, used: view.usedMib };
  const device = view.devices.find((each) => each.gpuInstanceId === entity.gpuInstanceId);
  return { total: device?.profile.memoryMib ?? 0, used: device?.usedMib ?? 0 };
}

/** Sources: names, widths and levels of DCGM 3.x (`dcgm_fields.cpp`). */
// prettier-ignore
export const dcgmFields: readonly DcgmField[] = [
  field(50, 'name', 'DVNAM', 20, 'GPU-CI', ({ view }) => view.card.productName),
  field(52, 'nvml_index', 'NVIDX', 5, 'GPU', ({ view }) => view.index),
  field(53, 'serial_number', 'SRNUM', 16, 'GPU', ({ view }) => view.gpu.serial),
  field(54, 'uuid', 'UUID#', 40, 'GPU-CI', (entity) => entity.kind === 'GPU-CI' ? entity.device.computeInstance.uuid : entity.view.gpu.uuid),
  field(65, 'compute_mode', 'CMMOD', 5, 'GPU', ({ view }) => computeModes.indexOf(view.gpu.computeMode)),
  field(66, 'persistance_mode', 'PMMOD', 5, 'GPU', ({ view }) => Number(view.gpu.persistence)),
  field(67, 'mig_mode', 'MGMOD', 5, 'GPU', ({ view }) => Number(view.gpu.migCurrent)),
  field(100, 'sm_clock', 'SMCLK', 5, 'GPU', ({ view }) => view.smClockMhz),
  field(101, 'memory_clock', 'MMCLK', 5, 'GPU', ({ view }) => view.memoryClockMhz),
  field(140, 'memory_temp', 'MMTMP', 5, 'GPU', ({ view }) => view.card.memoryClockMaxMhz < 4_000 ? view.temperatureCelsius + 2 : null, ' C'),
  field(150, 'gpu_temp', 'TMPTR', 5, 'GPU', ({ view }) => view.temperatureCelsius, ' C'),
  field(155, 'power_usage', 'POWER', 10, 'GPU', ({ view }) => view.powerWatts.toFixed(3), ' W'),
  field(160, 'power_management_limit', 'PMLMT', 10, 'GPU', ({ view }) => view.powerLimitWatts.toFixed(3), ' W'),
  field(190, 'pstate', 'PSTAT', 5, 'GPU', ({ view }) => Number(view.performanceState.slice(1))),
  field(203, 'gpu_utilization', 'GPUTL', 10, 'GPU', ({ view }) => view.busyPercent),
  field(204, 'mem_copy_utilization', 'MCUTL', 10, 'GPU', ({ view }) => view.memoryBusyPercent),
  field(206, 'enc_utilization', 'ECUTL', 10, 'GPU', ({ view }) => view.busyPercent === null ? null : 0),
  field(207, 'dec_utilization', 'DCUTL', 10, 'GPU', ({ view }) => view.busyPercent === null ? null : 0),
  field(230, 'xid_errors', 'XIDER', 5, 'GPU', ({ view }) => view.gpu.lastXid),
  field(250, 'fb_total', 'FBTTL', 10, 'GPU-CI', (entity) => framebuffer(entity).total),
  field(251, 'fb_free', 'FBFRE', 10, 'GPU-CI', (entity) => framebuffer(entity).total - framebuffer(entity).used),
  field(252, 'fb_used', 'FBUSD', 10, 'GPU-CI', (entity) => framebuffer(entity).used),
  field(310, 'ecc_sbe_volatile_total', 'ESVTL', 5, 'GPU', () => 0),
  field(311, 'ecc_dbe_volatile_total', 'EDVTL', 5, 'GPU', ({ view }) => view.health.eccErrors),
  field(393, 'uncorrectable_remapped_rows', 'URMPS', 5, 'GPU', ({ view }) => Number(view.health.rowRemapPending)),
  field(394, 'correctable_remapped_rows', 'CRMPS', 5, 'GPU', () => 0),
  field(395, 'row_remap_failure', 'RRF', 5, 'GPU', ({ view }) => Number(view.health.rowRemapFailure)),
  field(396, 'row_remap_pending', 'RRP', 5, 'GPU', ({ view }) => Number(view.health.rowRemapPending)),
  field(1001, 'gr_engine_active', 'GRACT', 5, 'GPU-CI', ratioOf(1)),
  field(1002, 'sm_active', 'SMACT', 5, 'GPU-CI', ratioOf(0.9)),
  field(1003, 'sm_occupancy', 'SMOCC', 5, 'GPU-CI', ratioOf(0.5)),
  field(1004, 'tensor_active', 'TENSO', 5, 'GPU-CI', ratioOf(0.3)),
  field(1005, 'dram_active', 'DRAMA', 5, 'GPU-I', ratioOf(0.4)),
  field(1006, 'fp64_active', 'FP64A', 5, 'GPU-CI', ratioOf(0)),
  field(1007, 'fp32_active', 'FP32A', 5, 'GPU-CI', ratioOf(0.2)),
  field(1008, 'fp16_active', 'FP16A', 5, 'GPU-CI', ratioOf(0.1)),
  field(1009, 'pcie_tx_bytes', 'PCITX', 20, 'GPU', (entity) => Math.round(busyRatio(entity) * 500_000)),
  field(1010, 'pcie_rx_bytes', 'PCIRX', 20, 'GPU', (entity) => Math.round(busyRatio(entity) * 2_000)),
  field(1011, 'nvlink_tx_bytes', 'NVLTX', 20, 'GPU', () => 0),
  field(1012, 'nvlink_rx_bytes', 'NVLRX', 20, 'GPU', () => 0),
];

/** What a cell says: nothing where the field is not counted for the entity, or the card cannot be read. */
export function fieldCell(asked: DcgmField, entity: Entity): string {
  const tooFine = asked.level === 'GPU' && entity.kind !== 'GPU';
  const { unreadable, handleError } = entity.view.health;
  if (tooFine || unreadable !== undefined || handleError) return 'N/A';
  return String(asked.value(entity) ?? 'N/A');
}

// oxlint-disable-next-line max-params -- one row of the table above, read from left to right
function field(
  id: number,
  tag: string,
  shortName: string,
  width: number,
  level: Level,
  value: DcgmField['value'],
  unit = '',
): DcgmField {
  return { id, tag, shortName, width, level, value, unit, isProfiling: id >= 1001 && id <= 1099 };
}

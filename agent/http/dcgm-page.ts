import { holderWords } from '../attribution/holder.ts';
import type { DcgmRow } from '../drivers/dcgm/dcgmi.ts';
import type { MigDeviceRecord } from '../formats/report/report.ts';
import type { CardUsage, NodeUsageView, SliceUsage } from '../telemetry/node-usage.ts';

// The names, units and labels of dcgm-exporter up to 4.8 (its `etc/default-counters.csv` and `render_metrics.go`), so that
// the dashboards and alerts that people have keep working.

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** Of the whole card; null: not told. */
  readonly card?: (card: CardUsage) => number | null;
  /** Of one MIG instance. */
  readonly instance?: (instance: Instance) => number | null;
}

interface Instance {
  readonly slice: SliceUsage;
  readonly device: MigDeviceRecord | null;
}

const families: readonly Family[] = [
  gauge('DCGM_FI_DEV_SM_CLOCK', 'SM clock frequency (in MHz).', (card) => card.row.smClockMhz),
  gauge(
    'DCGM_FI_DEV_MEM_CLOCK',
    'Memory clock frequency (in MHz).',
    (card) => card.row.memoryClockMhz,
  ),
  gauge('DCGM_FI_DEV_GPU_TEMP', 'GPU temperature (in C).', (card) => card.row.temperatureCelsius),
  gauge(
    'DCGM_FI_DEV_MEMORY_TEMP',
    'Memory temperature (in C).',
    (card) => card.details?.temperatureMemoryC ?? null,
  ),
  gauge('DCGM_FI_DEV_POWER_USAGE', 'Power draw (in W).', (card) => card.row.powerDrawWatts),
  gauge('DCGM_FI_DEV_GPU_UTIL', 'GPU utilization (in %).', (card) => card.row.utilizationPercent),
  gauge(
    'DCGM_FI_DEV_MEM_COPY_UTIL',
    'Memory utilization (in %).',
    (card) => card.row.memoryUtilizationPercent,
  ),
  {
    ...gauge('DCGM_FI_DEV_FB_FREE', 'Frame buffer memory free (in MiB).', freeMib),
    instance: ({ device }) => device?.fbFreeMib ?? null,
  },
  {
    ...gauge(
      'DCGM_FI_DEV_FB_USED',
      'Frame buffer memory used (in MiB).',
      (card) => card.row.memoryUsedMib,
    ),
    instance: ({ slice, device }) => device?.fbUsedMib ?? slice.usedMib,
  },
  gauge(
    'DCGM_FI_DEV_FB_RESERVED',
    'Frame buffer memory reserved (in MiB).',
    (card) => card.details?.memoryReservedMib ?? null,
  ),
  counter(
    'DCGM_FI_DEV_PCIE_REPLAY_COUNTER',
    'Total number of PCIe retries.',
    (card) => card.details?.pcieReplayCount ?? null,
  ),
  counter(
    'DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS',
    'Number of remapped rows for uncorrectable errors.',
    (card) => card.details?.remappedRowsUncorrectable ?? null,
  ),
  counter(
    'DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS',
    'Number of remapped rows for correctable errors.',
    (card) => card.details?.remappedRowsCorrectable ?? null,
  ),
  gauge('DCGM_FI_DEV_ROW_REMAP_FAILURE', 'Whether remapping of rows has failed.', remapFailure),
  counter(
    'DCGM_FI_DEV_ECC_DBE_VOL_TOTAL',
    'Total number of double-bit volatile ECC errors.',
    (card) => card.row.eccUncorrectedVolatile,
  ),
  measured(
    'DCGM_FI_PROF_GR_ENGINE_ACTIVE',
    'Ratio of time the graphics engine is active.',
    (row) => row.engineActiveRatio,
  ),
  measured(
    'DCGM_FI_PROF_SM_ACTIVE',
    'Ratio of cycles an SM has at least 1 warp assigned.',
    (row) => row.smActiveRatio,
  ),
  measured(
    'DCGM_FI_PROF_SM_OCCUPANCY',
    'Ratio of number of warps resident on an SM.',
    (row) => row.smOccupancyRatio,
  ),
  measured(
    'DCGM_FI_PROF_PIPE_TENSOR_ACTIVE',
    'Ratio of cycles the tensor (HMMA) pipe is active.',
    (row) => row.tensorActiveRatio,
  ),
  measured(
    'DCGM_FI_PROF_DRAM_ACTIVE',
    'Ratio of cycles the device memory interface is active.',
    (row) => row.memoryActiveRatio,
  ),
  measured(
    'DCGM_FI_PROF_PCIE_TX_BYTES',
    'Bytes per second sent over PCIe.',
    (row) => row.pcieSentBytesPerS,
  ),
  measured(
    'DCGM_FI_PROF_PCIE_RX_BYTES',
    'Bytes per second received over PCIe.',
    (row) => row.pcieReceivedBytesPerS,
  ),
];

/** The whole page; a family without any sample is left out, as the exporter does. */
export function renderDcgmPage(usage: NodeUsageView | null, hostname: string): string {
  if (usage === null || usage.stale) return '';
  return families
    .map((family) => {
      const samples = usage.cards.flatMap((card) => samplesOf(family, card, hostname));
      if (samples.length === 0) return '';
      const head = `# HELP ${family.name} ${family.help}\n# TYPE ${family.name} ${family.type}\n`;
      return `${head}${samples.join('')}`;
    })
    .join('');
}

function samplesOf(family: Family, card: CardUsage, hostname: string): readonly string[] {
  const lines: string[] = [];
  const add = (value: number | null, instance: SliceUsage | null): void => {
    if (value === null || !Number.isFinite(value)) return;
    lines.push(`${family.name}{${labelsOf(card, instance, hostname)}} ${value}\n`);
  };
  add(family.card?.(card) ?? null, null);
  for (const slice of card.slices) {
    if (family.instance === undefined || slice.gpuInstanceId === null) continue;
    const device =
      card.details?.migDevices.find((each) => each.gpuInstanceId === slice.gpuInstanceId) ?? null;
    add(family.instance({ slice, device }), slice);
  }
  return lines;
}

/** In the exporter's own order. The index is what it calls `gpu`; an instance has the UUID of its card. */
function labelsOf(card: CardUsage, slice: SliceUsage | null, hostname: string): string {
  const { row, details } = card;
  const minor = details?.minorNumber ?? row.index;
  const shape = slice?.row.shape;
  const held = slice?.row ?? onlyHolder(card);
  const { model, replica, allocation } = holderWords(held?.holder ?? null);
  const labels: readonly (readonly [string, string])[] = [
    ['gpu', String(row.index)],
    ['UUID', row.uuid],
    ['pci_bus_id', row.pciBusId],
    ['device', `nvidia${minor}`],
    ['modelName', row.productName],
    ...(slice === null
      ? []
      : ([
          ['GPU_I_PROFILE', shape?.kind === 'mig' ? shape.profile : ''],
          ['GPU_I_ID', String(slice.gpuInstanceId)],
        ] as const)),
    ['Hostname', hostname],
    ['DCGM_FI_DRIVER_VERSION', row.driverVersion ?? ''],
    ...(held === null
      ? []
      : ([
          ['container', model],
          ['namespace', ''],
          ['pod', replica || allocation],
        ] as const)),
  ];
  return labels.map(([name, value]) => `${name}="${escaped(value)}"`).join(',');
}

/** A whole card is its one holder's; one that is shared is nobody's. */
function onlyHolder(card: CardUsage): SliceUsage['row'] | null {
  const [only] = card.slices;
  return card.slices.length === 1 && only?.row.shape?.kind === 'whole' ? only.row : null;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function freeMib({ row, details }: CardUsage): number | null {
  if (row.memoryTotalMib === null || row.memoryUsedMib === null) return null;
  const reserved = details?.memoryReservedMib ?? 0;
  return Math.max(0, row.memoryTotalMib - row.memoryUsedMib - reserved);
}

function remapFailure({ details }: CardUsage): number | null {
  const word = details?.remappedRowsFailure;
  if (word === 'Yes') return 1;
  return word === 'No' ? 0 : null;
}

function gauge(name: string, help: string, card: NonNullable<Family['card']>): Family {
  return { name, type: 'gauge', help, card };
}

function counter(name: string, help: string, card: NonNullable<Family['card']>): Family {
  return { name, type: 'counter', help, card };
}

function measured(name: string, help: string, read: (row: DcgmRow) => number | null): Family {
  return {
    name,
    type: 'gauge',
    help,
    card: ({ dcgm }) => (dcgm === null ? null : read(dcgm)),
    instance: ({ slice }) => (slice.dcgm === null ? null : read(slice.dcgm)),
  };
}

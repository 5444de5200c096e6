import { camelCase } from '../text/names.ts';

/** A column as the header names it, and the key under which its values are given. */
export interface CsvColumn {
  /** The canonical field: `memory.used`; the tool prints it whatever alias was asked. */
  readonly field: string;
  /** `MiB`, `W`, `%`, …; null where the header names none. */
  readonly unit: string | null;
  /** camelCase with the unit last: `memoryUsedMib`. */
  readonly key: string;
}

/** What was queried, as the columns tell. */
export type CsvQuery =
  | 'gpu'
  | 'compute-apps'
  | 'accounted-apps'
  | 'retired-pages'
  | 'remapped-rows'
  | 'supported-clocks';

const headerCell = /^([a-z][A-Za-z0-9_.]{0,99})(?: \[([A-Za-z%/]{1,12})\])?$/;
/** The one-word fields; every other one has a dot, an underscore or a unit, and is known by that. */
const wordFields = new Set([
  'accounting',
  'count',
  'graphics',
  'hostname',
  'index',
  'memory',
  'name',
  'pid',
  'pstate',
  'serial',
  'time',
  'timestamp',
  'uuid',
]);

/** The columns of a header line; null: the line is no header. */
export function parseCsvHeader(line: string): readonly CsvColumn[] | null {
  const columns: CsvColumn[] = [];
  let known = 0;
  for (const part of line.split(',')) {
    const match = headerCell.exec(part.trim());
    if (match === null) return null;
    const field = match[1] ?? '';
    const unit = match[2] ?? null;
    if (unit !== null || /[._]/.test(field) || wordFields.has(field)) known += 1;
    columns.push({ field, unit, key: csvKey(field, unit) });
  }
  return known > 0 && known * 2 >= columns.length ? columns : null;
}

/** How the names of fields begin, whichever query they are of. */
const ownField =
  /^(?:accounting|addressing|bbx|c2c|clocks|compute|display|dramEncryption|driver|ecc|edpp|encoder|enforced|fabric|fan|gom|gpu|gsp|inforom|kmd|max|mem|memory|mig|module|pci|pcie|persistence|platform|power|process|protected_memory|remapped_rows|reset_status|retired_pages|temperature|used|utilization|vbios|vgpu)[._]|^pstate$/;
const fileName = /\.(?:css|csv|exports|go|html|js|json|log|md|mjs|py|rb|rs|sh|ts|txt|xml|ya?ml)$/;

/** Whether nothing but a header of nvidia-smi looks like this: words alone may be anybody's. */
export function isPlainlyHeader(columns: readonly CsvColumn[]): boolean {
  return columns.some(
    ({ field, unit }) =>
      (ownField.test(field) && !fileName.test(field)) || (unit !== null && wordFields.has(field)),
  );
}

export function csvQueryOf(columns: readonly CsvColumn[]): CsvQuery {
  const fields = new Set(columns.map((column) => column.field));
  const has = (...names: string[]): boolean => names.some((name) => fields.has(name));
  if (has('max_memory_usage', 'gpu_utilization', 'mem_utilization')) return 'accounted-apps';
  if (has('retired_pages.address', 'retired_pages.cause', 'retired_pages.timestamp')) {
    return 'retired-pages';
  }
  if (has('pid', 'process_name', 'used_gpu_memory', 'used_memory')) return 'compute-apps';
  if (has('graphics', 'memory')) return 'supported-clocks';
  const own = [...fields].filter((field) => !/^(?:gpu_|timestamp$)/.test(field));
  const remapped = own.length > 0 && own.every((field) => field.startsWith('remapped_rows.'));
  return remapped && has('gpu_bus_id', 'gpu_uuid', 'gpu_name') ? 'remapped-rows' : 'gpu';
}

/** Where the general rule would give a reading of the card another name than the XML report has for it. */
const sameAsReport: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'clocks.gr': 'graphicsClock',
    'clocks.mem': 'memoryClock',
    gpu_recovery_action: 'recoveryAction',
    pstate: 'performanceState',
    'reset_status.reset_required': 'resetRequired',
    'retired_pages.pending': 'pendingRetirement',
    used_gpu_memory: 'usedMemory',
  }),
);
/** Fields whose header names no unit although their values have one. */
const silentUnits: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'encoder.stats.averageLatency': 'us',
    'temperature.gpu': 'C',
    'temperature.gpu.tlimit': 'C',
    'temperature.memory': 'C',
  }),
);
const unitWords: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '%': 'Pct',
    MHz: 'Mhz',
    MiB: 'Mib',
    'KB/s': 'KbPerS',
    'MB/s': 'MbPerS',
    'W/s': 'WPerS',
    s: 'S',
    seconds: 'S',
    us: 'Us',
    ms: 'Ms',
  }),
);

function csvKey(field: string, unit: string | null): string {
  const clock = /^clocks\.(?:current\.)?(graphics|sm|memory|video)$/.exec(field)?.[1];
  const base =
    clock === undefined ? (sameAsReport.get(field) ?? camelCase(field)) : `${clock}Clock`;
  const said = unit ?? silentUnits.get(field) ?? '';
  return `${base}${unitWords.get(said) ?? said.replace(/[^A-Za-z]/g, '')}`;
}

import { parseGpuUuid, type GpuUuid } from '../../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { cellNumber, cellSwitch, cellText, parseCsvTable, type CsvRow } from './csv-table.ts';

/** One row of `--query-gpu`. null: the tool said "nothing" in one of its many ways, which is never 0. */
export interface GpuRow {
  readonly index: number;
  readonly uuid: GpuUuid;
  readonly productName: string;
  readonly pciBusId: string;
  readonly driverVersion: string | null;
  readonly memoryTotalMib: number | null;
  readonly memoryUsedMib: number | null;
  readonly utilizationPercent: number | null;
  readonly memoryUtilizationPercent: number | null;
  readonly temperatureCelsius: number | null;
  readonly powerDrawWatts: number | null;
  readonly powerLimitWatts: number | null;
  readonly smClockMhz: number | null;
  readonly memoryClockMhz: number | null;
  readonly eccUncorrectedVolatile: number | null;
  readonly computeMode: string | null;
  readonly persistenceMode: boolean | null;
  /** null: this card has no MIG at all, which is different from MIG being off. */
  readonly migEnabled: boolean | null;
  /** What the next activation (reset or reboot) will make of it. */
  readonly migPending: boolean | null;
  /** The card cannot be used: lost, needs a reset, unreadable. The words of the tool. */
  readonly error: string | null;
}

export interface GpuQuery {
  readonly gpus: readonly GpuRow[];
  /** Rows and lines that belong to no card we can name: a card that does not open, for instance. */
  readonly unreadable: readonly string[];
}

/** Parses `--query-gpu=<columns> --format=csv[,noheader][,nounits]`; columns that were not asked for are null. */
export function parseGpuQuery(stdout: string, columns: readonly string[]): Result<GpuQuery> {
  const table = parseCsvTable(stdout, columns, ['name', 'gpu_name']);
  if (!table.ok) return table;
  const gpus: GpuRow[] = [];
  const unreadable = [...table.value.notices];
  for (const row of table.value.rows) {
    const words = brokenWords(row);
    const index = cellNumber(row, 'index');
    const uuidText = cellText(row, 'uuid');
    if (index === null || uuidText === null) {
      if (words === null) return err(noIdentity(row));
      unreadable.push(`line ${row.line}: ${words}`);
      continue;
    }
    const uuid = parseGpuUuid(uuidText);
    if (!uuid.ok) return err({ ...uuid.problem, path: `line ${row.line}` });
    gpus.push({ ...readings(row), index, uuid: uuid.value, error: words });
  }
  return ok({ gpus, unreadable });
}

function readings(row: CsvRow): Omit<GpuRow, 'index' | 'uuid' | 'error'> {
  return {
    productName: cellText(row, 'name') ?? '',
    pciBusId: cellText(row, 'pci.bus_id') ?? '',
    driverVersion: cellText(row, 'driver_version'),
    memoryTotalMib: cellNumber(row, 'memory.total'),
    memoryUsedMib: cellNumber(row, 'memory.used'),
    utilizationPercent: cellNumber(row, 'utilization.gpu'),
    memoryUtilizationPercent: cellNumber(row, 'utilization.memory'),
    temperatureCelsius: cellNumber(row, 'temperature.gpu'),
    powerDrawWatts: cellNumber(row, 'power.draw'),
    powerLimitWatts: cellNumber(row, 'power.limit'),
    smClockMhz: cellNumber(row, 'clocks.sm'),
    memoryClockMhz: cellNumber(row, 'clocks.mem'),
    eccUncorrectedVolatile: cellNumber(row, 'ecc.errors.uncorrected.volatile.total'),
    computeMode: cellText(row, 'compute_mode'),
    persistenceMode: cellSwitch(row, 'persistence_mode'),
    migEnabled: cellSwitch(row, 'mig.mode.current'),
    migPending: cellSwitch(row, 'mig.mode.pending'),
  };
}

/** The worst that any cell says of the card itself: one odd counter does not make a card unusable, being lost does. */
function brokenWords(row: CsvRow): string | null {
  const words = [...row.cells.values()].flatMap((cell) =>
    cell.kind === 'broken' ? [cell.words] : [],
  );
  const grave = words.find((each) => !/unknown error|err!/i.test(each));
  if (grave !== undefined) return grave;
  return words.length * 2 > row.cells.size ? (words[0] ?? null) : null;
}

function noIdentity(row: CsvRow): { code: string; message: string; path: string } {
  return {
    code: 'CSV_ROW',
    path: `line ${row.line}`,
    message: 'the row names no card: it has no index or no UUID',
  };
}

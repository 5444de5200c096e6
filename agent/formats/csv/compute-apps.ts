import { parseGpuUuid, type GpuUuid } from '../../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { cellNumber, cellText, parseCsvTable } from './csv-table.ts';

/** One row of `--query-compute-apps`. Under MIG the UUID is the parent card's. */
export interface ComputeProcess {
  readonly gpu: GpuUuid;
  readonly pid: number;
  readonly name: string;
  readonly memoryUsedMib: number | null;
}

/** Parses `--query-compute-apps=<columns> --format=csv[,noheader][,nounits]`. */
export function parseComputeApps(
  stdout: string,
  columns: readonly string[],
): Result<readonly ComputeProcess[]> {
  const table = parseCsvTable(stdout, columns, ['process_name', 'name']);
  if (!table.ok) return table;
  const processes: ComputeProcess[] = [];
  for (const row of table.value.rows) {
    const pid = cellNumber(row, 'pid');
    const uuidText = cellText(row, 'gpu_uuid') ?? cellText(row, 'uuid');
    // A row without a process or a card is the tool saying "nothing here" in columns.
    if (pid === null || uuidText === null) continue;
    const gpu = parseGpuUuid(uuidText);
    if (!gpu.ok) return err({ ...gpu.problem, path: `line ${row.line}` });
    processes.push({
      gpu: gpu.value,
      pid,
      name: cellText(row, 'process_name') ?? cellText(row, 'name') ?? '',
      memoryUsedMib: cellNumber(row, 'used_memory') ?? cellNumber(row, 'used_gpu_memory'),
    });
  }
  return ok(processes);
}

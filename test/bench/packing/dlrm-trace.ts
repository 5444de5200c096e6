import { readFileSync } from 'node:fs';
import { readTable, type TraceFile } from '../../../coordinator/simulate/trace-table.ts';
import { ok } from '../../../shared/domain/result.ts';

/** One long-running instance of the DLRM trace (Yang et al., NSDI'25). Its network card and disk are left out. */
export interface DlrmInstance {
  readonly id: string;
  readonly app: string;
  /** 1 or 0. */
  readonly gpus: number;
  readonly cpuMillis: number;
  readonly memoryMib: number;
  /** At most this many instances of the app on one node; null: no limit. */
  readonly perNodeMax: number | null;
  /** Seconds from the start of the trace; before it: -Infinity. */
  readonly createdS: number;
  /** Infinity: outlives the trace. */
  readonly deletedS: number;
}

export function readDlrm(path: string): readonly DlrmInstance[] {
  const file: TraceFile = { path, bytes: readFileSync(path) };
  const table = readTable(
    file,
    {
      what: 'DLRM instances',
      required: ['id', 'app', 'cpu', 'gpu', 'mem_gib', 'max_per_node', 'created_s', 'deleted_s'],
      optional: [],
      rowsMax: 1_000_000,
    },
    (cells) => {
      const limit = Number(cells.max_per_node);
      return ok({
        id: cells.id,
        app: cells.app,
        gpus: Number(cells.gpu),
        cpuMillis: Math.ceil(Number(cells.cpu) * 1_000),
        memoryMib: Math.ceil(Number(cells.mem_gib) * 1_024),
        perNodeMax: limit < 0 ? null : limit,
        createdS: cells.created_s === '' ? -Infinity : Number(cells.created_s),
        deletedS: cells.deleted_s === '' ? Infinity : Number(cells.deleted_s),
      });
    },
  );
  return table.rows;
}

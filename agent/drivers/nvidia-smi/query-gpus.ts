import { AppError } from '../../../shared/platform/errors.ts';
import { parseGpuQuery, type GpuQuery } from '../../formats/csv/gpu-query.ts';
import { parseToolFailure, toolError } from './error-output.ts';
import { readable, type Tool } from './tool.ts';

/** Columns without which a row says nothing about any card. */
const identityColumns = ['index', 'uuid', 'pci.bus_id'] as const;

/**
 * What we ask of every card, on drivers 470 to 610. The name is free text and stands last.
 * A driver that does not know one of the others is asked again without it.
 */
const gpuQueryColumns = [
  ...identityColumns,
  'driver_version',
  'memory.total',
  'memory.used',
  'utilization.gpu',
  'utilization.memory',
  'temperature.gpu',
  'power.draw',
  'power.limit',
  'clocks.sm',
  'clocks.mem',
  'ecc.errors.uncorrected.volatile.total',
  'compute_mode',
  'persistence_mode',
  'mig.mode.current',
  'mig.mode.pending',
  'name',
] as const;

/**
 * The columns that this driver knows. One unknown field fails a whole query, so each refusal takes away the field
 * that it names, and what worked is kept for all later queries.
 */
export interface ColumnLadder {
  readonly columns: readonly string[];
  /** Steps down after a refusal of `field`; false: there is nothing left to leave out. */
  stepDown(field: string): boolean;
}

export function createColumnLadder(): ColumnLadder {
  let columns: readonly string[] = gpuQueryColumns;
  const needed: readonly string[] = [...identityColumns, 'name'];
  return {
    get columns() {
      return columns;
    },
    stepDown: (field) => {
      if (needed.includes(field) || !columns.includes(field)) return false;
      columns = columns.filter((column) => column !== field);
      return true;
    },
  };
}

export function gpuQueryArgs(columns: readonly string[]): readonly string[] {
  return [`--query-gpu=${columns.join(',')}`, '--format=csv,noheader,nounits'];
}

const stepsMax = gpuQueryColumns.length;

/** Asks for every card, stepping down the columns until the driver accepts them. */
export async function queryGpus(
  tool: Tool,
  ladder: ColumnLadder,
  signal: AbortSignal,
): Promise<GpuQuery> {
  for (let step = 0; step <= stepsMax; step += 1) {
    const { columns } = ladder;
    const result = await tool.run(gpuQueryArgs(columns), 'query', signal);
    if (result.exitCode === 0) return checkNotBlind(result.stdout, columns);
    const failure = parseToolFailure(result.stdout, result.exitCode);
    if (failure.kind === 'no-device') return { gpus: [], unreadable: [] };
    if (failure.kind !== 'unknown-field' || !ladder.stepDown(failure.field)) {
      throw toolError('cannot query the cards', result.stdout, result.exitCode);
    }
  }
  throw new AppError('OUTPUT_UNREADABLE', 'this nvidia-smi refuses every column we know');
}

/** Every card unreadable is not "this node has no cards". */
function checkNotBlind(stdout: string, columns: readonly string[]): GpuQuery {
  const query = readable(parseGpuQuery(stdout, columns), 'nvidia-smi --query-gpu');
  if (query.gpus.length === 0 && query.unreadable.length > 0) {
    throw new AppError('OUTPUT_UNREADABLE', 'no card answers', {
      cause: new Error(query.unreadable.slice(0, 4).join('; ')),
      hint: 'look at the kernel log for Xid messages; the cards may have fallen off the bus',
    });
  }
  return query;
}

import { AppError } from '../../../shared/platform/errors.ts';
import { parseToolFailure, toolError } from './error-output.ts';
import { gpuQueryColumns, identityColumns, parseGpuQuery, type GpuQuery } from './gpu-query.ts';
import { readable, type Tool } from './tool.ts';

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

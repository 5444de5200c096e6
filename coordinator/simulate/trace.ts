import { isCardNamed } from '../../shared/domain/card.ts';
import { modelLimits } from '../../shared/domain/model.ts';
import type { Result } from '../../shared/domain/result.ts';
import { err, ok } from '../../shared/domain/result.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { Cells, RowProblem, TraceFile, TraceTable } from './trace-table.ts';
import { readTable, readWhole } from './trace-table.ts';

/** A machine of a trace, empty. */
export interface TraceNode {
  readonly name: string;
  readonly cpuMillis: number;
  readonly memoryMib: number;
  readonly gpus: number;
  /** Empty when it has no GPU. */
  readonly model: string;
}

/** One request of a trace: a share of one GPU, or whole GPUs of one node, or CPU alone. */
export interface TraceRequest {
  readonly name: string;
  readonly cpuMillis: number;
  /** Host memory. */
  readonly memoryMib: number;
  readonly gpus: number;
  /** Thousandths of each GPU; 1000 whole GPUs, 0 none. */
  readonly gpuMilli: number;
  /** GPU models that will do, sorted; empty: any. */
  readonly models: readonly string[];
}

/** Nodes and requests in the format of Alibaba's cluster-trace-gpu-v2023. */
export interface Trace {
  readonly nodes: readonly TraceNode[];
  readonly requests: readonly TraceRequest[];
  /** Thousandths of a GPU that the nodes have together; positive. */
  readonly capacityMilli: number;
}

const limits = {
  nodesMax: 100_000,
  requestsMax: 1_000_000,
  gpusPerNodeMax: 64,
  gpusPerRequestMax: modelLimits.gpuCountMax,
  cpuMillisMax: 1_024_000,
  memoryMibMax: modelLimits.memoryMibMax,
  modelsMax: 64,
  modelLengthMax: 64,
  problemsShown: 10,
} as const;

export interface ReadTraceOptions {
  /** Leave out rows that cannot be used, instead of refusing the file. */
  readonly skipBad: boolean;
  /** Told what was left out. */
  readonly note: (text: string) => void;
}

/** Reads a node list and a list of requests. Throws REQUEST_INVALID, naming rows that cannot be used by their lines. */
export function readTrace(
  files: { readonly nodes: TraceFile; readonly requests: TraceFile },
  options: ReadTraceOptions,
): Trace {
  const nodes = usableRows(readNodes(files.nodes), 'nodes', options);
  const requests = usableRows(readRequests(files.requests), 'requests', options);
  const capacityMilli = nodes.reduce((sum, node) => sum + node.gpus * 1_000, 0);
  if (capacityMilli === 0) {
    throw new AppError('REQUEST_INVALID', `no node of ${files.nodes.path} has a GPU`, {
      hint: 'give the list of GPU nodes',
    });
  }
  return { nodes, requests, capacityMilli };
}

/** GPU milli that a request asks for in all. */
export function gpuMilliOf(request: TraceRequest): number {
  return request.gpus * request.gpuMilli;
}

/** Whether a request accepts cards of a model, by the rule of the engine. */
export function admitsModel(models: readonly string[], model: string): boolean {
  return models.length === 0 || models.some((each) => isCardNamed(model, each));
}

type NodeColumn = 'sn' | 'cpu_milli' | 'memory_mib' | 'gpu' | 'model';

function readNodes(file: TraceFile): TraceTable<TraceNode> {
  const known = new Set<string>();
  return readTable<TraceNode, NodeColumn>(
    file,
    {
      what: 'nodes',
      required: ['sn', 'cpu_milli', 'memory_mib', 'gpu', 'model'],
      optional: [],
      rowsMax: limits.nodesMax,
    },
    (cells) => {
      const node = parseNode(cells);
      if (!node.ok) return node;
      if (known.has(node.value.name)) return err(`sn ${JSON.stringify(cells.sn)} was there before`);
      known.add(node.value.name);
      return node;
    },
  );
}

function parseNode(cells: Cells<NodeColumn>): Result<TraceNode, string> {
  const cpu = readWhole(cells.cpu_milli, 'cpu_milli', 1, limits.cpuMillisMax);
  if (!cpu.ok) return cpu;
  const memory = readWhole(cells.memory_mib, 'memory_mib', 1, limits.memoryMibMax);
  if (!memory.ok) return memory;
  const gpus = readWhole(cells.gpu, 'gpu', 0, limits.gpusPerNodeMax);
  if (!gpus.ok) return gpus;
  if (cells.sn === '') return err('sn is empty');
  if (gpus.value > 0 && !isModel(cells.model)) return err('model names no GPU');
  return ok({
    name: cells.sn,
    cpuMillis: cpu.value,
    memoryMib: memory.value,
    gpus: gpus.value,
    model: gpus.value > 0 ? cells.model : '',
  });
}

type RequestColumn = 'name' | 'cpu_milli' | 'memory_mib' | 'num_gpu' | 'gpu_milli' | 'gpu_spec';

function readRequests(file: TraceFile): TraceTable<TraceRequest> {
  return readTable<TraceRequest, RequestColumn>(
    file,
    {
      what: 'requests',
      required: ['name', 'cpu_milli', 'memory_mib', 'num_gpu', 'gpu_milli'],
      optional: ['gpu_spec'],
      rowsMax: limits.requestsMax,
    },
    parseRequest,
  );
}

function parseRequest(cells: Cells<RequestColumn>): Result<TraceRequest, string> {
  const cpu = readWhole(cells.cpu_milli, 'cpu_milli', 0, limits.cpuMillisMax);
  if (!cpu.ok) return cpu;
  const memory = readWhole(cells.memory_mib, 'memory_mib', 0, limits.memoryMibMax);
  if (!memory.ok) return memory;
  const gpus = readWhole(cells.num_gpu, 'num_gpu', 0, limits.gpusPerRequestMax);
  if (!gpus.ok) return gpus;
  const milli = readMilli(cells.gpu_milli, gpus.value);
  if (!milli.ok) return milli;
  const models = readModels(gpus.value === 0 ? '' : cells.gpu_spec);
  if (!models.ok) return models;
  if (cells.name === '') return err('name is empty');
  return ok({
    name: cells.name,
    cpuMillis: cpu.value,
    memoryMib: memory.value,
    gpus: gpus.value,
    gpuMilli: milli.value,
    models: models.value,
  });
}

function readMilli(text: string, gpus: number): Result<number, string> {
  const milli = readWhole(text, 'gpu_milli', 0, 1_000);
  if (!milli.ok) return milli;
  if (gpus === 0 && milli.value > 0) return err(`gpu_milli is ${milli.value} of no GPU`);
  if (gpus > 0 && milli.value === 0) return err(`gpu_milli is 0 of ${gpus} GPUs`);
  if (gpus > 1 && milli.value < 1_000) {
    return err(`gpu_milli is ${milli.value} of ${gpus} GPUs; a share is of one`);
  }
  return milli;
}

function readModels(text: string): Result<readonly string[], string> {
  if (text === '') return ok([]);
  const models = [...new Set(text.split('|').map((each) => each.trim()))].sort();
  if (models.length > limits.modelsMax) return err(`gpu_spec names ${models.length} models`);
  const bad = models.find((each) => !isModel(each));
  return bad === undefined ? ok(models) : err('gpu_spec has a model without a name');
}

function isModel(text: string): boolean {
  return text !== '' && text.length <= limits.modelLengthMax;
}

function usableRows<T>(
  { path, rows, problems }: TraceTable<T>,
  what: string,
  { skipBad, note }: ReadTraceOptions,
): readonly T[] {
  if (problems.length > 0) {
    const told = tellProblems(problems);
    const count = `${problems.length} of ${problems.length + rows.length} rows`;
    if (!skipBad) {
      throw new AppError('REQUEST_INVALID', `${path}: ${count} are not usable: ${told}`, {
        hint: 'mend them, or leave them out with --skip-bad',
      });
    }
    note(`${path}: left out ${count}: ${told}\n`);
  }
  if (rows.length > 0) return rows;
  throw new AppError('REQUEST_INVALID', `${path} has no usable row`, {
    hint: `it should list ${what}, one a line, below a header`,
  });
}

function tellProblems(problems: readonly RowProblem[]): string {
  const shown = problems
    .slice(0, limits.problemsShown)
    .map(({ line, message }) => `line ${line}: ${message}`);
  const more = problems.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

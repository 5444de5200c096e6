import type { Result } from '../../shared/domain/result.ts';
import { err, ok } from '../../shared/domain/result.ts';
import type { PolicyName } from '../../shared/placement/policies/policy-name.ts';
import { policyNames } from '../../shared/placement/policies/policy-name.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { Cells, TraceFile, TraceTable } from './trace-table.ts';
import { readHeader, readTable } from './trace-table.ts';

/** What others reached, or could at best, on one list of requests: allocated percent when as much as the capacity has arrived. */
export interface Yardsticks {
  readonly dataset: string;
  /** Means by policy. */
  readonly published: ReadonlyMap<PolicyName, number>;
  /** The best of them; null: none is known. */
  readonly best: number | null;
  /** No policy can do better; null: not known. */
  readonly bound: number | null;
}

/** `…/openb_pod_list_gpuspec33.csv` → `gpuspec33`: what published results call a list. */
export function datasetOf(requestsPath: string): string {
  const file = requestsPath.split(/[/\\]/).at(-1) ?? requestsPath;
  return file.replace(/\.csv$/i, '').replace(/^.*pod_list_/, '');
}

/**
 * Reads what files of published results (columns dataset, policy, metric, stat, at_100) or bounds (dataset, ub_at_100_mean)
 * say of a dataset. Throws REQUEST_INVALID for a file that is neither, has unusable rows or does not know the dataset.
 */
export function readYardsticks(files: readonly TraceFile[], dataset: string): Yardsticks {
  const published = new Map<PolicyName, number>();
  let bound: number | null = null;
  for (const file of files) {
    const header = readHeader(file);
    const rows = header.includes(boundColumn) ? boundRows(file) : publishedRows(file);
    const own = rows.filter((row) => row.dataset === dataset);
    if (own.length === 0) throw refuseDataset(file.path, dataset, rows);
    for (const { policy, percent } of own) {
      if (policy === 'bound') bound = percent;
      else published.set(policy, percent);
    }
  }
  const best = published.size === 0 ? null : Math.max(...published.values());
  return { dataset, published, best, bound };
}

interface YardstickRow {
  readonly dataset: string;
  readonly policy: PolicyName | 'bound';
  readonly percent: number;
}

const boundColumn = 'ub_at_100_mean';
const rowsMax = 100_000;

function boundRows(file: TraceFile): readonly YardstickRow[] {
  const table = readTable(
    file,
    { what: 'bounds', required: ['dataset', boundColumn], optional: [], rowsMax },
    (cells): Result<YardstickRow, string> => {
      const percent = readPercent(cells[boundColumn]);
      return percent.ok
        ? ok({ dataset: cells.dataset, policy: 'bound', percent: percent.value })
        : percent;
    },
  );
  return allOf(table);
}

type PublishedColumn = 'dataset' | 'policy' | 'metric' | 'stat' | 'at_100';

function publishedRows(file: TraceFile): readonly YardstickRow[] {
  const table = readTable<YardstickRow | null, PublishedColumn>(
    file,
    {
      what: 'published results',
      required: ['dataset', 'policy', 'metric', 'stat', 'at_100'],
      optional: [],
      rowsMax,
    },
    parsePublished,
  );
  return allOf(table).filter((row) => row !== null);
}

/** null: a row that says something else. */
function parsePublished(cells: Cells<PublishedColumn>): Result<YardstickRow | null, string> {
  const policy = policyCalled(cells.policy);
  if (cells.metric !== 'alloc_pct' || cells.stat !== 'mean' || policy === null) return ok(null);
  const percent = readPercent(cells.at_100);
  return percent.ok ? ok({ dataset: cells.dataset, policy, percent: percent.value }) : percent;
}

/** Ours by what its authors call it: `GpuPacking` is `packing`. */
function policyCalled(text: string): PolicyName | null {
  const plain = text.toLowerCase().replace(/^gpu/, '');
  return policyNames.find((name) => name === plain) ?? null;
}

function readPercent(text: string): Result<number, string> {
  const value = /^\d{1,3}(\.\d{1,12})?$/.test(text) ? Number(text) : Number.NaN;
  return value <= 100 ? ok(value) : err(`${JSON.stringify(text)} is no percentage`);
}

function allOf<T>({ path, rows, problems }: TraceTable<T>): readonly T[] {
  const [first] = problems;
  if (first === undefined) return rows;
  throw new AppError('REQUEST_INVALID', `${path}: line ${first.line}: ${first.message}`, {
    hint: 'mend the file, or leave out --compare',
  });
}

function refuseDataset(path: string, dataset: string, rows: readonly YardstickRow[]): AppError {
  const known = [...new Set(rows.map((row) => row.dataset))].sort();
  return new AppError('REQUEST_INVALID', `${path} says nothing of ${JSON.stringify(dataset)}`, {
    hint: `say with --dataset which it is: ${known.join(', ')}`,
  });
}

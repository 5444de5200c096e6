import { parse } from 'csv-parse/sync';
import type { Result } from '../../shared/domain/result.ts';
import { err, ok } from '../../shared/domain/result.ts';
import { AppError } from '../../shared/platform/errors.ts';

/** A file of a trace as it was read. */
export interface TraceFile {
  /** For problems: what the user calls it. */
  readonly path: string;
  readonly bytes: Buffer;
}

/** One row that cannot be used. */
export interface RowProblem {
  /** Of the file, from 1; where the row ends, if it has line breaks in quotes. */
  readonly line: number;
  readonly message: string;
}

export interface TraceTable<T> {
  readonly path: string;
  /** In the order of the file. */
  readonly rows: readonly T[];
  readonly problems: readonly RowProblem[];
}

/** The cells of one row by the names of its columns; an optional column that the file lacks is empty. */
export type Cells<Column extends string> = Readonly<Record<Column, string>>;

export interface TableShape<Column extends string> {
  /** What its rows are, for problems: `nodes`. */
  readonly what: string;
  readonly required: readonly Column[];
  readonly optional: readonly Column[];
  readonly rowsMax: number;
}

export const traceLimits = { bytesMax: 256 * 1024 * 1024, cellLengthMax: 4_096 } as const;

/**
 * Reads a CSV file with a header line. Columns may come in any order and others are ignored; rows that `parseRow`
 * refuses, or that have another number of cells than the header, become problems. Throws REQUEST_INVALID
 * for a file that is no such table at all.
 */
export function readTable<T, Column extends string>(
  file: TraceFile,
  shape: TableShape<Column>,
  parseRow: (cells: Cells<Column>) => Result<T, string>,
): TraceTable<T> {
  const [header, ...records] = readRecords(file);
  if (header === undefined) throw refuseTable(file, 'it is empty', shape);
  if (records.length > shape.rowsMax) {
    throw refuseTable(file, `it has ${records.length} rows; at most ${shape.rowsMax}`, shape);
  }
  const places = findColumns(file, header.cells, shape);
  const rows: T[] = [];
  const problems: RowProblem[] = [];
  for (const { cells, line } of records) {
    const row = readRow(cells, header.cells.length, places, parseRow);
    if (row.ok) rows.push(row.value);
    else problems.push({ line, message: row.problem });
  }
  return { path: file.path, rows, problems };
}

/** The names in the first line. */
export function readHeader(file: TraceFile): readonly string[] {
  return readRecords(file)[0]?.cells ?? [];
}

interface RawRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

function readRecords({ path, bytes }: TraceFile): RawRecord[] {
  if (bytes.length > traceLimits.bytesMax) {
    const mib = Math.ceil(bytes.length / 2 ** 20);
    throw new AppError('REQUEST_INVALID', `${path} has ${mib} MiB; at most 256 MiB are read`);
  }
  const lineAt = lineCounter(bytes);
  try {
    const records = parse(bytes, {
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      relax_quotes: true,
    }) as unknown as { readonly record: string[]; readonly info: { readonly bytes: number } }[]; // What `info: true` makes of it; the library's types do not say so.
    return records.map(({ record, info }) => ({ cells: record, line: lineAt(info.bytes) }));
  } catch (cause) {
    throw new AppError('REQUEST_INVALID', `${path} is not a CSV file`, { cause });
  }
}

/** The line that ends before a byte. Asked in ascending order, so that the file is walked once. */
function lineCounter(bytes: Buffer): (end: number) => number {
  let line = 1;
  let next = bytes.indexOf(10);
  return (end) => {
    while (next !== -1 && next < end - 1) {
      line += 1;
      next = bytes.indexOf(10, next + 1);
    }
    return line;
  };
}

function findColumns<Column extends string>(
  file: TraceFile,
  header: readonly string[],
  shape: TableShape<Column>,
): ReadonlyMap<Column, number> {
  const missing = shape.required.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw refuseTable(file, `its header lacks ${missing.join(', ')}`, shape);
  }
  const columns = [...shape.required, ...shape.optional];
  const twice = columns.find((column) => header.indexOf(column) !== header.lastIndexOf(column));
  if (twice !== undefined) throw refuseTable(file, `its header names ${twice} twice`, shape);
  return new Map(columns.map((column) => [column, header.indexOf(column)]));
}

function readRow<T, Column extends string>(
  cells: readonly string[],
  width: number,
  places: ReadonlyMap<Column, number>,
  parseRow: (cells: Cells<Column>) => Result<T, string>,
): Result<T, string> {
  if (cells.length !== width) return err(`has ${cells.length} cells, the header ${width}`);
  const named = [...places].map(([column, at]) => [column, at < 0 ? '' : (cells[at] ?? '')]);
  if (named.some(([, text]) => (text ?? '').length > traceLimits.cellLengthMax)) {
    return err(`has a cell of more than ${traceLimits.cellLengthMax} characters`);
  }
  return parseRow(Object.fromEntries(named) as Cells<Column>); // One entry a column, above.
}

function refuseTable<Column extends string>(
  { path }: TraceFile,
  why: string,
  { what, required, optional }: TableShape<Column>,
): AppError {
  return new AppError('REQUEST_INVALID', `${path} is no list of ${what}: ${why}`, {
    hint: `the first line names the columns: ${[...required, ...optional.map((column) => `[${column}]`)].join(',')}`,
  });
}

/** A whole number in a cell. `what` is the column, for the problem. */
export function readWhole(
  text: string,
  what: string,
  low: number,
  high: number,
): Result<number, string> {
  const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high) return ok(value);
  const shown = JSON.stringify(text.length > 32 ? `${text.slice(0, 32)}…` : text);
  return err(`${what} is ${shown}, not a whole number from ${low} to ${high}`);
}

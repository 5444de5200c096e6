import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { numberOf, parseCell } from '../text/cell.ts';
import { bareCsvRows, isHalfCell, looksLikeBareCsv, type BareCsvRow } from './csv-bare.ts';
import {
  csvQueryOf,
  isPlainlyHeader,
  parseCsvHeader,
  type CsvColumn,
  type CsvQuery,
} from './csv-columns.ts';
import { errorsOf, rowProblem, splitRow } from './csv-table.ts';
import type { Format } from '../format.ts';
import { refusalOfLine } from '../refusals/refusal.ts';
import {
  headLines,
  isAside,
  isCut,
  isNotice,
  notThisFormat,
  truncated,
} from '../text/saved-output.ts';
import { linesOf } from '../text/text.ts';

export type CsvValue = string | number | null;

/** One row by column keys. */
export interface CsvRecord {
  /** The card is off the bus: every reading is null, and none of them is 0. */
  readonly lost: boolean;
  /** What cells say instead of a reading when the card does not answer, each once: `GPU is lost`, `Unknown Error`. */
  readonly errorBodies: readonly string[];
  readonly [key: string]: CsvValue | boolean | readonly string[];
}

/** `--query-…` output. Without a header nothing tells what the cells mean: they are given in their order. */
export type CsvReport =
  | {
      readonly query: CsvQuery;
      /** Of the first header; a loop repeats it or does not. */
      readonly columns: readonly CsvColumn[];
      readonly rows: readonly CsvRecord[];
      readonly notices: readonly string[];
    }
  | {
      readonly query: null;
      readonly columns: null;
      readonly rows: readonly BareCsvRow[];
      readonly notices: readonly string[];
    };

/** `nvidia-smi --query-gpu=… --format=csv` and its siblings, single shots and loops, drivers 340 to 610. */
export const csvFormat: Format<CsvReport> = {
  kind: 'smi-csv',
  command: 'nvidia-smi --query-… --format=csv',
  recognises: recognisesCsv,
  parse: parseCsv,
};

function recognisesCsv(text: string): boolean {
  const lines = headLines(text);
  const first = lines.find((line) => !isAside(line) && !isNotice(line));
  if (first === undefined) return false;
  const columns = parseCsvHeader(first);
  if (columns === null) return looksLikeBareCsv(lines);
  return isPlainlyHeader(columns) || looksLikeBareCsv(lines.slice(lines.indexOf(first) + 1));
}

function parseCsv(text: string): Result<CsvReport> {
  const lines = linesOf(text);
  const first = lines.find((line) => !isAside(line) && !isNotice(line));
  const columns = first === undefined ? null : parseCsvHeader(first);
  const notices = lines.filter((line) => isNotice(line)).map((line) => line.trim());
  if (columns !== null) return parseUnderHeader(text, lines, columns, notices);
  if (first === undefined || refusalOfLine(first) !== null) {
    return err(notThisFormat(text, 'CSV output of nvidia-smi'));
  }
  const rows = bareCsvRows(text, lines);
  if (!rows.ok) return rows;
  return ok({ query: null, columns: null, rows: rows.value, notices });
}

function parseUnderHeader(
  text: string,
  lines: readonly string[],
  columns: readonly CsvColumn[],
  notices: readonly string[],
): Result<CsvReport> {
  const query = csvQueryOf(columns);
  const rows: CsvRecord[] = [];
  let current = columns;
  let lastAt = -1;
  let lastParts: readonly string[] = [];
  let partsBefore: readonly string[] = [];
  for (const [at, line] of lines.entries()) {
    if (isAside(line) || isNotice(line)) continue;
    const header = parseCsvHeader(line);
    if (header !== null) {
      current = header;
      lastAt = at;
      lastParts = [];
      continue;
    }
    const parts = splitRow(line, current.length, freeTextAt(current));
    if (parts === null) return err(rowProblem(text, lines, at, current.length));
    rows.push(record(current, parts));
    lastAt = at;
    partsBefore = lastParts;
    lastParts = parts;
  }
  const cut = isCut(text, lines, lastAt) && isCutRow(current, lastParts, partsBefore);
  if (cut) return err(truncated(`line ${lastAt + 1}`));
  return ok({ query, columns, rows, notices });
}

/** The column that may hold commas: a process's name rather than a product's. */
function freeTextAt(columns: readonly CsvColumn[]): number {
  for (const field of ['process_name', 'name', 'gpu_name', 'hostname']) {
    const at = columns.findIndex((column) => column.field === field);
    if (at >= 0) return at;
  }
  return -1;
}

function record(columns: readonly CsvColumn[], parts: readonly string[]): CsvRecord {
  const values: Record<string, CsvValue> = {};
  for (const [at, column] of columns.entries()) {
    const cell = parseCell(parts[at] ?? '');
    values[column.key] = cell.kind === 'text' ? valueOf(column, cell.text) : null;
  }
  return { ...values, ...errorsOf(parts) };
}

/** Text even where it looks like a number: identifiers, versions, names. */
const textual =
  /name$|serial|uuid|version|^compute_cap$|^inforom\.|_id$|guid|address$|cause$|^timestamp$|clusterUuid/i;
const wholeNumber = /^-?(?:0|[1-9]\d{0,14})$/;
const decimal = /^-?\d{1,15}\.\d{1,15}$/;

function valueOf(column: CsvColumn, text: string): CsvValue {
  if (column.unit !== null) return numberOf(text, column.unit) ?? text;
  if (textual.test(column.field)) return text;
  return wholeNumber.test(text) || decimal.test(text) ? Number(text) : bracketFree(text);
}

/** Words in brackets are the dialect's way of saying "no value"; also those that we do not know yet. */
function bracketFree(text: string): CsvValue {
  return /^\[[^\][]{1,200}\]$/.test(text) ? null : text;
}

/** The last line was not ended. A header without rows, half a bracket or half a unit then show that it was cut. */
function isCutRow(
  columns: readonly CsvColumn[],
  parts: readonly string[],
  before: readonly string[],
): boolean {
  const last = parts.at(-1)?.trim();
  if (last === undefined) return true;
  if (isHalfCell(last, before.at(-1)?.trim())) return true;
  const unit = columns.at(-1)?.unit ?? null;
  if (unit === null || parseCell(last).kind !== 'text') return false;
  const endsInUnit = (part: string | undefined, at: number): boolean =>
    (part ?? '').trim().endsWith(` ${columns[at]?.unit ?? '?'}`);
  const withUnits = before.some(endsInUnit) || parts.slice(0, -1).some(endsInUnit);
  return withUnits ? !last.endsWith(` ${unit}`) : numberOf(last, unit) === null;
}

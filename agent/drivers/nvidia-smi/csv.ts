import { err, ok, type Problem, type Result } from '../../../shared/domain/result.ts';
import { parseCell, type Cell } from '../../formats/cell.ts';

export interface CsvRow {
  /** 1 for the first line of the output. */
  readonly line: number;
  /** By the name that was asked for. */
  readonly cells: ReadonlyMap<string, Cell>;
}

export interface CsvTable {
  readonly rows: readonly CsvRow[];
  /** Lines that are no row: complaints about single cards that the tool prints among the rows. */
  readonly notices: readonly string[];
}

/** Complaints that stand alone on a line before, among or after the rows. */
const noticePattern =
  /^(Unable to |WARNING|Warning: |Failed to |GPU ?[0-9A-Fa-f:.]+: |No devices were found|Reboot the system)/;

/**
 * Parses `--format=csv` output of which the columns are known. Values are not quoted and may hold commas, so the
 * surplus parts of a row belong to its one free-text column. A header line is recognised and skipped.
 */
export function parseCsvTable(
  stdout: string,
  columns: readonly string[],
  freeTextColumns: readonly string[],
): Result<CsvTable> {
  const freeAt = columns.findIndex((column) => freeTextColumns.includes(column));
  const rows: CsvRow[] = [];
  const notices: string[] = [];
  for (const [at, text] of stdout.split('\n').entries()) {
    const lineText = text.trim();
    if (lineText === '' || isHeader(lineText, columns.length, rows.length)) continue;
    if (noticePattern.test(lineText)) {
      notices.push(lineText);
      continue;
    }
    const parts = splitRow(lineText, columns.length, freeAt);
    if (parts === null) return err(unreadable(at + 1, lineText, columns.length));
    const cells = new Map<string, Cell>();
    for (const [column, name] of columns.entries()) {
      cells.set(name, parseCell(parts[column] ?? ''));
    }
    rows.push({ line: at + 1, cells });
  }
  return ok({ rows, notices });
}

/** Headers hold canonical names with units, whatever alias was asked: known by shape, and before any row. */
function isHeader(lineText: string, columnCount: number, rowCount: number): boolean {
  if (rowCount > 0) return false;
  const parts = lineText.split(',').map((part) => part.trim());
  return (
    parts.length === columnCount &&
    parts.every((part) => /^[a-z][A-Za-z0-9_.]*(?: \[[A-Za-z%/]+\])?$/.test(part))
  );
}

function splitRow(lineText: string, columnCount: number, freeAt: number): readonly string[] | null {
  const parts = lineText.split(',');
  const surplus = parts.length - columnCount;
  if (surplus === 0) return parts;
  if (surplus < 0 || freeAt < 0) return null;
  const freeText = parts.slice(freeAt, freeAt + surplus + 1).join(',');
  return [...parts.slice(0, freeAt), freeText, ...parts.slice(freeAt + surplus + 1)];
}

function unreadable(line: number, text: string, columnCount: number): Problem {
  return {
    code: 'CSV_ROW',
    path: `line ${line}`,
    message: `${JSON.stringify(text.slice(0, 120))} is no row of ${columnCount} columns`,
  };
}

export function cellText(row: CsvRow, column: string): string | null {
  const cell = row.cells.get(column);
  return cell?.kind === 'text' ? cell.text : null;
}

const number = /^(-?\d+(?:\.\d+)?)(?:\s*(?:MiB|W|C|%|MHz|us|ms))?$/;

/** A number with or without its unit; null when the tool said nothing or something else. */
export function cellNumber(row: CsvRow, column: string): number | null {
  const match = number.exec(cellText(row, column) ?? '');
  return match === null ? null : Number(match[1]);
}

/** `Enabled` or `Disabled`; null for anything else. */
export function cellSwitch(row: CsvRow, column: string): boolean | null {
  const text = cellText(row, column);
  if (text === 'Enabled') return true;
  return text === 'Disabled' ? false : null;
}

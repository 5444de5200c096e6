import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { numberOf, parseCell, switchOf, type Cell } from '../text/cell.ts';
import { parseCsvHeader } from './csv-columns.ts';
import { isAside, isNotice, lineProblem } from '../text/saved-output.ts';
import { linesOf } from '../text/text.ts';

export interface CsvRow {
  /** 1 for the first line of the output. */
  readonly line: number;
  /** By the name that was asked for. */
  readonly cells: ReadonlyMap<string, Cell>;
}

interface CsvTable {
  readonly rows: readonly CsvRow[];
  /** Lines that are no row: complaints about single cards that the tool prints among the rows. */
  readonly notices: readonly string[];
}

/**
 * Parses `--format=csv` output of which the columns are known. Values are not quoted and may hold commas, so the
 * surplus parts of a row belong to its one free-text column. Header lines are recognised and skipped.
 */
export function parseCsvTable(
  stdout: string,
  columns: readonly string[],
  freeTextColumns: readonly string[],
): Result<CsvTable> {
  const freeAt = columns.findIndex((column) => freeTextColumns.includes(column));
  const lines = linesOf(stdout);
  const rows: CsvRow[] = [];
  const notices: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (isAside(line) || isHeaderOf(line, columns.length)) continue;
    if (isNotice(line)) {
      notices.push(line.trim());
      continue;
    }
    const parts = splitRow(line, columns.length, freeAt);
    if (parts === null) return err(rowProblem(stdout, lines, at, columns.length));
    const cells = new Map<string, Cell>();
    for (const [column, name] of columns.entries()) {
      cells.set(name, parseCell(parts[column] ?? ''));
    }
    rows.push({ line: at + 1, cells });
  }
  return ok({ rows, notices });
}

/** Headers hold canonical names with units, whatever alias was asked: known by their shape. */
function isHeaderOf(line: string, columnCount: number): boolean {
  return parseCsvHeader(line)?.length === columnCount;
}

/** The parts of a row; the surplus ones are joined at `freeAt`. Null: too few, or too many and none is free text. */
export function splitRow(
  line: string,
  columnCount: number,
  freeAt: number,
): readonly string[] | null {
  const parts = line.split(',');
  const surplus = parts.length - columnCount;
  if (surplus === 0) return parts;
  if (surplus < 0 || freeAt < 0) return null;
  const freeText = parts.slice(freeAt, freeAt + surplus + 1).join(',');
  return [...parts.slice(0, freeAt), freeText, ...parts.slice(freeAt + surplus + 1)];
}

export function rowProblem(
  text: string,
  lines: readonly string[],
  at: number,
  columnCount: number,
): ReturnType<typeof lineProblem> {
  const what = `row of ${columnCount} columns`;
  return lineProblem(text, lines, at, { code: 'CSV_ROW', what });
}

/** What cells say when the card does not answer; a lost card says nothing else. */
export function errorsOf(cells: readonly string[]): { lost: boolean; errorBodies: string[] } {
  const errorBodies = new Set<string>();
  for (const raw of cells) {
    const cell = parseCell(raw);
    if (cell.kind === 'broken') errorBodies.add(cell.words);
  }
  const lost = [...errorBodies].some((words) => /^GPU is lost$/i.test(words));
  return { lost, errorBodies: [...errorBodies] };
}

export function cellText(row: CsvRow, column: string): string | null {
  const cell = row.cells.get(column);
  return cell?.kind === 'text' ? cell.text : null;
}

/** A number with or without its unit; null when the tool said nothing or something else. */
export function cellNumber(row: CsvRow, column: string): number | null {
  return numberOf(cellText(row, column) ?? undefined);
}

/** `Enabled` or `Disabled`; null for anything else. */
export function cellSwitch(row: CsvRow, column: string): boolean | null {
  return switchOf(cellText(row, column) ?? undefined);
}

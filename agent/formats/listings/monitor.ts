import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { parseCell } from '../text/cell.ts';
import type { Format } from '../format.ts';
import {
  headLines,
  isAside,
  isCut,
  isNotice,
  lineProblem,
  notThisFormat,
  stopsInIndentation,
  truncated,
} from '../text/saved-output.ts';
import { linesOf } from '../text/text.ts';

interface MonitorColumn {
  /** As the first heading line names it: `pwr`. */
  readonly name: string;
  /** As the second one does: `W`; null where it was not saved. */
  readonly unit: string | null;
  /** camelCase with the unit last: `powerDrawW`, `smPct`. */
  readonly key: string;
}

type MonitorRow = Readonly<Record<string, number | string | null>>;

interface MonitorReport {
  readonly tool: 'dmon' | 'pmon';
  /** Of the first heading; it is repeated every so many rows. */
  readonly columns: readonly MonitorColumn[];
  /** `-` is null: not told, which under MIG is so for every utilisation. */
  readonly rows: readonly MonitorRow[];
  readonly notices: readonly string[];
}

/** `nvidia-smi dmon` and `pmon`, whatever was selected with `-s`, `-o` and `--gpm-metrics`; drivers 390 to 610. */
export const monitorFormat: Format<MonitorReport> = {
  kind: 'dmon-pmon',
  command: 'nvidia-smi dmon, nvidia-smi pmon',
  recognises: (text) =>
    headLines(text)
      .slice(0, 40)
      .some((line) => headingOf(line) !== null),
  parse: parseMonitor,
};

/** The words of a heading line that names a card's column; null: it is none. */
function headingOf(line: string): readonly string[] | null {
  if (!line.startsWith('#') || line.length > 2_000) return null;
  const words = wordsOf(line.slice(1));
  return words.includes('gpu') && words.length > 1 && words.every((word) => word.length <= 24)
    ? words
    : null;
}

/** `--format csv` puts commas between the same cells. */
function wordsOf(line: string): readonly string[] {
  const trimmed = line.trim();
  return trimmed === '' ? [] : trimmed.split(trimmed.includes(',') ? /\s*,\s*/ : /\s+/);
}

function parseMonitor(text: string): Result<MonitorReport> {
  const lines = linesOf(text);
  const rows: MonitorRow[] = [];
  const notices: string[] = [];
  let first: readonly MonitorColumn[] | null = null;
  let columns: readonly MonitorColumn[] = [];
  for (const [at, line] of lines.entries()) {
    const heading = headingOf(line);
    if (heading !== null) {
      columns = columnsOf(heading, lines[at + 1] ?? '');
      first ??= columns;
    } else if (line.startsWith('#') || isAside(line)) continue;
    else if (isNotice(line)) notices.push(line.trim());
    else if (first === null) return err(notThisFormat(text, 'output of dmon or pmon'));
    else {
      const row = readRow(columns, line);
      const cut =
        isCut(text, lines, at) && (isShorter(lines, at, columns) || isHalfCommand(row, rows));
      if (row === null || cut) {
        const what = `row of ${columns.length} columns`;
        return err(lineProblem(text, lines, at, { code: 'MONITOR_ROW', what }));
      }
      rows.push(row);
    }
  }
  if (first === null) return err(notThisFormat(text, 'output of dmon or pmon'));
  const headOnly = rows.length === 0 && isCut(text, lines, lines.length - 1);
  if (headOnly || stopsInIndentation(text, lines)) {
    return err(truncated(`line ${lines.length}`));
  }
  const tool = first.some((column) => column.name === 'pid') ? 'pmon' : 'dmon';
  return ok({ tool, columns: first, rows, notices });
}

/** The names that the XML report has for the same readings of a card. */
const sameAsReport: ReadonlyMap<string, string> = new Map(
  Object.entries({
    gtemp: 'temperatureGpu',
    mtemp: 'temperatureMemory',
    pwr: 'powerDraw',
  }),
);
/** Units that are units. The others (`Idx`, `#`, `C/G`, `name`, `YYYYMMDD`) describe the column. */
const unitWords: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '%': 'Pct',
    'GPM:%': 'Pct',
    'GPM:MB': 'Mb',
    'GPM:MB/s': 'MbPerS',
    C: 'C',
    MB: 'Mb',
    'MB/s': 'MbPerS',
    MHz: 'Mhz',
    W: 'W',
  }),
);

function columnsOf(heading: readonly string[], unitLine: string): readonly MonitorColumn[] {
  const units = unitLine.startsWith('#') ? wordsOf(unitLine.slice(1)) : [];
  const aligned = units.length === heading.length;
  return heading.map((name, at) => {
    const unit = aligned ? (units[at] ?? null) : null;
    const base = (sameAsReport.get(name) ?? name).replace(/^[A-Z]/, (letter) =>
      letter.toLowerCase(),
    );
    return { name, unit, key: `${base}${unit === null ? '' : (unitWords.get(unit) ?? '')}` };
  });
}

const number = /^-?\d{1,15}(?:\.\d{1,9})?$/;
const textual = new Set(['command', 'date', 'time', 'type']);

/** Columns overflow, so blanks part the cells and not positions; only the command, the last one, may hold blanks. */
function readRow(columns: readonly MonitorColumn[], line: string): MonitorRow | null {
  const cells = [...wordsOf(line)];
  const freeText = columns.at(-1)?.name === 'command';
  if (freeText && cells.length > columns.length) {
    const command = cells.splice(columns.length - 1).join(' ');
    cells.push(command);
  }
  if (cells.length !== columns.length) return null;
  const row: Record<string, number | string | null> = {};
  for (const [at, { key }] of columns.entries()) {
    const cell = parseCell(cells[at] ?? '');
    const text = cell.kind === 'text' ? cell.text : null;
    const isNumber = text !== null && !textual.has(key) && number.test(text);
    if (text !== null && !isNumber && (key === 'gpu' || key === 'pid')) return null;
    row[key] = isNumber ? Number(text) : text;
  }
  return row;
}

/** The same process had a longer name in an earlier sample. */
function isHalfCommand(row: MonitorRow | null, before: readonly MonitorRow[]): boolean {
  const command = row?.['command'];
  const earlier = before.findLast((each) => each['pid'] === row?.['pid'])?.['command'];
  if (typeof command !== 'string' || typeof earlier !== 'string') return false;
  return earlier !== command && earlier.startsWith(command);
}

/** Numbers stand at the right of their columns: a last row that ends earlier than the one before it was cut. */
function isShorter(
  lines: readonly string[],
  at: number,
  columns: readonly MonitorColumn[],
): boolean {
  const before = lines[at - 1] ?? '';
  if (columns.at(-1)?.name === 'command' || before.includes(',')) return false;
  return (lines[at] ?? '').trimEnd().length < before.trimEnd().length;
}

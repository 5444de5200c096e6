import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { parseCell } from '../text/cell.ts';
import { errorsOf, rowProblem } from './csv-table.ts';
import { isAside, isCut, isNotice } from '../text/saved-output.ts';

/** A row without a header. A number stands alone or, with its unit, as text; nothing is null. */
export interface BareCsvRow {
  readonly cells: readonly (string | number | null)[];
  readonly lost: boolean;
  readonly errorBodies: readonly string[];
}

const number = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;
/** What only a tool writes between commas: marks of a card, readings, states. */
const machineCell =
  /^(?:GPU-[0-9a-zA-Z-]{8,96}|[0-9A-Fa-f]{8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f]|\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,6})?|\[[A-Z][A-Za-z/ ]{1,60}\]|N\/A|P\d{1,2}|0x[0-9A-Fa-f]{1,16}|Enabled|Disabled|Default|-?\d{1,15}(?:\.\d{1,15})?(?: (?:MiB|W|%|MHz|C|us|ms))?)$/;
const plainMark =
  /GPU-[0-9a-f]{8}-|[0-9A-Fa-f]{8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f](?:,|$)|\[(?:N\/A|Not Supported|Unknown Error|GPU is lost|GPU requires reset)\]|^\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}\.\d{3},|, \d{1,9} MiB(?:,|$)/;

/** The name of a card, with no other words in its cell. */
const product =
  /^(?:NVIDIA |Tesla |Quadro |GeForce |GRID ){1,2}(?:[A-Z]{1,3}\d|RTX|GTX|TITAN|DGX|Graphics|Tesla|Quadro|Thor|Orin)[\w.-]{0,24}(?: (?:[A-Z0-9(][\w.()/-]{0,24}|with)){0,8}$/;

/**
 * `noheader` output has marks of its own only where a card's name, UUID or bus id, a time or words in brackets
 * stand in it.
 */
export function looksLikeBareCsv(lines: readonly string[]): boolean {
  const rows = lines.filter((line) => !isAside(line) && !isNotice(line));
  return rows.every(isBareRow) && rows.some(hasPlainMark);
}

function hasPlainMark(line: string): boolean {
  if (line.split(',').some((cell) => product.test(cell.trim()))) return true;
  return plainMark.test(line) && (line.includes(',') || /^(?:GPU-|0{4})/.test(line));
}

/**
 * The rows of `noheader` output. One without any cell as only a tool writes it is a problem. Rows may have more cells
 * than others (commas in a process's name), but a last one that has fewer was cut.
 */
export function bareCsvRows(text: string, lines: readonly string[]): Result<readonly BareCsvRow[]> {
  const rows: BareCsvRow[] = [];
  let fewest = Infinity;
  let lastBefore: string | undefined;
  for (const [at, line] of lines.entries()) {
    if (isAside(line) || isNotice(line)) continue;
    const cells = line.split(',').map((cell) => cell.trim());
    const last = cells.at(-1) ?? '';
    const short = rows.length > 0 && cells.length < fewest;
    const cut = isCut(text, lines, at) && (short || isHalfCell(last, lastBefore));
    if (!isBareRow(line) || cut) {
      return err(rowProblem(text, lines, at, Math.min(fewest, cells.length)));
    }
    fewest = Math.min(fewest, cells.length);
    lastBefore = last;
    rows.push({ cells: cells.map(bareValue), ...errorsOf(cells) });
  }
  return ok(rows);
}

const words = [
  'Active',
  'Default',
  'Disabled',
  'Double Bit ECC',
  'Enabled',
  'Exclusive_Process',
  'None',
  'Not Active',
  'Prohibited',
  'Single Bit ECC',
  'Yes',
];

/** Whether the last cell of a line without its end is half of something: of a word, of a UUID, of the cell above it. */
export function isHalfCell(cell: string, above: string | undefined): boolean {
  if (cell === '' || (cell.startsWith('[') && !cell.endsWith(']'))) return true;
  if (cell.startsWith('GPU-')) return cell.length < 40;
  const wholes = above === undefined || number.test(above) ? words : [...words, above];
  return wholes.some((whole) => whole !== cell && whole.startsWith(cell));
}

function isBareRow(line: string): boolean {
  return line.split(',').some((cell) => machineCell.test(cell.trim()) || product.test(cell.trim()));
}

function bareValue(raw: string): string | number | null {
  const cell = parseCell(raw);
  if (cell.kind !== 'text') return null;
  return number.test(cell.text) ? Number(cell.text) : cell.text;
}

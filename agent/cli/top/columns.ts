import { sparkline } from './history.ts';
import type { Row } from './rows.ts';
import type { Amount, TopNode } from './tree.ts';

/** One column: its head, its width and its cell. Numbers stand right, names left. */
interface Column {
  readonly head: string;
  readonly width: number;
  readonly left?: true;
  readonly cell: (row: Row) => string;
}

export interface Drawing {
  readonly width: number;
  readonly unicode: boolean;
  /** The last `count` values of a line's use, in percent. */
  readonly history: (key: string, count: number) => readonly (number | null)[];
}

const gap = '  ';
const nameWidthMin = 20;
const nameWidthMax = 44;
const historyWidthMin = 8;
const wideFrom = 110;

/** The columns that fit: at 80 the ones that matter, on a wider screen also temperature and clock. */
function columnsFor({ width, unicode, history }: Drawing): readonly Column[] {
  const wide = width >= wideFrom;
  const numbers: readonly Column[] = [
    { head: 'MEMORY', width: 13, cell: ({ node }) => memoryCell(node) },
    {
      head: 'SM',
      width: 5,
      cell: ({ node }) => figure(node, 'smRatio', (value) => `${percent(value)}%`),
    },
    {
      head: 'POWER',
      width: 6,
      cell: ({ node }) => figure(node, 'powerWatts', (value) => `${Math.round(value)}W`),
    },
    ...(wide
      ? [
          { head: 'TEMP', width: 5, cell: ({ node }: Row) => plain(node.temperatureCelsius, 'C') },
          { head: 'CLOCK', width: 7, cell: ({ node }: Row) => plain(node.smClockMhz, 'MHz') },
        ]
      : []),
  ];
  const taken = numbers.reduce((sum, column) => sum + column.width + gap.length, gap.length);
  const room = Math.max(nameWidthMin + historyWidthMin, width - taken);
  const nameWidth = Math.min(nameWidthMax, Math.max(nameWidthMin, Math.floor(room * 0.65)));
  const historyWidth = room - nameWidth;
  return [
    { head: 'NAME', width: nameWidth, left: true, cell: (row) => nameCell(row, unicode) },
    ...numbers,
    {
      head: 'HISTORY',
      width: historyWidth,
      left: true,
      cell: ({ node }) =>
        node.warning === ''
          ? sparkline(history(node.key, historyWidth), historyWidth, unicode)
          : node.warning,
    },
  ];
}

/** The head, then one line a row, none longer than the screen. */
export function drawTable(
  rows: readonly Row[],
  drawing: Drawing,
): { readonly head: string; readonly lines: readonly string[] } {
  const columns = columnsFor(drawing);
  const join = (cells: readonly string[]): string =>
    cells
      .map((text, at) => fit(text, columns[at]?.width ?? 0, columns[at]?.left === true))
      .join(gap)
      .trimEnd()
      .slice(0, drawing.width);
  return {
    head: join(columns.map((column) => column.head)),
    lines: rows.map((row) => join(columns.map((column) => column.cell(row)))),
  };
}

function nameCell({ node, depth, open }: Row, unicode: boolean): string {
  const indent = '  '.repeat(depth);
  if (node.kind === 'note') return `${indent}  ${node.name}`;
  if (node.children.length === 0) return `${indent}  ${node.name}`;
  const arrows = unicode ? { open: '▾', shut: '▸' } : { open: '-', shut: '+' };
  return `${indent}${open ? arrows.open : arrows.shut} ${node.name}`;
}

function memoryCell({ memoryMib, memoryOfMib }: TopNode): string {
  const used = marked(memoryMib, mibWord);
  return memoryOfMib === null ? used : `${used}/${mibWord(memoryOfMib)}`;
}

/** A part of the card's memory uses no SMs: that is not "not known". */
function figure(
  node: TopNode,
  key: 'smRatio' | 'powerWatts',
  word: (value: number) => string,
): string {
  return node.kind === 'note' ? '' : marked(node[key], word);
}

/** `~`: shared out, not measured. `-`: not known. */
function marked(amount: Amount | null, word: (value: number) => string): string {
  if (amount === null) return '-';
  return `${amount.shared ? '~' : ''}${word(amount.value)}`;
}

function plain(value: number | null, unit: string): string {
  return value === null ? '' : `${Math.round(value)}${unit}`;
}

/** `940M`, `12.3G`, `180G`: as short as may be. */
function mibWord(mib: number): string {
  if (mib < 1_000) return `${Math.round(mib)}M`;
  const gib = mib / 1_024;
  return gib < 99.95 ? `${gib.toFixed(1)}G` : `${Math.round(gib)}G`;
}

function percent(ratio: number): string {
  const value = ratio * 100;
  return value > 0 && value < 0.5 ? '<1' : String(Math.round(value));
}

/** Control characters of a name would move the cursor; what is too long ends with a mark. */
function fit(text: string, width: number, left: boolean): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  const clean = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
  const characters = Array.from(clean);
  const short =
    characters.length > width ? `${characters.slice(0, Math.max(0, width - 1)).join('')}+` : clean;
  const pad = ' '.repeat(Math.max(0, width - Array.from(short).length));
  return left ? short + pad : pad + short;
}

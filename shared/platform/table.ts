/** Rows under the names of their columns. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * Plain columns for eyes and for awk: a header line, two spaces between columns, no rules, no trailing blanks.
 * An empty cell is printed as `-`, so that a column never vanishes from a line.
 */
export function renderTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return growingTable(columns)(rows);
}

/** A table that is printed bit by bit, as `renderTable` does it: the header comes first, and no column gets narrower. */
export function growingTable(
  columns: readonly string[],
): (rows: readonly (readonly string[])[]) => string {
  const widths = columns.map(width);
  let head = [columns];
  return (rows) => {
    const lines = [...head, ...rows.map((row) => columns.map((_, at) => cell(row[at] ?? '')))];
    head = [];
    for (const line of lines) {
      for (const [at, text] of line.entries()) widths[at] = Math.max(widths[at] ?? 0, width(text));
    }
    return lines
      .map((line) => line.map((text, at) => pad(text, widths[at] ?? 0)).join('  '))
      .map((line) => `${line.trimEnd()}\n`)
      .join('');
  };
}

/** Control characters would move the cursor or break the line that awk reads. */
function cell(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  const plain = text.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return plain === '' ? '-' : plain;
}

function pad(text: string, to: number): string {
  return text + ' '.repeat(Math.max(0, to - width(text)));
}

/** In code points: names of models and cards are ASCII, reasons need not be. */
function width(text: string): number {
  return Array.from(text).length;
}

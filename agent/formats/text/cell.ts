/** What one cell, element or field of a tool's output says. `nothing` is never 0: the tools have many words for it. */
export type Cell =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'nothing' }
  /** The card itself does not answer: lost, needs a reset, unreadable. */
  | { readonly kind: 'broken'; readonly words: string };

const nothingWords = new Set([
  '',
  '-',
  'n/a',
  'not supported',
  'not found',
  'not available',
  'insufficient permissions',
  'requested functionality has been deprecated',
  'function not found',
]);
const brokenWords = new Set([
  'gpu is lost',
  'gpu requires reset',
  'unknown error',
  'err!',
  'reset required',
]);
/** The longest word above, in brackets: anything longer is text, and need not be folded to be known. */
const wordLengthMax = 48;

const nothing: Cell = { kind: 'nothing' };

/**
 * Reads one cell; `[…]` around words is the CSV dialect, without it the one of `-q`. `None` is text: for the recovery
 * action it means "nothing to be done".
 */
export function parseCell(raw: string): Cell {
  const text = raw.trim();
  if (text.length > wordLengthMax) return { kind: 'text', text };
  const bracketed = text.startsWith('[') && text.indexOf(']') === text.length - 1;
  const words = bracketed ? text.slice(1, -1) : text;
  const lower = words.toLowerCase();
  if (nothingWords.has(lower)) return nothing;
  if (brokenWords.has(lower)) return { kind: 'broken', words };
  return { kind: 'text', text };
}

/** The text of a cell, trimmed; null when it says nothing or that the card does not answer. */
export function textOf(raw: string | undefined): string | null {
  if (raw === undefined) return null;
  const cell = parseCell(raw);
  return cell.kind === 'text' ? cell.text : null;
}

const measure = /^(-?\d{1,20}(?:\.\d{1,20})?) ?([A-Za-z%][A-Za-z/%()]{0,9})?$/;

/**
 * A number with or without its unit: `19968 MiB`, `60.12 W`, `-8 C`, `16x`, `7`. Null when the tool said nothing or
 * something else. With `unit` given, a number in another unit is null, too: never a wrong size.
 */
export function numberOf(raw: string | undefined, unit?: string): number | null {
  if (raw === undefined) return null;
  const match = measure.exec(raw.trim());
  if (match === null) return null;
  const said = match[2];
  if (unit !== undefined && said !== undefined && said !== unit) return null;
  return Number(match[1]);
}

const switchWords: ReadonlyMap<string, boolean> = new Map([
  ['Yes', true],
  ['No', false],
  ['Enabled', true],
  ['Disabled', false],
  ['Active', true],
  ['Not Active', false],
]);

/** `Yes`/`No`, `Enabled`/`Disabled`, `Active`/`Not Active`; null for anything else. */
export function switchOf(raw: string | undefined): boolean | null {
  return switchWords.get((raw ?? '').trim()) ?? null;
}

import { err, ok, type Problem, type Result } from '../../../shared/domain/result.ts';
import { headLines, isAside, isNotice, lineProblem, truncated } from '../text/saved-output.ts';
import { linesOf } from '../text/text.ts';

/** One body line of a box table: the text between its outer bars. */
export interface TableLine {
  /** 1 for the first line of the output. */
  readonly line: number;
  readonly text: string;
}

/** Sentences with which the tool says that a listing is empty. They come with a non-zero exit. */
export const emptyListing = /^No (?:GPU|compute) instances? found/;
/** For a listing that is no instance either; on its own it is a refusal. */
const nothingToList = /^No (?:MIG-enabled|MIG-supported) devices found|^No devices were found/;
const ruler = /^\+[-=+]*\+$/;
const bodyOpener = /^\|=+\|$/;
const barred = /^\|.*\|$/;

/**
 * The body of one of the tool's box tables: what follows the `|=====|` line, without rulers. An empty listing has
 * no lines; text that is no table at all is a problem.
 */
export function parseBoxTable(stdout: string): Result<readonly TableLine[]> {
  const body: TableLine[] = [];
  let inBody = false;
  const lines = linesOf(stdout);
  for (const [at, raw] of lines.entries()) {
    const text = raw.trim();
    if (isAside(text) || ruler.test(text)) continue;
    if (bodyOpener.test(text)) inBody = true;
    else if (barred.test(text)) {
      if (inBody) body.push({ line: at + 1, text: text.slice(1, -1) });
    } else if (emptyListing.test(text) || nothingToList.test(text)) return ok([]);
    else if (!isNotice(text)) {
      return err(lineProblem(stdout, lines, at, { code: 'TABLE_LINE', what: 'line of a table' }));
    }
  }
  return ok(body);
}

export function tableProblem(row: TableLine, what: string): Problem {
  return {
    code: 'TABLE_LINE',
    path: `line ${row.line}`,
    message: `${JSON.stringify(row.text.trim())} is no ${what}`,
  };
}

/** Whether the table of this title begins in the first lines, or the sentence that it is empty stands there. */
export function opensTable(text: string, title: string, emptyWords?: RegExp): boolean {
  for (const raw of headLines(text).slice(0, 40)) {
    const line = raw.trim();
    if (line.startsWith('|') && line.slice(1).trimStart().startsWith(title)) return true;
    if (emptyWords?.test(line) === true) return true;
  }
  return false;
}

/** Every row ends with a ruler, and every heading with `|====|`: a table that does not was cut. Null: it was not. */
export function tableCut(text: string): Problem | null {
  const lines = linesOf(text);
  const lastAt = lines.findLastIndex((line) => /^\s*[|+]/.test(line));
  if (lastAt < 0) return null;
  const last = (lines[lastAt] ?? '').trim();
  const opened = lines.some((line) => bodyOpener.test(line.trim()));
  return opened && (ruler.test(last) || bodyOpener.test(last))
    ? null
    : truncated(`line ${lastAt + 1}`);
}

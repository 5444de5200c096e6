import { err, ok, type Result } from '../../../shared/domain/result.ts';

/** One body line of a box table: the text between its outer bars. */
export interface TableLine {
  /** 1 for the first line of the output. */
  readonly line: number;
  readonly text: string;
}

/** Sentences with which the tool says that a listing is empty. They come with a non-zero exit. */
const emptyListing =
  /^(No (GPU|compute) instances found|No MIG-enabled devices found|No MIG-supported devices found|No devices were found)/;

/**
 * The body of one of the tool's box tables: what follows the `|=====|` line, without rulers. An empty listing has
 * no lines; text that is no table at all is a problem.
 */
export function parseBoxTable(stdout: string): Result<readonly TableLine[]> {
  const body: TableLine[] = [];
  let inBody = false;
  for (const [at, raw] of stdout.split('\n').entries()) {
    const text = raw.trim();
    if (text === '' || /^\+[-=+]*\+$/.test(text)) continue;
    if (/^\|=+\|$/.test(text)) inBody = true;
    else if (/^\|.*\|$/.test(text)) {
      if (inBody) body.push({ line: at + 1, text: text.slice(1, -1) });
    } else if (emptyListing.test(text)) return ok([]);
    else if (!/^(Unable to |WARNING|Warning: )/.test(text)) {
      return err({
        code: 'TABLE_LINE',
        path: `line ${at + 1}`,
        message: `${JSON.stringify(text.slice(0, 120))} is no line of a table`,
      });
    }
  }
  return ok(body);
}

export function tableProblem(
  row: TableLine,
  what: string,
): { code: string; message: string; path: string } {
  return {
    code: 'TABLE_LINE',
    path: `line ${row.line}`,
    message: `${JSON.stringify(row.text.trim())} is no ${what}`,
  };
}

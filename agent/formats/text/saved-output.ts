import type { Problem } from '../../../shared/domain/result.ts';
import { findRefusal } from '../refusals/refusal.ts';
import { linesOf } from './text.ts';

const echoedCommand = /^(?:.{0,80}[$#>] ?)?(?:sudo )?nvidia-smi(?:\.exe)?(?: .{0,4000})?$/;
const elision = /^\s*(?:\[\.{3,}\]|\.{3,})\s*$/;
const promptAlone = /^(?:\[?[\w.-]{1,40}@[\w.-]{1,80}[^$#>]{0,80})?[$#>]\s*$/;
const exitNote = /^\s*# \(exit code: \d+\)\s*$/;

/** What stands around the lines of a tool in a saved output: blank lines, the command typed, `[...]` of an excerpt. */
export function isAside(line: string): boolean {
  return (
    line.trim() === '' ||
    elision.test(line) ||
    echoedCommand.test(line) ||
    promptAlone.test(line) ||
    exitNote.test(line)
  );
}

/** Complaints about single cards or of the tool itself, which it prints before, among or after its rows. */
const notice =
  /^(?:Unable to |WARNING|Warning: |Failed to |GPU ?[0-9A-Fa-f]{4,8}:[0-9A-Fa-f:.]+: |No devices were found|Reboot the system)/;

export function isNotice(line: string): boolean {
  return notice.test(line.trimStart());
}

/**
 * Whether line `at` is the last and was cut: the tools end every line with a line end. Something must also be wrong
 * with the line, since a text copied from a screen ends without one, too.
 */
export function isCut(text: string, lines: readonly string[], at: number): boolean {
  return at >= lines.length - 1 && !text.endsWith('\n');
}

/** Whether the text stops in the blanks before a line, of a format that indents its lines. */
export function stopsInIndentation(text: string, lines: readonly string[]): boolean {
  const last = lines.at(-1) ?? '';
  return last !== '' && last.trim() === '' && isCut(text, lines, lines.length - 1);
}

/** Line `at` is no `what`. Where the text breaks off in it, that is the problem. */
export function lineProblem(
  text: string,
  lines: readonly string[],
  at: number,
  otherwise: { readonly code: string; readonly what: string },
): Problem {
  const path = `line ${at + 1}`;
  if (isCut(text, lines, at)) return truncated(path);
  const shown = JSON.stringify((lines[at] ?? '').trim().slice(0, 120));
  return { code: otherwise.code, path, message: `${shown} is no ${otherwise.what}` };
}

/** The text breaks off where the tool would have gone on. */
export function truncated(path: string): Problem {
  return {
    code: 'TRUNCATED',
    path,
    message: 'the text breaks off here',
    hint: 'save the whole output again: nvidia-smi … > file',
  };
}

/** What to say of a text that holds no line of the format: the refusal in it if there is one. */
export function notThisFormat(text: string, what: string): Problem {
  const refusal = findRefusal(text);
  if (refusal !== null) {
    return { code: refusal.code, message: refusal.words, hint: refusal.hint };
  }
  return { code: 'UNREADABLE', message: `this is no ${what}`, hint: 'name its kind with --kind' };
}

const headLengthMax = 64 * 1024;

/** The whole lines of the first 64 KiB: formats look no further to recognise a text. */
export function headLines(text: string): readonly string[] {
  const lines = linesOf(text.slice(0, headLengthMax));
  return text.length > headLengthMax ? lines.slice(0, -1) : lines;
}

import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { Format } from '../format.ts';
import { refusalOfLine, type Refusal, type RefusalScope } from './refusal.ts';
import { parseSettingReply, type SettingReply } from './setting-replies.ts';
import { linesOf } from '../text/text.ts';

/** Replies about a setting when nothing was refused; in the order printed, `All done.` left out. */
export interface SettingReport {
  readonly replies: readonly Exclude<SettingReply, { kind: 'done' }>[];
  /** Whether `All done.` was printed at the end. It says nothing about success. */
  readonly done: boolean;
}

/** What stands around a refusal and says nothing of its own; also the notes that people add. */
const companion =
  /^(?:NVML library version: |Please also try adding directory|Are you sure you are using nvidia-smi provided|Treating as (?:warning|an error) and moving on|Terminating early due to previous errors|Please run 'nvidia-smi -h'|Run 'nvidia-smi -h'|The following GPUs could not be reset:|Brief USAGE|Check the spelling of the name|the system to recover this GPU|At line:\d|(?:operable )?program(?: or batch file)?\.|(?:sudo )?(?:apt(?:-get)?|snap|dnf|yum) install |For complete USAGE|Couldn't find match for argument|#? ?\(exit (?:code|status):? ?\d+\)|[$#>+] )/;
const textLengthMax = 64 * 1024;
const linesMax = 400;

/** Who refused, of a text that is refusals and replies and nothing else; null: it holds something else, or none. */
export function scopeOfRefusal(text: string): RefusalScope | null {
  return readLines(text)?.refusals[0]?.scope ?? null;
}

/** Refusals of any tool that stand alone, and replies about settings (`-pm`, `-c`, `-pl`, `-r`, …). */
export const errorTextFormat: Format<SettingReport> = {
  kind: 'errors',
  command: 'nvidia-smi -pm | -c | -pl | -r …, or any that was refused',
  recognises: (text) => readLines(text) !== null || beginsWithRefusal(text),
  parse: parseErrorText,
};

function parseErrorText(text: string): Result<SettingReport> {
  const read = readLines(text);
  if (read === null) {
    const first = firstRefusal(text);
    if (first !== null) return err(problemOf([first]));
    return err({
      code: 'UNREADABLE',
      message: 'this is neither a refusal nor a reply about a setting',
      hint: 'name its kind with --kind',
    });
  }
  if (read.refusals.length > 0) return err(problemOf(read.refusals));
  const replies = read.replies.filter((reply) => reply.kind !== 'done');
  return ok({ replies, done: replies.length < read.replies.length });
}

/** The first refusal names the problem; the others are told with it, since the first alone may be half of the story. */
function problemOf(refusals: readonly Refusal[]): { code: string; message: string; hint: string } {
  const [first] = refusals;
  const words = [...new Set(refusals.map((refusal) => refusal.words))].slice(0, 3).join(' ');
  return {
    code: first?.code ?? 'REFUSED',
    message: words.slice(0, 600),
    hint: first?.hint ?? '',
  };
}

interface Read {
  readonly refusals: readonly Refusal[];
  readonly replies: readonly SettingReply[];
}

/** Null unless every line is a refusal, a reply or a companion of one. */
function readLines(text: string): Read | null {
  if (text.length > textLengthMax) return null;
  const lines = linesOf(text).filter((line) => line.trim() !== '');
  if (lines.length > linesMax) return null;
  const refusals: Refusal[] = [];
  const replies: SettingReply[] = [];
  for (const line of lines) {
    const refusal = refusalOfLine(line);
    const reply = refusal === null ? parseSettingReply(line) : null;
    if (refusal !== null) refusals.push(refusal);
    else if (reply !== null) replies.push(reply);
    else if (!companion.test(line.trim())) return null;
  }
  return refusals.length + replies.length === 0 ? null : { refusals, replies };
}

const ending = /^(?:NVIDIA-SMI |Failed to initialize NVML|Mismatch in versions)/;
const notReset = /^\s{0,8}The following GPUs could not be reset:\s*$/m;

/** nvidia-smi ends with the first such words: what follows in a short file is not its own. */
function beginsWithRefusal(text: string): boolean {
  const words = text.length <= 4_096 ? (firstRefusal(text)?.words ?? '') : '';
  return ending.test(words) || (words !== '' && notReset.test(text));
}

function firstRefusal(text: string): Refusal | null {
  const first = linesOf(text.slice(0, 4_096)).find(
    (line) => line.trim() !== '' && !companion.test(line.trim()),
  );
  return first === undefined ? null : refusalOfLine(first);
}

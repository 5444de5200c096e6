import { refusalOfLine } from '../refusals/refusal.ts';
import { isAside, isNotice } from './saved-output.ts';
import { linesOf } from './text.ts';

const markup =
  /^(?:#{1,6} \S|[-*] \[?\*{0,2}\w|\d{1,2}\. \w|<\/?[a-z][a-z0-9]{0,12}[ >]|!\[|\[[^\]]{1,80}\]\(|```|~~~)/;
const code =
  /^(?:import |from \S+ import |#include |package |func |def |class |public |private |static |const |let |var |return |export |if \(|for \(|while |else\b|elif |fi$|done$|esac$|\/\/|\/\*|\* |"""|''')|(?:;|\) \{|=> \{|\):|\\n["'],?)$/;
const otherScript = /[\u3040-\u30FF\u3400-\u9FFF\uAC00-\uD7AF\u0400-\u04FF]{4}/;
const word = /(?<![\w./:-])[A-Za-z][a-z]{0,15}(?=[ ,.;:!?)'"]|$)/g;
const wordsOfProse = 6;
const linesMin = 8;
/** One line in five: an output with a few sentences around it is still one. */
const share = 5;

/**
 * Whether a text is something that people or programs wrote around outputs, or about them: a README, a source file, an
 * article. Looked at are the lines that no tool prints.
 */
export function isDocument(text: string): boolean {
  let filled = 0;
  let written = 0;
  let coded = 0;
  for (const line of linesOf(text.slice(0, 256 * 1024))) {
    if (line.trim() === '' || isAside(line)) continue;
    filled += 1;
    if (line.length > 2_000 || /^\s*[|+<]/.test(line)) continue;
    if (code.test(line.trim())) coded += 1;
    if (code.test(line.trim()) || markup.test(line) || isProse(line)) written += 1;
  }
  return coded >= linesMin || (written >= linesMin && written * share >= filled);
}

/** A sentence, and none of those that the tools print. */
function isProse(line: string): boolean {
  if (/^ {4,}|\t| [:=] |^Successfully /.test(line)) return false;
  if (otherScript.test(line)) return true;
  if ((line.match(word)?.length ?? 0) < wordsOfProse) return false;
  return !isNotice(line) && refusalOfLine(line) === null;
}

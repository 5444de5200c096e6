import { isAside } from './saved-output.ts';
import { linesOf } from './text.ts';

const tools = String.raw`(?:nvidia-smi|dcgmi|nvidia-cuda-mps-control|nv-hostengine)(?:\.exe)?`;
const launchers = String.raw`(?:sudo|time|watch|docker|podman|kubectl|srun|ssh|echo|cat|curl|dmesg|journalctl|grep)`;
/** What stands above or below an output and is none of it; the first three are what a shell shows of the command. */
const wrapperForms: readonly RegExp[] = [
  new RegExp(
    String.raw`^.{0,120}[$#>%➜❯] {0,2}(?:~ {1,2})?(?:sudo )?(?:\S{1,80}/)?(?:${tools}|${launchers})(?: |$)`,
  ),
  new RegExp(String.raw`^\+{1,3} (?:\S{1,80}/)?(?:${tools}|${launchers})(?: |$)`),
  new RegExp(
    String.raw`^(?:sudo |time )?(?:(?:docker|podman|kubectl|srun|ssh|echo) .{1,400})?\b${tools}(?: -| [a-z]|\s*$)`,
  ),
  // `watch`, the headings of collecting scripts, `time`, the notes of people.
  /^Every \d{1,5}(?:\.\d)?s: /,
  /^[=*#-]{2,80} .{1,300}[=*#-]{2,80}$/,
  /^[=*#-]{4,200}$/,
  /^(?:real|user|sys)\s{1,8}\d{1,4}m\d{1,2}\.\d{1,3}s$/,
  /^(?:exit|return|rc)(?:[ _]?(?:code|status))? ?[:=] ?\d{1,3}\.?$/i,
  /^command terminated with exit code \d{1,3}$/,
  /^Default(?:ed|ing) container (?:name to )?"?[\w.-]{1,80}"?(?: out of: .{1,400}|\.)$/,
];
/** What `date` prints, and nvidia-smi above its table. */
const time =
  /^[A-Z][a-z]{2} (?:[A-Z][a-z]{2} [ \d]\d|[ \d]\d [A-Z][a-z]{2})(?: \d{4})? \d{2}:\d{2}:\d{2}(?: [AP]M)?(?: [A-Z]{1,5})?(?: \d{4})?$/;
const fence = /^(?:```|~~~)[\w+-]{0,20}\s*$/;
const quoted = /^ {0,3}> ?/;
/** `kubectl logs --timestamps`, `docker logs -t`, a CI's log; CRI adds the stream. */
const stamped =
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})(?: std(?:out|err) [FP])?(?: |$)/;
const wrapperLinesMax = 12;
/** More words around a block make it an article. */
const fencedAsideMax = 6;
/** A command that asks for every field is longer than a screen. */
const lineLengthMax = 16_000;

/** The text without the marks of a quote and the indentation that all its lines have: no tool indents all of them. */
export function shiftedLeft(text: string): string {
  const lines = linesOf(text);
  return joined(text, lines, dedented(withoutMark(lines, quoted)));
}

/**
 * The output inside what people and programs put around it: the command that was typed, Markdown's fences, times before
 * every line. Linear; the same text where there is nothing of that kind.
 */
export function unwrapped(text: string): string {
  const lines = linesOf(text);
  const bare = peeled(withoutMark(fenced(lines), stamped));
  return joined(text, lines, dedented(bare));
}

/** A last line that was not ended stays so. */
function joined(text: string, before: readonly string[], after: readonly string[]): string {
  if (after === before || after.length === 0) return text;
  const whole = text.endsWith('\n') || !(before.at(-1) ?? '').endsWith(after.at(-1) ?? '');
  return `${after.join('\n')}${whole ? '\n' : ''}`;
}

/** Of a text with one fenced block and little else the block. */
function fenced(lines: readonly string[]): readonly string[] {
  const fences: number[] = [];
  for (const [at, line] of lines.entries()) if (fence.test(line.trim())) fences.push(at);
  const [open = 0, close = lines.length] = fences;
  if (fences.length === 0 || fences.length > 2) return lines;
  const outside = [...lines.slice(0, open), ...lines.slice(close + 1)];
  const said = outside.filter((line) => line.trim() !== '');
  return said.length > fencedAsideMax ? lines : lines.slice(open + 1, close);
}

/** Without the mark that every line begins with. */
function withoutMark(lines: readonly string[], mark: RegExp): readonly string[] {
  const filled = lines.filter((line) => line.trim() !== '');
  const marked = filled.length > 0 && filled.every((line) => mark.test(line));
  return marked ? lines.map((line) => line.replace(mark, '')) : lines;
}

function peeled(lines: readonly string[]): readonly string[] {
  let from = 0;
  let to = lines.length;
  while (from < to && from < wrapperLinesMax && isWrapper(lines, from)) from += 1;
  while (to > from && lines.length - to < wrapperLinesMax && isWrapper(lines, to - 1)) to -= 1;
  return from === 0 && to === lines.length ? lines : lines.slice(from, to);
}

function isWrapper(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (line.length > lineLengthMax) return false;
  if (time.test(line.trim())) return !(lines[at + 2] ?? '').includes('| NVIDIA-SMI ');
  return isAside(line) || isWrapperLine(line.trim());
}

function isWrapperLine(line: string): boolean {
  return wrapperForms.some((form) => form.test(line));
}

/** Without the blanks that every line begins with. */
function dedented(lines: readonly string[]): readonly string[] {
  const first = lines.find((line) => line.trim() !== '') ?? '';
  let shared = first.slice(0, first.length - first.trimStart().length);
  for (const line of lines) {
    if (line.trim() === '') continue;
    while (!line.startsWith(shared)) shared = shared.slice(0, -1);
    if (shared === '') return lines;
  }
  return shared === '' ? lines : lines.map((line) => line.slice(shared.length));
}

import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { parseCell, textOf } from '../text/cell.ts';
import type { Format } from '../format.ts';
import { readReport, type GpuSection } from './read-report.ts';
import type { GpuReport } from './report.ts';
import { sectionsAt, textAt, type Tree } from './tree.ts';
import { isNotice, notThisFormat, truncated } from '../text/saved-output.ts';
import { headOf, linesOf } from '../text/text.ts';

/**
 * `nvidia-smi -q`, as text: headings and lines `label : value`, nested by indentation, whose depth and column of colons
 * differ by driver. Also with `-i`, with `-d` (some sections only), in a loop (the last report is read) and in excerpts.
 */
export const queryTextFormat: Format<GpuReport> = {
  kind: 'smi-q',
  command: 'nvidia-smi -q',
  recognises: (text) => {
    const start = headOf(text);
    return banner.test(start) || (gpuHeading.test(start) && labelledLine.test(start));
  },
  parse: parseQueryText,
};

const banner = /^=+NVSMI LOG=+\s*$/m;
const gpuHeading = /^GPU [0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f]\s*$/m;
const labelledLine = /^ {4,}[A-Z][\w .-]{1,60} : \S/m;
const noticesMax = 100;
const labelLengthMax = 100;

function parseQueryText(text: string): Result<GpuReport> {
  const lines = linesOf(text);
  const reports = reportsIn(lines);
  const last = reports.at(-1);
  if (last === undefined && !banner.test(headOf(text))) {
    return err(notThisFormat(text, 'nvidia-smi -q'));
  }
  if (last === undefined || isCut(text, lines, last)) {
    return err(truncated(`line ${lines.length}`));
  }
  const notices = lines.filter((line) => isNotice(line)).map((line) => line.trim());
  return ok(
    readReport(last.head, last.gpus, {
      dtd: null,
      samples: reports.length,
      notices: notices.slice(0, noticesMax),
    }),
  );
}

/** A tree that is being filled. */
interface Growing {
  [name: string]: string | Growing | Growing[];
}

interface TextReport {
  readonly head: Growing;
  readonly gpus: GpuSection[];
  /** Some lines were left out on purpose: `[...]`. */
  elided: boolean;
}

/** An open section and the column where its heading stands. */
interface OpenSection {
  readonly indent: number;
  readonly name: string;
  readonly tree: Growing;
}

function reportsIn(lines: readonly string[]): readonly TextReport[] {
  const reports: TextReport[] = [];
  let report: TextReport | undefined;
  let sections: OpenSection[] = [];
  for (const line of lines) {
    const words = line.trim();
    if (words === '') continue;
    const field = fieldOf(line);
    if (report === undefined || startsReport(words, report)) {
      if (!startsAny(words, field)) continue;
      report = { head: {}, gpus: [], elided: false };
      reports.push(report);
      sections = [{ indent: -1, name: '', tree: report.head }];
    }
    if (words === '[...]' || words === '...') {
      report.elided = true;
    } else if (gpuHeading.test(line)) {
      const tree: Growing = {};
      report.gpus.push({ id: words.slice('GPU '.length), tree });
      sections = [{ indent: 0, name: 'gpu', tree }];
    } else if (field !== null || indentOf(line) > 0) {
      // Without an indentation only cards are headed: all else there is said about the report, not in it.
      addLine(sections, indentOf(line), words, field);
    }
  }
  return reports.filter(
    (one) => one.gpus.length > 0 || textAt(one.head, 'attached_gpus') !== undefined,
  );
}

function startsAny(words: string, field: readonly [string, string] | null): boolean {
  return (
    banner.test(words) ||
    gpuHeading.test(words) ||
    (field !== null && (field[0] === 'Timestamp' || field[0] === 'Driver Version'))
  );
}

/** The banner stands once, above the first report of a loop or above each; the time stands in each. */
function startsReport(words: string, current: TextReport): boolean {
  const begun = current.gpus.length > 0 || textAt(current.head, 'timestamp') !== undefined;
  return begun && (banner.test(words) || words.startsWith('Timestamp '));
}

/** The label and the value of a line; null for a heading. */
function fieldOf(line: string): readonly [string, string] | null {
  const at = line.indexOf(' : ');
  if (at >= 0) return [line.slice(0, at).trim(), line.slice(at + 3).trim()];
  const end = line.trimEnd();
  return end.endsWith(' :') ? [end.slice(0, -2).trim(), ''] : null;
}

function indentOf(line: string): number {
  const at = line.search(/\S/);
  return line.slice(0, at).replaceAll('\t', '    ').length;
}

/** Sections that nothing is read from; the clocks alone can be nine tenths of a text. */
const listings = new Set(['supported_clocks', 'accounted_processes']);

function addLine(
  sections: OpenSection[],
  indent: number,
  text: string,
  field: readonly [string, string] | null,
): void {
  while (sections.length > 1 && (sections.at(-1)?.indent ?? -1) >= indent) sections.pop();
  const within = sections.at(-1);
  if (within === undefined || listings.has(within.name)) return;
  if (field === null) {
    const name = nameOf(text);
    const tree: Growing = {};
    if (parseCell(text).kind === 'broken') within.tree['error'] = text;
    else if (!listings.has(name)) append(within.tree, name, tree);
    sections.push({ indent, name, tree });
    return;
  }
  // What is indented below a line, and not below a heading, belongs to the line's section: `HW Thermal Slowdown` below
  // `HW Slowdown : Active`, `Type` below `Process ID`.
  const name = nameOf(field[0]);
  const target = within.name === 'processes' ? processFor(within.tree, name) : within.tree;
  if (!Object.hasOwn(target, name)) target[name] = field[1];
}

/** Processes follow each other without a heading; each begins with its instances, or before MIG with its id. */
function processFor(section: Growing, name: string): Growing {
  const known = section['process_info'];
  const all = Array.isArray(known) ? known : [];
  section['process_info'] = all;
  const current = all.at(-1);
  const begins = name === 'gpu_instance_id' || name === 'process_id';
  if (current !== undefined && !(begins && Object.hasOwn(current, name))) return current;
  const next: Growing = {};
  all.push(next);
  return next;
}

function append(within: Growing, name: string, tree: Growing): void {
  const there = Object.hasOwn(within, name) ? within[name] : undefined;
  if (there === undefined) within[name] = [tree];
  else if (Array.isArray(there)) there.push(tree);
}

/** `GPU T.Limit Temp` → `gpu_t_limit_temp`: how the XML would write it. */
function nameOf(label: string): string {
  return label
    .slice(0, labelLengthMax)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}

/**
 * Whether the text breaks off. A listing that names the product goes on to its processes; one of some sections (`-d`)
 * cannot be told from one cut at the end of a line, and is taken as whole, and so is an excerpt that marks its gaps.
 */
function isCut(text: string, lines: readonly string[], report: TextReport): boolean {
  if (report.elided) return false;
  const gpu = report.gpus.at(-1)?.tree;
  if (gpu === undefined) return textAt(report.head, 'attached_gpus') !== '0';
  const lastLine = lines.findLast((line) => line.trim() !== '') ?? '';
  const withinLine = !text.endsWith('\n') && fieldOf(lastLine) === null;
  const isEmpty = Object.keys(gpu).length === 0;
  return withinLine || isEmpty || (Object.hasOwn(gpu, 'product_name') && !tellsProcesses(gpu));
}

/** `None`, one of the words for nothing, or processes down to the memory of the last. */
function tellsProcesses(gpu: Tree): boolean {
  const said = textAt(gpu, 'processes', 'compute_processes');
  if (said !== undefined) return said === 'None' || (said !== '' && textOf(said) === null);
  const last = sectionsAt(gpu, 'processes/process_info').at(-1) ?? {};
  const memory = textAt(last, 'used_gpu_memory') ?? '';
  return memory !== '' && (memory.endsWith('MiB') || !/^\d/.test(memory));
}

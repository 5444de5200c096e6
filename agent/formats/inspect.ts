import type { Problem, Result } from '../../shared/domain/result.ts';
import { isDocument } from './text/document.ts';
import { formatKinds, type Format, type FormatKind } from './format.ts';
import { kindOfFile, kindOfRefusal, recogniseText } from './recognise.ts';
import { formats } from './registry.ts';
import { plainText } from './text/text.ts';
import { shiftedLeft, unwrapped } from './text/wrapping.ts';

/** A problem that a person is told: what, why, what to do. */
export interface InspectProblem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** What a saved output is, and what it says. `kind` null: nobody can tell what it is. */
export type Inspection =
  | { readonly file: string; readonly kind: FormatKind; readonly ok: true; readonly value: unknown }
  | {
      readonly file: string;
      readonly kind: FormatKind | null;
      readonly ok: false;
      readonly problem: InspectProblem;
    };

export interface Inspected {
  /** As the person named it; its folder and name are hints. */
  readonly file: string;
  readonly text: string;
  /** What the person says it is: overrides everything. */
  readonly kind?: FormatKind | undefined;
}

/** A text with more broken characters than one in ten is none. */
const brokenShareMax = 0.1;
const lookedAt = 65_536;

/**
 * Recognises a saved output of NVIDIA's tools and reads it. The text's own marks decide, then `file`; `kind` overrides
 * both. Pure, never throws; linear in the length of the text.
 */
export function inspectText({ file, text, kind }: Inspected): Inspection {
  if (isBinary(text)) {
    return inspectProblem(file, kind ?? null, {
      code: 'BINARY',
      message: 'this is no text',
      hint: 'save the output of the tool itself; unpack archives first',
    });
  }
  const plain = shiftedLeft(withoutEntities(plainText(text)));
  const read = (each: string): Inspection =>
    kind === undefined ? readUnnamed(file, each) : readAs(file, each, kind);
  const asSaved = read(plain);
  if (asSaved.ok) return asSaved;
  const inner = unwrapped(plain);
  const asPrinted = inner === plain ? asSaved : read(inner);
  return asPrinted.kind === null ? asSaved : asPrinted;
}

function readUnnamed(file: string, text: string): Inspection {
  const hint = kindOfFile(file);
  const format = recogniseText(text);
  if (format === null) {
    return (hint === null ? null : readByHint(file, text, hint)) ?? unknown(file, text);
  }
  const read = format.parse(text);
  const named = format.kind === 'errors' && !read.ok ? kindOfRefusal(text, hint) : format.kind;
  const own = proseKinds.has(named) || (read.ok && strictKinds.has(named));
  return own || !isDocument(text) ? inspection(file, named, read) : unknown(file, text);
}

/** What is printed there are sentences. */
const proseKinds: ReadonlySet<FormatKind> = new Set<FormatKind>([
  'dcgm-exporter',
  'errors',
  'kmsg',
  'mps',
  'smi-help',
]);
/** Nothing but their own lines may stand in these: what was read is no document. */
const strictKinds: ReadonlySet<FormatKind> = new Set<FormatKind>([
  'mig',
  'nvlink',
  'smi-list',
  'topo',
]);

const entities: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['nbsp', ' '],
  ['amp', '&'],
]);

/** Copied from the source of a web page: not one bracket is left. */
function withoutEntities(text: string): string {
  if (!/&(?:[lg]t|nbsp);/.test(text) || /[<>]/.test(text)) return text;
  return text.replace(/&(lt|gt|quot|nbsp|amp);/g, (all, name: string) => entities.get(name) ?? all);
}

/** The kind is given: its formats are tried, and the best answer is taken. */
function readAs(file: string, text: string, kind: FormatKind): Inspection {
  const own = formats.filter((format) => format.kind === kind);
  const marked = own.find((format) => format.recognises(text));
  if (marked !== undefined) return inspection(file, kind, marked.parse(text));
  const refusal = refusalIn(text);
  return inspection(file, kind, refusal ?? firstGood(own, text));
}

/** A hint makes a text only what it can be: an empty reply, a bare number, rows without a head. */
function readByHint(file: string, text: string, hint: FormatKind): Inspection | null {
  // Its metrics have marks of their own: a scrape without one is another program's, whatever its name.
  if (hint === 'dcgm-exporter' && text.trim() !== '') return null;
  const read = firstGood(
    formats.filter((format) => format.kind === hint),
    text,
  );
  if (read.ok) return inspection(file, hint, read);
  if (read.problem.code === 'TRUNCATED') return inspection(file, hint, read);
  return text.trim() === '' ? inspectProblem(file, hint, nothing) : null;
}

function firstGood(own: readonly Format[], text: string): Result<unknown> {
  let first: Result<unknown> | null = null;
  for (const format of own) {
    const read = format.parse(text);
    if (read.ok) return read;
    first ??= read;
  }
  return first ?? { ok: false, problem: { code: 'UNREADABLE', message: 'no format of that kind' } };
}

function refusalIn(text: string): Result<unknown> | null {
  const format = recogniseText(text);
  if (format?.kind !== 'errors') return null;
  const read = format.parse(text);
  return read.ok ? null : read;
}

const nothing: InspectProblem = {
  code: 'EMPTY',
  message: 'there is nothing in it',
  hint: 'an empty reply says what it is by its folder, or by --kind, such as --kind mps',
};

function unknown(file: string, text: string): Inspection {
  if (text.trim() === '') return inspectProblem(file, null, nothing);
  return inspectProblem(file, null, {
    code: 'UNKNOWN_FORMAT',
    message: 'this is not recognised as the output of any tool that is known here',
    hint: `name its kind with --kind: ${formatKinds.join(', ')}`,
  });
}

function inspection(file: string, kind: FormatKind, read: Result<unknown>): Inspection {
  return read.ok
    ? { file, kind, ok: true, value: read.value }
    : inspectProblem(file, kind, read.problem);
}

/** What is answered where there is no text to inspect, or nothing in it to read. */
export function inspectProblem(
  file: string,
  kind: FormatKind | null,
  problem: Problem,
): Inspection {
  const { code, path, message, hint } = problem;
  return {
    file,
    kind,
    ok: false,
    problem: {
      code,
      message: path === undefined ? message : `${path}: ${message}`,
      hint: hint ?? 'save the output again, whole and as the tool printed it',
    },
  };
}

function isBinary(text: string): boolean {
  const head = text.slice(0, lookedAt);
  if (head.includes('\u0000')) return true;
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  const broken = head.match(/[\uFFFD\u0001-\u0008\u000E-\u001A\u001C-\u001F]/g)?.length ?? 0;
  return broken > head.length * brokenShareMax;
}

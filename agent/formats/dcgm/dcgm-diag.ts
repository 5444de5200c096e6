import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { isDcgmBlank, withoutBlanks } from './dcgm-blank.ts';
import { isBoxCut, readBox, type BoxNode } from './dcgm-box.ts';
import { parseJsonObject } from './dcgm-tables.ts';
import type { Format } from '../format.ts';
import { notThisFormat, truncated } from '../text/saved-output.ts';
import { headOf } from '../text/text.ts';

type DiagStatus = 'pass' | 'fail' | 'warn' | 'skip' | 'not-run';

/** `dcgmi diag`. "Successfully ran diagnostic" comes first even when tests fail; and Skip is not Pass. */
export interface DiagReport {
  readonly report: 'diag';
  readonly dcgmVersion: string | null;
  readonly driverVersion: string | null;
  /** The worst of all results; null: there is none. */
  readonly verdict: DiagStatus | null;
  readonly tests: readonly DiagTest[];
}

interface DiagTest {
  readonly category: string | null;
  readonly name: string;
  readonly results: readonly DiagResult[];
  /** What the tool adds to a test as a whole, which is how the text has it. */
  readonly messages: readonly DiagMessage[];
}

interface DiagResult {
  readonly status: DiagStatus;
  /** `GPU`, `CPU`, …; null: all, or it does not say. */
  readonly entityGroup: string | null;
  readonly entityIds: readonly number[] | null;
  readonly messages: readonly DiagMessage[];
}

interface DiagMessage {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  /** DCGM 4: `dcgm_errors.h`. */
  readonly errorId: number | null;
  readonly errorCategory: number | null;
  readonly errorSeverity: number | null;
}

const statuses: ReadonlyMap<string, DiagStatus> = new Map([
  ['pass', 'pass'],
  ['fail', 'fail'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['skip', 'skip'],
  ['not run', 'not-run'],
]);
const worstFirst: readonly DiagStatus[] = ['fail', 'warn', 'pass', 'skip', 'not-run'];
const jsonRoot = /"DCGM (?:GPU )?Diagnostic"/;
/** Tables of documents have results, too, and rules of their own. */
const markdownRule = /^\|[ :]{0,4}-{2,200}[ :]{0,4}\|/m;
const resultRow = /^\| .{1,60}\| (?:Pass|Fail|Skip|Warn)\b/m;

/** Text and JSON of `dcgmi diag`, DCGM 2 to 4. Failed tests are a value. */
export const dcgmDiagFormat: Format<DiagReport> = {
  kind: 'dcgm',
  command: 'dcgmi diag -r N [-j]',
  recognises: (text) => {
    const head = headOf(text);
    return (
      jsonRoot.test(head) ||
      /^\| Diagnostic {2,60}\| Result/m.test(head) ||
      /^Successfully ran diagnostic for group\./m.test(head) ||
      (resultRow.test(head) && !markdownRule.test(head))
    );
  },
  parse: (text) => (jsonRoot.test(headOf(text)) ? parseJson(text) : parseText(text)),
};

function report(
  tests: readonly DiagTest[],
  dcgmVersion: string | null,
  driverVersion: string | null,
): DiagReport {
  const seen = new Set(tests.flatMap(({ results }) => results.map(({ status }) => status)));
  const verdict = worstFirst.find((status) => seen.has(status)) ?? null;
  return { report: 'diag', dcgmVersion, driverVersion, verdict, tests };
}

// ---- text ----

function parseText(text: string): Result<DiagReport> {
  if (isBoxCut(text)) return err(truncated('the last line'));
  const tests: {
    category: string | null;
    name: string;
    results: DiagResult[];
    messages: DiagMessage[];
  }[] = [];
  const facts = new Map<string, string>();
  for (const section of readBox(text).sections) {
    for (const node of section.nodes) {
      const results = node.lines.flatMap(readResult);
      const level = levelOf(node.name);
      if (level !== null) tests.at(-1)?.messages.push(message(level, unwrap(node)));
      else if (results.length > 0) {
        tests.push({ category: section.name, name: node.name, results, messages: [] });
      } else facts.set(node.name, node.lines.join(' '));
    }
  }
  if (tests.length === 0 && !/^Successfully ran diagnostic/m.test(text)) {
    return err(notThisFormat(text, 'diagnostic of dcgmi'));
  }
  const fact = (name: string): string | null => {
    const value = facts.get(name);
    return value === undefined || isDcgmBlank(value) ? null : value;
  };
  return ok(report(tests, fact('DCGM Version'), fact('Driver Version Detected')));
}

/** `Warning`, and of DCGM 4 `Warning: GPU0`. */
function levelOf(name: string): DiagMessage['level'] | null {
  const word = /^(info|warning|error)(?::|$)/.exec(name.toLowerCase())?.[1];
  return word === 'info' || word === 'warning' || word === 'error' ? word : null;
}

const summary =
  /^(Pass|Fail|Skip|Warn(?:ing)?|Not Run)(?: - (All|([A-Za-z]+?)s?: ?([\d, ]{1,400})))?$/i;
const single = /^([A-Za-z]{2,12}) ?(\d{1,5}): (Pass|Fail|Skip|Warn(?:ing)?|Not Run)\b/i;

function readResult(line: string): DiagResult[] {
  const one = single.exec(line);
  if (one !== null) {
    const [, group = '', id = '', word = ''] = one;
    return [resultOf(word, group, [Number(id)])];
  }
  const match = summary.exec(line);
  if (match === null) return [];
  const [, word = '', , group = null, ids] = match;
  return [resultOf(word, group, ids === undefined ? null : numbersIn(ids))];
}

function resultOf(
  word: string,
  entityGroup: string | null,
  entityIds: readonly number[] | null,
): DiagResult {
  return {
    status: statuses.get(word.toLowerCase()) ?? 'not-run',
    entityGroup,
    entityIds,
    messages: [],
  };
}

/** DCGM wraps inside words at the width of the cell, so whole lines join without a blank. */
function unwrap({ rawLines }: BoxNode): string {
  const width = rawLines[0]?.length ?? 0;
  return rawLines
    .map((raw) => raw.slice(1, Math.max(1, width - 2)))
    .join('')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}

function message(level: DiagMessage['level'], text: string): DiagMessage {
  return { level, text, errorId: null, errorCategory: null, errorSeverity: null };
}

function numbersIn(text: string): number[] {
  return (text.match(/\d{1,9}/g) ?? []).map(Number);
}

// ---- JSON ----

function parseJson(text: string): Result<DiagReport> {
  // A line of text may come before it.
  const root = parseJsonObject(text.slice(Math.max(0, text.indexOf('{'))));
  if (root === null) return err(truncated('the end'));
  const clean = objectOf(withoutBlanks(root));
  const diagnostic = objectOf(clean['DCGM Diagnostic'] ?? clean['DCGM GPU Diagnostic']);
  const failure = textIn(diagnostic, 'runtime_error') ?? textIn(clean, 'runtime_error');
  if (failure !== null) {
    return err({
      code: 'DCGM_REFUSED',
      message: failure,
      hint: 'look at the log of nv-hostengine',
    });
  }
  const tests = listOf(diagnostic['test_categories']).flatMap((category) =>
    listOf(category['tests']).map((test) => readTest(test, textIn(category, 'category'))),
  );
  const metadata = {
    ...objectOf(clean['metadata']),
    ...objectOf(diagnostic['metadata']),
    ...diagnostic,
  };
  const version = textIn(metadata, 'version') ?? textIn(metadata, 'DCGM Version');
  return ok(report(tests, version, textIn(metadata, 'Driver Version Detected')));
}

function readTest(test: Fields, category: string | null): DiagTest {
  const listed = listOf(test['results']).map(readJsonResult);
  const overall = statuses.get(
    (textIn(objectOf(test['test_summary']), 'status') ?? '').toLowerCase(),
  );
  const results =
    listed.length > 0 || overall === undefined
      ? listed
      : [{ status: overall, entityGroup: null, entityIds: null, messages: [] }];
  return { category, name: textIn(test, 'name') ?? '', results, messages: [] };
}

function readJsonResult(result: Fields): DiagResult {
  const id = result['entity_id'];
  const ids = result['gpu_ids'];
  return {
    status: statuses.get((textIn(result, 'status') ?? '').toLowerCase()) ?? 'not-run',
    entityGroup: textIn(result, 'entity_group') ?? (typeof ids === 'string' ? 'GPU' : null),
    entityIds: typeof id === 'number' ? [id] : typeof ids === 'string' ? numbersIn(ids) : null,
    messages: [...messagesIn(result['info'], 'info'), ...messagesIn(result['warnings'], 'warning')],
  };
}

/** A text, a list of texts (DCGM 2, 3), or a list of objects with the number of the error (DCGM 4). */
function messagesIn(value: unknown, level: DiagMessage['level']): DiagMessage[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  return entries.flatMap((entry) => {
    if (typeof entry === 'string') return [message(level, entry)];
    const fields = objectOf(entry);
    const text = textIn(fields, 'warning') ?? textIn(fields, 'error') ?? textIn(fields, 'info');
    if (text === null) return [];
    const number = (key: string): number | null => {
      const found = fields[key];
      return typeof found === 'number' ? found : null;
    };
    return [
      {
        level,
        text,
        errorId: number('error_id'),
        errorCategory: number('error_category'),
        errorSeverity: number('error_severity'),
      },
    ];
  });
}

type Fields = Readonly<Record<string, unknown>>;

function objectOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

function textIn(fields: Fields, key: string): string | null {
  const value = fields[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

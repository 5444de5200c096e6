import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { err, ok, type Problem, type Result } from '../../../shared/domain/result.ts';
import type { Format } from '../format.ts';
import { listElements, readPlainXml } from './plain-xml.ts';
import { readReport, type GpuSection } from './read-report.ts';
import type { GpuReport } from './report.ts';
import { sectionAt, sectionsAt, textAt, type Tree } from './tree.ts';
import { isNotice, notThisFormat, truncated } from '../text/saved-output.ts';
import { headOf, plainText } from '../text/text.ts';

/**
 * `nvidia-smi -q -x`, drivers 340 to 610 and later. Elements are looked up by name and their absence is null; the number
 * in the DOCTYPE decides nothing, since one number spans several layouts. Documents of a loop follow each other; the
 * last one is read.
 */
export const xmlFormat: Format<GpuReport> = {
  kind: 'xml',
  command: 'nvidia-smi -q -x',
  recognises: (text) => documentStart.test(headOf(text)),
  parse: parseXml,
};

/** The element itself: a DTD alone names it, too, but does not open it. */
const documentStart = /<nvidia_smi_log[\s>]|<!DOCTYPE nvidia_smi_log SYSTEM/;
const open = '<nvidia_smi_log';
const close = '</nvidia_smi_log>';
const noticesMax = 100;

function parseXml(text: string): Result<GpuReport> {
  const plain = plainText(text);
  const documents = documentsIn(plain);
  const last = documents.at(-1);
  if (last === undefined) {
    const begun = plain.trimStart().startsWith('<') && xmlFormat.recognises(plain);
    return err(begun ? truncated('nvidia_smi_log') : notThisFormat(plain, 'nvidia-smi -q -x'));
  }
  if (!last.closed) return err(truncated(lineAt(plain, plain.length)));
  const body = withEscapedText(withoutListings(last.body));
  // Once a minute in the agent: 8 cards take 8 ms of CPU so, and 49 ms where the library reads them.
  const tree = readPlainXml(body);
  const root = tree === null ? readAnyXml(body) : ok(tree);
  if (!root.ok) return root;
  return ok(
    reportOf(root.value, {
      dtd: /nvsmi_device_(v\d{1,4})\.dtd/.exec(last.before)?.[1] ?? null,
      samples: documents.length,
      notices: noticesIn(documents, plain.slice(last.end)),
    }),
  );
}

interface XmlDocument {
  /** What stands between the document before and this one: declaration, DOCTYPE, complaints. */
  readonly before: string;
  readonly body: string;
  readonly end: number;
  readonly closed: boolean;
}

function documentsIn(text: string): readonly XmlDocument[] {
  const documents: XmlDocument[] = [];
  let from = 0;
  for (let start = text.indexOf(open); start >= 0; start = text.indexOf(open, from)) {
    const closedAt = text.indexOf(close, start);
    const closed = closedAt >= 0;
    const end = closed ? closedAt + close.length : text.length;
    documents.push({ before: text.slice(from, start), body: text.slice(start, end), end, closed });
    from = end;
  }
  return documents;
}

function noticesIn(documents: readonly XmlDocument[], after: string): readonly string[] {
  const around = [...documents.map((document) => document.before), after];
  const lines = around.flatMap((text) => text.split('\n')).map((line) => line.trim());
  return lines.filter((line) => isNotice(line)).slice(0, noticesMax);
}

/** Lists that nothing is read from; the clocks alone can be nine tenths of a document. */
const listings = ['supported_clocks', 'accounted_processes'] as const;

function withoutListings(body: string): string {
  let kept = body;
  for (const listing of listings) kept = replaceBodies(kept, listing, () => '');
  return kept;
}

const bareAmpersand = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)/g;

/** A process may be named anything, and not every driver escapes it. */
function withEscapedText(body: string): string {
  const named = replaceBodies(body, 'process_name', (name) =>
    name.includes('<') ? name.replaceAll('<', '&lt;') : name,
  );
  return named.includes('&') ? named.replace(bareAmpersand, '&amp;') : named;
}

/** Replaces what stands in every `element`; one that is not closed stays, and ends the search. */
function replaceBodies(
  text: string,
  element: string,
  replacement: (body: string) => string,
): string {
  const opening = `<${element}>`;
  const closing = `</${element}>`;
  const parts: string[] = [];
  let from = 0;
  for (;;) {
    const at = text.indexOf(opening, from);
    const end = at < 0 ? -1 : text.indexOf(closing, at);
    if (end < 0) break;
    const bodyAt = at + opening.length;
    parts.push(text.slice(from, bodyAt), replacement(text.slice(bodyAt, end)));
    from = end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** Expands nothing and reads all values as text: `0x00`, `1e3` and `16x` are for the reader to judge. */
const reader = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  isArray: (name) => listElements.has(name),
});

/** Whatever is well-formed, and a problem for what is not. */
function readAnyXml(body: string): Result<Tree> {
  const sound = XMLValidator.validate(body);
  if (sound !== true) return err(malformed(sound.err.msg));
  try {
    // What it makes: objects of strings, of such objects, and of lists of them.
    return ok(reader.parse(body) as Tree);
  } catch (cause) {
    return err(malformed(cause instanceof Error ? cause.message : 'unreadable'));
  }
}

function reportOf(
  root: Tree,
  place: { dtd: string | null; samples: number; notices: readonly string[] },
): GpuReport {
  const head = sectionAt(root, 'nvidia_smi_log') ?? {};
  const gpus = sectionsAt(head, 'gpu').map((tree): GpuSection => ({
    id: textAt(tree, '@id') ?? null,
    tree,
  }));
  const complaint = textAt(head, 'error_string')?.trim() ?? '';
  const notices = complaint === '' ? place.notices : [...place.notices, complaint];
  return readReport(head, gpus, { ...place, notices });
}

function malformed(why: string): Problem {
  return {
    code: 'MALFORMED',
    message: `this is no whole XML document: ${why.slice(0, 200)}`,
    hint: 'save it again: nvidia-smi -q -x > file',
  };
}

function lineAt(text: string, at: number): string {
  let line = 1;
  for (let found = text.indexOf('\n'); found >= 0 && found < at; line += 1) {
    found = text.indexOf('\n', found + 1);
  }
  return `line ${line}`;
}

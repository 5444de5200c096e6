import {
  isAlias,
  isPair,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
  type Document,
} from 'yaml';
import type { z } from 'zod';
import { err, ok, type Problem, type Result } from '../domain/result.ts';
import { nearestWord } from './suggest.ts';
import { placeAt, placeOf, renderKeyPath, renderPlace, type KeyPath } from './yaml-place.ts';
import { plainOf } from './yaml-plain.ts';

const documentLimits = {
  textLengthMax: 4 * 1024 * 1024,
  documentsMax: 1_000,
  aliasesMax: 100,
} as const;

/** A text and the name that problems call it by: a file's path, or `-` for standard input. */
export interface ManifestSource {
  readonly name: string;
  readonly text: string;
}

/** One document of a stream, readable and within the limits, with all that a problem needs to say where it is. */
export interface YamlDocument {
  readonly source: string;
  readonly lines: LineCounter;
  readonly document: Document;
  /** As plain values; never null. */
  readonly raw: unknown;
}

/** The keys of each map of a kind of document, by its path without numbers: for suggestions. */
export type KnownKeys = Readonly<Record<string, readonly string[]>>;

/** The documents of a text that are not empty, each readable or with what is wrong with it. */
export function readDocuments(
  source: ManifestSource,
): readonly Result<YamlDocument, readonly Problem[]>[] {
  const { textLengthMax, documentsMax } = documentLimits;
  if (source.text.length > textLengthMax) {
    return [tooLong(source, `${source.text.length} characters`, textLengthMax)];
  }
  const lines = new LineCounter();
  const parsed = parseAllDocuments(source.text, { lineCounter: lines, prettyErrors: false });
  const documents = Array.isArray(parsed) ? parsed : [];
  if (documents.length > documentsMax) {
    return [tooLong(source, `${documents.length} documents`, documentsMax)];
  }
  return documents.flatMap((document) => {
    const read = readDocument(document, { source: source.name, lines });
    return read === undefined ? [] : [read];
  });
}

/** `problem` at the value that `path` leads to. */
export function problemAt(
  { document, lines, source }: YamlDocument,
  path: KeyPath,
  problem: Problem,
): Problem {
  return { ...problem, path: renderPlace(source, placeOf(document, lines, path), path) };
}

/** What a schema found, each at its place and with a suggestion for keys that it does not know. */
export function explainIssues(
  document: YamlDocument,
  issues: readonly z.core.$ZodIssue[],
  known: KnownKeys,
): readonly Problem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownKey(document, [...path, key], known));
    }
    const code = issue.message.includes('is not built yet') ? 'NOT_BUILT' : 'MANIFEST_INVALID';
    return [problemAt(document, path, { code, message: issue.message })];
  });
}

function tooLong(source: ManifestSource, found: string, most: number) {
  return err([
    {
      code: 'MANIFEST_TOO_LONG',
      path: source.name,
      message: `${found} are too many`,
      hint: `at most ${most}; split the file`,
    },
  ]);
}

interface Where {
  readonly source: string;
  readonly lines: LineCounter;
}

/** undefined: an empty document, such as the one before a leading `---`. */
function readDocument(
  document: Document,
  where: Where,
): Result<YamlDocument, readonly Problem[]> | undefined {
  if (document.errors.length > 0) {
    return err(
      document.errors.map((error) => ({
        code: 'MANIFEST_NOT_YAML',
        path: renderPlace(where.source, placeAt(where.lines, error.pos[0])),
        message: `this is not YAML: ${firstLine(error.message)}`,
      })),
    );
  }
  if (document.contents === null) return undefined;
  const tooMany = checkAliases(document, where);
  if (tooMany !== undefined) return err([tooMany]);
  const unusable = findUnusableKeys(document, where);
  if (unusable.length > 0) return err(unusable);
  const plain = plainOf(document);
  if (!plain.ok) {
    const message = `this is not YAML: ${plain.problem}`;
    return err([{ code: 'MANIFEST_NOT_YAML', path: where.source, message }]);
  }
  return plain.value === null ? undefined : ok({ ...where, document, raw: plain.value });
}

/** A plain object cannot hold this key: it would be accepted and ignored. */
function findUnusableKeys(document: Document, where: Where): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Pair: (_key, pair, ancestors) => {
      if (!isScalar(pair.key) || pair.key.value !== '__proto__') return;
      const above = ancestors
        .filter(isPair)
        .map(({ key }) => (isScalar(key) ? String(key.value) : ''));
      const place = placeAt(where.lines, pair.key.range?.[0] ?? 0);
      problems.push({
        code: 'MANIFEST_KEY_UNKNOWN',
        path: renderPlace(where.source, place, [...above, '__proto__']),
        message: 'this name cannot be used',
        hint: 'choose another name',
      });
    },
  });
  return problems;
}

function checkAliases(document: Document, where: Where): Problem | undefined {
  let count = 0;
  visit(document, (_key, node) => {
    if (isAlias(node)) count += 1;
  });
  if (count <= documentLimits.aliasesMax) return undefined;
  return {
    code: 'MANIFEST_TOO_LONG',
    path: where.source,
    message: `${count} YAML aliases are too many`,
    hint: `at most ${documentLimits.aliasesMax}`,
  };
}

function unknownKey(document: YamlDocument, path: KeyPath, keys: KnownKeys): Problem {
  const key = String(path.at(-1));
  // The maps of a list have the same keys, whichever of them it is.
  const parent = path.slice(0, -1).filter((part) => typeof part !== 'number');
  const known = keys[renderKeyPath(parent)] ?? [];
  const meant = nearestWord(key, known);
  return problemAt(document, path, {
    code: 'MANIFEST_KEY_UNKNOWN',
    message: 'this key is not known',
    hint: meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`,
  });
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}

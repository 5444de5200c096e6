import { isMap, LineCounter, parseAllDocuments, type Document } from 'yaml';
import type { z } from 'zod';
import { err, ok, renderProblem, type Problem, type Result } from '../../shared/domain/result.ts';
import { nearestWord } from '../../shared/manifest/suggest.ts';
import { placeAt, placeOf, renderPlace, type KeyPath } from '../../shared/manifest/yaml-place.ts';
import { plainOf } from '../../shared/manifest/yaml-plain.ts';
import { layoutKeys, layoutSchema } from './document-schema.ts';
import { migPartedKeys, migPartedSchema, readMigParted } from './mig-parted.ts';
import { problemAt, type DocumentSource, type LayoutDocument } from './wish.ts';

const textLengthMax = 256 * 1024;
const problemsMax = 20;

/**
 * Reads our own document (`kind: MigLayout`) or a configuration file of mig-parted (`mig-configs`). Tells every
 * problem at once, each with its place.
 */
export function parseLayoutDocument(
  source: DocumentSource,
): Result<LayoutDocument, readonly Problem[]> {
  if (source.text.length > textLengthMax) {
    return err([problemAt(source.name, `is longer than ${textLengthMax} characters`)]);
  }
  const lines = new LineCounter();
  const parsed = parseAllDocuments(source.text, { lineCounter: lines, prettyErrors: false });
  const documents = (Array.isArray(parsed) ? parsed : []).filter((each) => each.contents !== null);
  const [document, second] = documents;
  if (document === undefined) {
    return err([
      problemAt(source.name, 'is empty', 'write `kind: MigLayout`, or run agentctl mig export'),
    ]);
  }
  if (second !== undefined) {
    return err([problemAt(source.name, 'holds several documents', 'give one file a document')]);
  }
  if (document.errors.length > 0) {
    return err(
      document.errors.slice(0, problemsMax).map((error) => {
        const place = renderPlace(source.name, placeAt(lines, error.pos[0]));
        return problemAt(place, `this is not YAML: ${error.message.split('\n')[0] ?? ''}`);
      }),
    );
  }
  const read = new Reader(document, lines, source.name);
  const foreign = isMap(document.contents) && document.contents.has('mig-configs');
  if (foreign) {
    const checked = read.check(migPartedSchema, migPartedKeys);
    return checked.ok ? readMigParted(checked.value, source, read.place) : checked;
  }
  if (source.config !== null) {
    return err([
      problemAt(
        source.name,
        `has no configuration ${JSON.stringify(source.config)} to choose`,
        'only files of mig-parted have named ones: leave --config out',
      ),
    ]);
  }
  const checked = read.check(layoutSchema, layoutKeys);
  if (!checked.ok) return checked;
  return ok({
    wishes: checked.value.cards.map((card, at) => ({
      place: read.place(['cards', at]),
      cards: card.gpu === 'all' ? 'all' : typeof card.gpu === 'string' ? [card.gpu] : card.gpu,
      deviceIds: null,
      mig: card.mig ?? true,
      instances: (card.instances ?? []).flatMap(({ profile, start, compute, count }) =>
        Array.from({ length: count ?? 1 }, () => ({
          profile,
          start: start ?? null,
          compute: compute === undefined ? null : compute.toSorted(),
        })),
      ),
    })),
  });
}

/** One line a problem, for the person who wrote the file. */
export function renderProblems(problems: readonly Problem[]): string {
  return problems.slice(0, problemsMax).map(renderProblem).join('\n');
}

/** A YAML document that knows where everything in it stands. */
class Reader {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #source: string;

  constructor(document: Document, lines: LineCounter, source: string) {
    this.#document = document;
    this.#lines = lines;
    this.#source = source;
  }

  readonly place = (path: KeyPath): string =>
    renderPlace(this.#source, placeOf(this.#document, this.#lines, path), path);

  /** `keys`: the known ones of every map, by path without numbers, for suggestions. */
  check<T>(
    schema: z.ZodType<T>,
    keys: Readonly<Record<string, readonly string[]>>,
  ): Result<T, readonly Problem[]> {
    const plain = plainOf(this.#document);
    if (!plain.ok) return err([problemAt(this.#source, `this is not YAML: ${plain.problem}`)]);
    const checked = schema.safeParse(plain.value, { reportInput: true });
    if (checked.success) return ok(checked.data);
    const problems = checked.error.issues.slice(0, problemsMax).flatMap((issue) => {
      const path = issue.path.filter((part) => typeof part !== 'symbol');
      if (issue.code !== 'unrecognized_keys') return [problemAt(this.place(path), issue.message)];
      const known =
        keys[path.filter((part) => typeof part === 'string').join('.')] ?? keys['*'] ?? [];
      return issue.keys.map((key) => this.#unknownKey([...path, key], key, known));
    });
    return err(problems);
  }

  #unknownKey(path: KeyPath, key: string, known: readonly string[]): Problem {
    const meant = nearestWord(key, known);
    const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
    return problemAt(this.place(path), 'this key is not known', hint);
  }
}

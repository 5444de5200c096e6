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
import { parseModelName } from '../domain/ids.ts';
import { checkModel, modelDefaults, type ModelSpec } from '../domain/model.ts';
import { err, ok, type Problem, type Result } from '../domain/result.ts';
import { manifestKeys, manifestSchema, type Manifest } from './manifest-schema.ts';
import { nearestWord } from './suggest.ts';
import {
  placeAt,
  placeOf,
  renderKeyPath,
  renderPlace,
  type KeyPath,
  type Place,
} from './yaml-place.ts';
import { plainOf } from './yaml-plain.ts';

const manifestLimits = {
  textLengthMax: 4 * 1024 * 1024,
  documentsMax: 1_000,
  aliasesMax: 100,
  problemsMax: 100,
} as const;

/** A text and the name that problems call it by: a file's path, or `-` for standard input. */
export interface ManifestSource {
  readonly name: string;
  readonly text: string;
}

/** A model and where it was written. */
export interface DeclaredModel {
  readonly spec: ModelSpec;
  readonly source: string;
  readonly place: Place;
}

/**
 * Reads the models of all sources, or tells every problem of all of them, each as `file:line:column key.path`.
 * A name may be declared once.
 */
export function parseManifests(
  sources: readonly ManifestSource[],
): Result<readonly DeclaredModel[], readonly Problem[]> {
  const models: DeclaredModel[] = [];
  const problems: Problem[] = [];
  for (const source of sources) readSource(source, models, problems);
  problems.push(...findDuplicates(models));
  if (problems.length > 0) return err(problems.slice(0, manifestLimits.problemsMax));
  if (models.length > 0) return ok(models);
  const names = sources.map((source) => source.name).join(', ');
  return err([
    {
      code: 'MANIFEST_EMPTY',
      path: names,
      message: 'there is no model in it',
      hint: 'write a document with apiVersion: tangram/v1 and kind: Model',
    },
  ]);
}

function readSource(source: ManifestSource, models: DeclaredModel[], problems: Problem[]): void {
  if (source.text.length > manifestLimits.textLengthMax) {
    problems.push({
      code: 'MANIFEST_TOO_LONG',
      path: source.name,
      message: `${source.text.length} characters are too many`,
      hint: `at most ${manifestLimits.textLengthMax}; split the file`,
    });
    return;
  }
  const lines = new LineCounter();
  const parsed = parseAllDocuments(source.text, { lineCounter: lines, prettyErrors: false });
  const documents = Array.isArray(parsed) ? parsed : [];
  if (documents.length > manifestLimits.documentsMax) {
    problems.push({
      code: 'MANIFEST_TOO_LONG',
      path: source.name,
      message: `${documents.length} documents are too many`,
      hint: `at most ${manifestLimits.documentsMax}; split the file`,
    });
    return;
  }
  for (const document of documents) {
    const read = readDocument(document, { source: source.name, lines });
    if (read === undefined) continue;
    if (read.ok) models.push(read.value);
    else problems.push(...read.problem);
  }
}

interface Where {
  readonly source: string;
  readonly lines: LineCounter;
}

/** undefined: an empty document, such as the one before a leading `---`. */
function readDocument(
  document: Document,
  where: Where,
): Result<DeclaredModel, readonly Problem[]> | undefined {
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
  const raw = plain.value;
  if (raw === null) return undefined;
  const checked = manifestSchema.safeParse(raw, { reportInput: true });
  if (!checked.success) {
    return err(checked.error.issues.flatMap((issue) => explainIssue(issue, document, where)));
  }
  return readModel(checked.data, document, where);
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
  if (count <= manifestLimits.aliasesMax) return undefined;
  return {
    code: 'MANIFEST_TOO_LONG',
    path: where.source,
    message: `${count} YAML aliases are too many`,
    hint: `at most ${manifestLimits.aliasesMax}`,
  };
}

function readModel(
  manifest: Manifest,
  document: Document,
  where: Where,
): Result<DeclaredModel, readonly Problem[]> {
  const name = parseModelName(manifest.metadata.name);
  const at = (path: KeyPath, problem: Problem): Problem => ({
    ...problem,
    path: renderPlace(where.source, placeOf(document, where.lines, path), path),
  });
  if (!name.ok) return err([at(['metadata', 'name'], name.problem)]);
  const spec = toModelSpec(manifest, name.value);
  const problems = checkModel(spec);
  if (problems.length > 0) {
    return err(problems.map((problem) => at(problem.path?.split('.') ?? [], problem)));
  }
  const place = placeOf(document, where.lines, ['metadata', 'name']);
  return ok({ spec, source: where.source, place });
}

function toModelSpec({ metadata, spec }: Manifest, name: ModelSpec['name']): ModelSpec {
  return {
    name,
    labels: metadata.labels ?? {},
    replicas: spec.replicas ?? modelDefaults.replicas,
    workload: {
      image: spec.image ?? null,
      command: spec.process?.command ?? null,
      args: spec.args ?? [],
      env: spec.env ?? {},
      port: spec.port ?? modelDefaults.port,
      health: {
        path: spec.health?.path ?? modelDefaults.healthPath,
        startupDeadlineMs: spec.health?.startupDeadline ?? modelDefaults.startupDeadlineMs,
      },
      cpuMillis: spec.cpu ?? 0,
      memoryMib: spec.memory ?? 0,
    },
    gpu:
      spec.gpu === null
        ? null
        : {
            memoryMib: spec.gpu.memory,
            computePercent: spec.gpu.compute ?? 0,
            isolation: spec.gpu.isolation ?? modelDefaults.isolation,
            count: spec.gpu.count ?? modelDefaults.gpuCount,
            processes: spec.gpu.processes ?? modelDefaults.gpuProcesses,
            models: spec.gpu.models ?? [],
          },
    priority: spec.priority ?? modelDefaults.priority,
    placement: {
      spread: spec.placement?.spread ?? modelDefaults.spread,
      maxPerNode: spec.placement?.maxPerNode ?? 0,
      antiAffinity: spec.placement?.antiAffinity ?? [],
      constraints: spec.placement?.constraints ?? {},
    },
    disruption: spec.disruption ?? modelDefaults.disruption,
  };
}

function explainIssue(issue: z.core.$ZodIssue, document: Document, where: Where): Problem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(path, key, document, where));
  }
  return [
    {
      code: issue.message.includes('is not built yet') ? 'NOT_BUILT' : 'MANIFEST_INVALID',
      path: renderPlace(where.source, placeOf(document, where.lines, path), path),
      message: issue.message,
    },
  ];
}

function unknownKey(parent: KeyPath, key: string, document: Document, where: Where): Problem {
  const path = [...parent, key];
  const known = manifestKeys[renderKeyPath(parent)] ?? [];
  const meant = nearestWord(key, known);
  return {
    code: 'MANIFEST_KEY_UNKNOWN',
    path: renderPlace(where.source, placeOf(document, where.lines, path), path),
    message: 'this key is not known',
    hint: meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`,
  };
}

function findDuplicates(models: readonly DeclaredModel[]): Problem[] {
  const first = new Map<string, DeclaredModel>();
  const problems: Problem[] = [];
  for (const model of models) {
    const earlier = first.get(model.spec.name);
    if (earlier === undefined) {
      first.set(model.spec.name, model);
      continue;
    }
    problems.push({
      code: 'MANIFEST_NAME_TWICE',
      path: renderPlace(model.source, model.place, ['metadata', 'name']),
      message: `${JSON.stringify(model.spec.name)} is declared twice, first at ${renderPlace(earlier.source, earlier.place)}`,
      hint: 'give each model a name of its own',
    });
  }
  return problems;
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}

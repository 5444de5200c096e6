import { parseModelName } from '../domain/ids.ts';
import { checkModel, modelDefaults, type ModelSpec } from '../domain/model.ts';
import { err, ok, type Problem, type Result } from '../domain/result.ts';
import { manifestKeys, manifestSchema, type Manifest } from './manifest-schema.ts';
import {
  explainIssues,
  problemAt,
  readDocuments,
  type ManifestSource,
  type YamlDocument,
} from './yaml-documents.ts';
import { placeOf, renderPlace, type Place } from './yaml-place.ts';

const problemsMax = 100;

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
  for (const document of sources.flatMap(readDocuments)) {
    const read = document.ok ? readModel(document.value) : document;
    if (read.ok) models.push(read.value);
    else problems.push(...read.problem);
  }
  problems.push(...findDuplicates(models));
  if (problems.length > 0) return err(problems.slice(0, problemsMax));
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

/** Reads one document as a model. */
export function readModel(document: YamlDocument): Result<DeclaredModel, readonly Problem[]> {
  const checked = manifestSchema.safeParse(document.raw, { reportInput: true });
  if (!checked.success) {
    return err(explainIssues(document, checked.error.issues, manifestKeys));
  }
  const name = parseModelName(checked.data.metadata.name);
  if (!name.ok) return err([problemAt(document, ['metadata', 'name'], name.problem)]);
  const spec = toModelSpec(checked.data, name.value);
  const problems = checkModel(spec);
  if (problems.length > 0) {
    return err(
      problems.map((problem) => problemAt(document, problem.path?.split('.') ?? [], problem)),
    );
  }
  const place = placeOf(document.document, document.lines, ['metadata', 'name']);
  return ok({ spec, source: document.source, place });
}

/** A problem for each model that has the name of an earlier one. */
export function findDuplicates(models: readonly DeclaredModel[]): readonly Problem[] {
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
      mounts: (spec.mounts ?? []).map(({ source, target, readOnly }) => ({
        source,
        target,
        readOnly: readOnly ?? true,
      })),
      writableRoot: spec.writableRoot ?? false,
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

import { AppError } from '../../shared/platform/errors.ts';
import { renderProblem, type Problem } from '../../shared/domain/result.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import type { ManifestSource } from '../../shared/manifest/yaml-documents.ts';
import type { CliDeps } from './deps.ts';

/** Reads every `-f`: a file, `-`, or a folder of .yaml and .yml files. Throws MODEL_INVALID with every problem. */
export async function readModels(
  deps: CliDeps,
  paths: readonly string[],
): Promise<readonly ModelSpec[]> {
  // Loaded here: commands that read no manifest start without its schema.
  const { parseManifests } = await import('../../shared/manifest/parse-manifests.ts');
  const parsed = parseManifests(paths.flatMap((path) => readSources(deps, path)));
  if (!parsed.ok) throw refusedManifests(parsed.problem);
  return parsed.value.map((model) => model.spec);
}

/** The texts behind one `-f`. Throws MODEL_INVALID for a folder without any. */
export function readSources(deps: CliDeps, path: string): readonly ManifestSource[] {
  const read = deps.readManifest(path);
  if (read.kind === 'text') return [{ name: path, text: read.text }];
  if (read.paths.length === 0) {
    throw new AppError('MODEL_INVALID', `the folder ${path} holds no .yaml or .yml file`);
  }
  return read.paths.flatMap((inner) => readSources(deps, inner));
}

function refusedManifests(problems: readonly Problem[]): AppError {
  const [first] = problems;
  if (first !== undefined && problems.length === 1) {
    return new AppError('MODEL_INVALID', renderProblem(first));
  }
  const lines = problems.map((problem) => `  ${renderProblem(problem)}`).join('\n');
  return new AppError(
    'MODEL_INVALID',
    `${problems.length} problems; nothing was applied\n${lines}`,
  );
}

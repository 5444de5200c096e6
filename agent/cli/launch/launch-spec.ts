import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { ModelSpec } from '../../../shared/domain/model.ts';
import { renderProblem } from '../../../shared/domain/result.ts';
import { parseManifests } from '../../../shared/manifest/parse-manifests.ts';
import { AppError } from '../../../shared/platform/errors.ts';

/** A model as the command line describes it. */
export interface LaunchFlags {
  readonly filename?: string;
  readonly image?: string;
  readonly gpuMemory?: string;
  readonly compute?: string;
  readonly isolation?: string;
  readonly count?: string;
  readonly port?: string;
  readonly health?: string;
  readonly replicas?: string;
  readonly env: readonly string[];
}

/** From a manifest, or from flags that are made into one: the same rules refuse the same mistakes. */
export function readSpec(
  name: string | undefined,
  args: readonly string[],
  options: LaunchFlags,
): ModelSpec {
  const [source, text] = readManifest(name, args, options);
  const parsed = parseManifests([{ name: source, text }]);
  if (!parsed.ok) {
    throw new AppError('MODEL_INVALID', parsed.problem.map(renderProblem).join('\n'));
  }
  const [only, other] = parsed.value;
  if (only === undefined || other !== undefined) {
    throw new AppError('REQUEST_INVALID', `${source} declares ${parsed.value.length} models`, {
      hint: 'run takes one model; a coordinator takes many (tangram apply)',
    });
  }
  return only.spec;
}

function readManifest(
  name: string | undefined,
  args: readonly string[],
  options: LaunchFlags,
): readonly [source: string, text: string] {
  const { filename } = options;
  if (filename !== undefined) {
    if (name !== undefined || options.image !== undefined) {
      throw new AppError('REQUEST_INVALID', 'both a manifest and a model by flags were given', {
        hint: 'give -f FILE, or NAME with --image',
      });
    }
    try {
      return [filename, readFileSync(filename === '-' ? 0 : filename, 'utf8')];
    } catch (cause) {
      throw new AppError('REQUEST_INVALID', `cannot read ${filename}`, { cause });
    }
  }
  if (name === undefined || options.image === undefined) {
    throw new AppError('REQUEST_INVALID', 'no model was given', {
      hint: 'give -f FILE, or NAME with --image IMAGE',
    });
  }
  return ['the command line', stringify(manifestOf(name, args, options))];
}

function manifestOf(name: string, args: readonly string[], options: LaunchFlags): object {
  const { gpuMemory, compute, isolation, count, port, health, replicas } = options;
  const gpu = {
    memory: gpuMemory,
    ...(compute === undefined ? {} : { compute: numberOr(compute) }),
    ...(isolation === undefined ? {} : { isolation }),
    ...(count === undefined ? {} : { count: numberOr(count) }),
  };
  return {
    apiVersion: 'tangram/v1',
    kind: 'Model',
    metadata: { name },
    spec: {
      image: options.image,
      ...(replicas === undefined ? {} : { replicas: numberOr(replicas) }),
      ...(args.length === 0 ? {} : { args: [...args] }),
      ...(options.env.length === 0 ? {} : { env: Object.fromEntries(options.env.map(variable)) }),
      ...(port === undefined ? {} : { port: numberOr(port) }),
      ...(health === undefined ? {} : { health: { path: health } }),
      gpu: gpuMemory === undefined || gpuMemory === 'none' ? 'none' : gpu,
    },
  };
}

/** What is no number stays as it is: the manifest's own rule tells what is wrong with it. */
function numberOr(text: string): number | string {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function variable(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new AppError('REQUEST_INVALID', `${JSON.stringify(text)} is no NAME=value`);
}

import { Argument, Option, type Command } from 'commander';
import { modelWatch, nodeWatch } from '../../shared/client/watch-shapes.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { decodeModel } from '../../shared/wire/model-codec.ts';
import { problemError } from '../../shared/wire/unary.ts';
import type { Model__Output } from '../../shared/wire/generated/tangram/v1/Model.ts';
import type { Node__Output } from '../../shared/wire/generated/tangram/v1/Node.ts';
import type { WatchModelsResponse__Output } from '../../shared/wire/generated/tangram/v1/WatchModelsResponse.ts';
import type { WatchNodesResponse__Output } from '../../shared/wire/generated/tangram/v1/WatchNodesResponse.ts';
import type { CoordinatorClient } from './client.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';
import { followList, type Followed } from './follow-list.ts';
import { modelsTable, renderModels } from './render-models.ts';
import { nodesTable, renderGpus, renderNodes, renderSlices } from './render-nodes.ts';

interface GetOptions extends Json {
  readonly output: 'table' | 'json' | 'yaml' | 'name';
  readonly watch?: true;
}

const things = ['nodes', 'gpus', 'slices', 'models', 'node', 'model'] as const;

/** `get`. */
export function addGet(program: Command, deps: CliDeps, api: Api): void {
  program
    .command('get')
    .description('lists: nodes, gpus, slices, models')
    .addArgument(new Argument('<what>', 'what to list').choices(things))
    .argument('[name]', 'only this model, or what is on this node')
    .addOption(
      new Option('-o, --output <format>', 'yaml is for models, as apply reads them')
        .choices(['table', 'json', 'yaml', 'name'])
        .default('table'),
    )
    .option('--json', 'the same as -o json')
    .option('-w, --watch', 'of nodes and models: then go on, and print what changes')
    .action(async (what: string, name: string | undefined, options: GetOptions) => {
      const format = options.json ? 'json' : options.output;
      if (options.watch) {
        await follow(deps, api(), { what, name, format });
        return;
      }
      if (what === 'model' || what === 'models') {
        const models = name === undefined ? await api().listModels() : [await api().getModel(name)];
        deps.out(await modelsIn(format, models));
        return;
      }
      if (format === 'yaml') {
        throw new AppError('REQUEST_INVALID', `${what} have no manifest`, {
          hint: 'use -o json, or get models -o yaml',
        });
      }
      const nodes = name === undefined ? await api().listNodes() : [await api().getNode(name)];
      deps.out(nodesIn(what, format, { nodes, nowMs: deps.clock.wallMs() }));
    });
}

/** Throws REQUEST_INVALID, and MODEL_UNKNOWN, NODE_UNKNOWN for what is not there to begin with. */
async function follow(
  deps: CliDeps,
  client: CoordinatorClient,
  {
    what,
    name,
    format,
  }: {
    readonly what: string;
    readonly name: string | undefined;
    readonly format: GetOptions['output'];
  },
): Promise<void> {
  if (format === 'yaml' || format === 'name' || what === 'gpus' || what === 'slices') {
    const whole = format === 'yaml' || format === 'name' ? `-o ${format}` : what;
    throw new AppError('REQUEST_INVALID', `${whole} cannot be followed with --watch`, {
      hint: 'follow nodes or models, as a table or with -o json',
    });
  }
  const wish = { name: name ?? '', json: format === 'json' };
  if (what === 'model' || what === 'models') {
    if (name !== undefined) await client.getModel(name);
    await followList(deps, followedModels(client), wish);
    return;
  }
  if (name !== undefined) await client.getNode(name);
  await followList(deps, followedNodes(client, deps.clock), wish);
}

function followedModels(
  client: CoordinatorClient,
): Followed<WatchModelsResponse__Output, Model__Output> {
  return {
    shape: modelWatch,
    read: (request, signal) => client.watchModels(request, signal),
    itemOf: ({ model }) => model ?? null,
    table: modelsTable,
  };
}

function followedNodes(
  client: CoordinatorClient,
  clock: Clock,
): Followed<WatchNodesResponse__Output, Node__Output> {
  return {
    shape: nodeWatch,
    read: (request, signal) => client.watchNodes(request, signal),
    itemOf: ({ node }) => node ?? null,
    table: (items) => nodesTable(items, clock.wallMs()),
  };
}

async function modelsIn(
  format: GetOptions['output'],
  models: readonly Model__Output[],
): Promise<string> {
  switch (format) {
    case 'json':
      return toJson({ models });
    case 'name':
      return models.map((model) => `${model.name}\n`).join('');
    case 'yaml':
      return renderManifests(models);
    case 'table':
    default:
      return renderModels(models);
  }
}

async function renderManifests(models: readonly Model__Output[]): Promise<string> {
  // Loaded here: the other formats start without YAML.
  const { renderManifest } = await import('../../shared/manifest/render-manifest.ts');
  return models
    .map((model) => {
      const spec = decodeModel(model);
      if (!spec.ok) throw problemError(spec.problem);
      return renderManifest(spec.value);
    })
    .join('---\n');
}

function nodesIn(
  what: string,
  format: GetOptions['output'],
  { nodes, nowMs }: { readonly nodes: readonly Node__Output[]; readonly nowMs: number },
): string {
  if (what === 'gpus') {
    const gpus = nodes.flatMap((node) => onNode(node, node.gpus));
    if (format === 'json') return toJson({ gpus });
    return format === 'name' ? gpus.map((gpu) => `${gpu.uuid}\n`).join('') : renderGpus(nodes);
  }
  if (what === 'slices') {
    const slices = nodes.flatMap((node) =>
      node.gpus.flatMap((gpu) =>
        onNode(node, gpu.slices).map((slice) => ({ gpuUuid: gpu.uuid, ...slice })),
      ),
    );
    if (format === 'json') return toJson({ slices });
    return format === 'name'
      ? slices.map((each) => `${each.slice}\n`).join('')
      : renderSlices(nodes);
  }
  if (format === 'json') return toJson({ nodes });
  return format === 'name'
    ? nodes.map((node) => `${node.name}\n`).join('')
    : renderNodes(nodes, nowMs);
}

function onNode<T extends object>(node: Node__Output, each: readonly T[]) {
  return each.map((one) => ({ node: node.name, ...one }));
}

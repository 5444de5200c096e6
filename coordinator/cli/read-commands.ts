import { Argument, Option, type Command } from 'commander';
import { AppError } from '../../shared/platform/errors.ts';
import { problemError } from '../../shared/wire/unary.ts';
import { decodeModel } from '../../shared/wire/model-codec.ts';
import type { Model__Output } from '../../shared/wire/generated/tangram/v1/Model.ts';
import type { Node__Output } from '../../shared/wire/generated/tangram/v1/Node.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';
import {
  gpuIndices,
  pendingCount,
  renderModel,
  renderModels,
  renderReplicas,
} from './render-models.ts';
import { renderWhy } from './why-render.ts';
import { renderGpus, renderNode, renderNodes, renderSlices } from './render-nodes.ts';
import { exitCodes } from './run.ts';

const eventsShown = 10;

/** `ps`, `get`, `describe`, `why`. */
export function addReads(program: Command, deps: CliDeps, api: Api): void {
  program
    .command('ps')
    .description('replicas, where they are and how they are')
    .argument('[model]', 'of this model only')
    .option('--json', 'machine-readable')
    .action(async (name: string | undefined, { json }: Json) => {
      const models = name === undefined ? await api().listModels() : [await api().getModel(name)];
      if (json) deps.out(toJson(psView(models)));
      else {
        const indices = gpuIndices(await api().listNodes());
        deps.out(renderReplicas(models, indices, deps.clock.wallMs()));
      }
    });
  program
    .command('why')
    .description('why a model is where it is, or why it is pending (then exits 3)')
    .argument('<model>')
    .option('--json', 'machine-readable')
    .action(async (name: string, { json }: Json) => {
      const why = await api().explain(name);
      deps.out(json ? toJson(why) : renderWhy(why));
      deps.setExitCode(why.refusal === '' ? exitCodes.ok : exitCodes.notFound);
    });
  addGet(program, deps, api);
  addDescribe(program, deps, api);
}

function psView(models: readonly Model__Output[]): object {
  return {
    replicas: models.flatMap((model) => model.status?.replicas ?? []),
    pending: models
      .filter((model) => pendingCount(model) > 0)
      .map((model) => ({
        model: model.name,
        count: pendingCount(model),
        reason: model.status?.pendingReason ?? '',
      })),
  };
}

interface GetOptions extends Json {
  readonly output: 'table' | 'json' | 'yaml' | 'name';
}

const things = ['nodes', 'gpus', 'slices', 'models', 'node', 'model'] as const;

function addGet(program: Command, deps: CliDeps, api: Api): void {
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
    .action(async (what: string, name: string | undefined, options: GetOptions) => {
      const format = options.json ? 'json' : options.output;
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

function addDescribe(program: Command, deps: CliDeps, api: Api): void {
  program
    .command('describe')
    .description('all that is known of one model or node')
    .addArgument(new Argument('<what>').choices(['model', 'node']))
    .argument('<name>')
    .option('--json', 'machine-readable')
    .action(async (what: string, name: string, { json }: Json) => {
      const client = api();
      const nowMs = deps.clock.wallMs();
      if (what === 'node') {
        const node = await client.getNode(name);
        const events = await client.listEvents(`nodes/${name}`, eventsShown);
        deps.out(json ? toJson({ node, events }) : renderNode(node, { events, nowMs }));
        return;
      }
      const model = await client.getModel(name);
      const why = await client.explain(name);
      const events = await client.listEvents(`models/${name}`, eventsShown);
      if (json) deps.out(toJson({ model, why, events }));
      else {
        const indices = gpuIndices(await client.listNodes());
        deps.out(renderModel(model, { why, events, indices, nowMs }));
      }
    });
}

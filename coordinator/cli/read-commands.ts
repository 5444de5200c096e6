import { Argument, type Command } from 'commander';
import type { Model__Output } from '../../shared/wire/generated/tangram/v1/Model.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';
import { addGet } from './get-command.ts';
import { gpuIndices, pendingCount, renderModel, renderReplicas } from './render-models.ts';
import { renderWhy } from './why-render.ts';
import { renderNode } from './render-nodes.ts';
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

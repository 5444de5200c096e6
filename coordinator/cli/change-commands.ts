import { InvalidArgumentError, type Command } from 'commander';
import type { Node__Output } from '../../shared/wire/generated/tangram/v1/Node.ts';
import type { NodeChange } from './client.ts';
import { describe } from './declare-commands.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';
import { renderPlan, type PlannedChange } from './render-plan.ts';
import { exitCodes, needsYes } from './run.ts';
import { availabilityWord, counted } from './words.ts';

interface ChangeOptions extends Json {
  readonly yes?: true;
  readonly dryRun?: true;
}

/** `delete`, `scale`, `drain`, `cordon`, `uncordon`. */
export function addChanges(program: Command, deps: CliDeps, api: Api): void {
  withOptions(program.command('delete'))
    .description('stop a model everywhere and forget it')
    .argument('<model...>')
    .action(async (names: readonly string[], options: ChangeOptions) => {
      const planned: PlannedChange[] = [];
      for (const name of names) {
        const { plan } = await api().deleteModel(name, true);
        planned.push({ mark: '-', subject: `model ${name}: delete`, plan, remark: '' });
      }
      if (!(await agreed(deps, options, { planned, what: `delete ${names.join(', ')}` }))) return;
      for (const name of names) {
        await api().deleteModel(name, false);
        deps.out(`model ${name} deleted; its replicas are being stopped\n`);
      }
    });
  withOptions(program.command('scale'))
    .description('change how many replicas of a model run')
    .argument('<model>')
    .argument('<replicas>', 'how many', wholeNumber)
    .action(async (name: string, replicas: number, options: ChangeOptions) =>
      scale(deps, api, { name, replicas, options }),
    );
  addNodeChanges(program, deps, api);
}

function withOptions(command: Command): Command {
  return command
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'say what it would do, and do nothing');
}

async function scale(
  deps: CliDeps,
  api: Api,
  asked: { readonly name: string; readonly replicas: number; readonly options: ChangeOptions },
): Promise<void> {
  const { name, replicas, options } = asked;
  const model = await api().getModel(name);
  const preview = await api().applyModel({
    model: { name, labels: model.labels, spec: { ...model.spec, replicas } },
    validateOnly: true,
  });
  const before = model.spec?.replicas ?? 0;
  const change = describe(preview);
  const subject = `model ${name}: ${counted(before, 'replica')} to ${replicas}`;
  const what = { planned: [{ ...change, subject }], what: `scale ${name}` };
  if (!(await agreed(deps, options, what))) return;
  const scaled = await api().scaleModel(name, replicas);
  deps.out(`model ${name} scaled to ${scaled.model?.spec?.replicas ?? replicas}\n`);
}

const nodeChanges: Readonly<
  Record<NodeChange, { description: string; explain: (node: Node__Output) => string }>
> = {
  cordon: {
    description: 'place nothing new on a node; what runs stays',
    explain: (node) =>
      `nothing new is placed there; ${counted(node.replicas.length, 'replica')} stay`,
  },
  drain: {
    description: 'move every replica of a node elsewhere, the new one first',
    explain: (node) =>
      `nothing new is placed there, and ${counted(node.replicas.length, 'replica')} move: ${
        node.replicas.map((replica) => replica.replica).join(', ') || 'none'
      }; each is stopped once its successor is ready, and stays when no other place is found${staying(node)}`,
  },
  uncordon: {
    description: 'end cordon and drain',
    explain: () => 'replicas may be placed there again',
  },
};

/** Nothing moves an allocation: a drain waits for it. */
function staying({ gpus }: Node__Output): string {
  const names = gpus.flatMap(({ slices }) => slices.map(({ allocation }) => allocation));
  const held = [...new Set(names)].filter((name) => name !== '');
  return held.length === 0 ? '' : `; it waits until allocation ${held.join(', ')} is over`;
}

function addNodeChanges(program: Command, deps: CliDeps, api: Api): void {
  for (const change of ['cordon', 'drain', 'uncordon'] as const) {
    const { description, explain } = nodeChanges[change];
    withOptions(program.command(change))
      .description(description)
      .argument('<node>')
      .option('--json', 'machine-readable: the node afterwards')
      .action(async (name: string, options: ChangeOptions) => {
        const node = await api().getNode(name);
        const planned: PlannedChange = {
          mark: '~',
          subject: `node ${name}: ${change}, now ${availabilityWord(node.availability)}`,
          plan: null,
          remark: explain(node),
        };
        if (!(await agreed(deps, options, { planned: [planned], what: `${change} ${name}` })))
          return;
        const after = await api().changeNode(name, change);
        deps.out(
          options.json
            ? toJson(after)
            : `node ${name} is ${availabilityWord(after.availability)}\n`,
        );
      });
  }
}

/** Shows the plan and asks. Throws REQUEST_INVALID where nobody can answer and --yes is not given. */
async function agreed(
  deps: CliDeps,
  options: ChangeOptions,
  change: { readonly planned: readonly PlannedChange[]; readonly what: string },
): Promise<boolean> {
  const plan = renderPlan(change.planned);
  if (options.json) deps.note(plan);
  else deps.out(plan);
  if (options.dryRun) return false;
  if (options.yes) return true;
  if (!deps.interactive) throw needsYes(change.what);
  if (await deps.confirm('Do this?')) return true;
  deps.note('nothing was changed\n');
  deps.setExitCode(exitCodes.failure);
  return false;
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number of replicas, such as 2.');
}

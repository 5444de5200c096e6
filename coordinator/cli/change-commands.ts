import { InvalidArgumentError, type Command } from 'commander';
import { describe } from './declare-commands.ts';
import type { Api, CliDeps, Json } from './deps.ts';
import { renderPlan, type PlannedChange } from './render-plan.ts';
import { exitCodes, needsYes } from './run.ts';
import { counted } from './words.ts';

export interface ChangeOptions extends Json {
  readonly yes?: true;
  readonly dryRun?: true;
}

/** `delete`, `scale`. */
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
}

/** What every command has that changes something. */
export function withOptions(command: Command): Command {
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

/** Shows the plan and asks. Throws REQUEST_INVALID where nobody can answer and --yes is not given. */
export async function agreed(
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

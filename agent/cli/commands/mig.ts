import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { AppError } from '../../../shared/platform/errors.ts';
import type { AgentDoor } from '../api/agent-door.ts';
import type { LayoutDocumentText } from '../api/layout-api.ts';
import { agree, toJson, type AddCommand, type CliDeps, type Json } from '../cli-deps.ts';
import {
  isAsWished,
  isBlocked,
  renderLayoutPlan,
  renderLayouts,
  renderLine,
} from '../render-layout.ts';

interface DocumentOptions extends Json {
  readonly file: string;
  readonly config?: string;
  readonly interrupt?: true;
}

/** As `nomad job plan` has them. */
const planExit = { noChange: 0, changes: 1, error: 255 } as const;

/** A plan that failed is told apart from one with changes. `failed`: how the command line ended. */
export function migExitCode(program: Command, failed: number | null): number | null {
  const [family, verb] = program.args;
  const isPlan = family === 'mig' && verb === 'plan';
  return isPlan && failed !== null && failed !== 0 ? planExit.error : failed;
}

/** `agentctl mig …`. */
export const addMig: AddCommand = (program, deps, api) => {
  const mig = program
    .command('mig')
    .description('how the cards are cut, and cutting them by planned steps');
  mig
    .command('show')
    .description('modes, profiles with their free places, and instances of every card')
    .option('--profiles', 'also what each card could be cut into')
    .option('--json', 'machine-readable')
    .action(async ({ json, profiles }: Json & { readonly profiles?: true }) => {
      const cards = await api().layouts.cards();
      deps.out(json ? toJson(cards) : renderLayouts(cards, { profiles: profiles === true }));
    });
  addPlan(mig, deps, api);
  addApply(mig, deps, api);
  mig
    .command('export')
    .description('the document that cuts the cards as they are cut now; `apply` takes it')
    .action(async () => {
      deps.out(await api().layouts.exported());
    });
  addAssert(mig, deps, api);
};

function withDocument(command: Command): Command {
  return command
    .requiredOption(
      '-f, --file <file>',
      'kind: MigLayout, or a mig-parted file; - is standard input',
    )
    .option('--config <name>', 'which configuration of a mig-parted file');
}

function addPlan(mig: Command, deps: CliDeps, api: () => AgentDoor): void {
  withDocument(mig.command('plan'))
    .description('what a document would change, what that interrupts, and about how long it takes')
    .option('--interrupt', 'plan as if replicas may be interrupted')
    .option('--json', 'machine-readable')
    .addHelpText(
      'after',
      '\nExit codes: 0 no change, 1 changes or something in their way, 255 error.',
    )
    .action(async (options: DocumentOptions) => {
      const plan = await api().layouts.plan(await documentOf(options));
      deps.out(options.json ? toJson(plan) : renderLayoutPlan(plan));
      deps.setExitCode(isAsWished(plan) ? planExit.noChange : planExit.changes);
    });
}

function addAssert(mig: Command, deps: CliDeps, api: () => AgentDoor): void {
  withDocument(mig.command('assert'))
    .description('whether the cards are cut as a document says')
    .option('--json', 'machine-readable')
    .addHelpText('after', '\nExit codes: 0 they are, 1 they are not (or cannot be read).')
    .action(async (options: DocumentOptions) => {
      const plan = await api().layouts.plan(await documentOf(options));
      const holds = isAsWished(plan);
      if (options.json) deps.out(toJson({ holds, ...plan }));
      else deps.out(holds ? 'the cards are cut so\n' : renderLayoutPlan(plan));
      deps.setExitCode(holds ? 0 : 1);
    });
}

interface ApplyOptions extends DocumentOptions {
  readonly yes?: true;
  readonly dryRun?: true;
  readonly stopDcgm?: true;
}

function addApply(mig: Command, deps: CliDeps, api: () => AgentDoor): void {
  withDocument(mig.command('apply'))
    .description('cut the cards as a document says, by the steps of the plan and no others')
    .option('--interrupt', 'replicas on what goes may be interrupted')
    .option('--stop-dcgm', 'stop DCGM meanwhile, and start it again')
    .option('--dry-run', 'print the plan only')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      '\nA change goes on when this command is ended, and after a crash of the agent: finished or undone.',
    )
    .action(async (options: ApplyOptions) => {
      const asked = await documentOf(options);
      const { layouts } = api();
      const plan = await layouts.plan(asked);
      deps.out(renderLayoutPlan(plan));
      const idle = plan.cards.every((card) => card.steps.length === 0 && card.blocks.length === 0);
      if (options.dryRun === true) return;
      if (isBlocked(plan)) {
        throw new AppError('GPU_REFUSED', 'nothing was done: something is in the way', {
          hint: 'the plan above names it',
        });
      }
      if (!idle) await agree(deps, { yes: options.yes === true, plan: 'carry this plan out' });
      const stopDcgm = options.stopDcgm === true;
      const request = { ...asked, planId: plan.planId, stopDcgm };
      await layouts.apply(request, (line) => deps.out(renderLine(line)), deps.signal);
      if (idle) deps.out('recorded: a reboot brings this layout back\n');
    });
}

async function documentOf(options: DocumentOptions): Promise<LayoutDocumentText> {
  const { file, config = '', interrupt } = options;
  const source = file === '-' ? 'standard input' : file;
  try {
    const document = file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8');
    return { document, source, config, interrupt: interrupt === true };
  } catch (cause) {
    throw new AppError('REQUEST_INVALID', `cannot read ${source}`, { cause });
  }
}

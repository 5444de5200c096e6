import type { Command } from 'commander';
import type { Plan__Output } from '../../shared/wire/generated/tangram/v1/Plan.ts';
import { applyPlans, type WaitOptions } from './apply-plans.ts';
import { changes, describe, durationMs, filename, preview } from './declare-commands.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';
import { readModels } from './manifests.ts';
import { renderPlanSvg } from './plan-svg.ts';
import { changeWord, renderChange, renderChanges } from './render-changes.ts';
import { renderPlan } from './render-plan.ts';
import { exitCodes, needsYes } from './run.ts';
import { waitUntilOver } from './wait-change.ts';

interface BudgetOptions extends Json {
  readonly budget: number;
  readonly recutIdle?: true;
  readonly svg?: string;
}

interface PlanOptions extends BudgetOptions {
  readonly filename: readonly string[];
  readonly allowPreemption?: true;
}

interface DefragOptions extends BudgetOptions, WaitOptions {
  readonly plan?: true;
  readonly yes?: true;
}

const budget = [
  '--budget <duration>',
  'for how long replicas may be interrupted in all, such as 60s; each only as its model allows',
  durationMs,
  0,
] as const;
const recutIdle = [
  '--recut-idle',
  'idle MIG instances that others made may be destroyed, on cards whose layout may be changed',
] as const;
const svg = ['--svg <file>', 'draw the cards that it touches, before and after'] as const;
const timeout = [
  '--timeout <duration>',
  'how long --wait waits, such as 90s or 5m',
  durationMs,
  1_800_000,
] as const;

/** `plan`, `defrag`, `changes`, `change get`, `change abort`. */
export function addPlans(program: Command, deps: CliDeps, api: Api): void {
  program
    .command('plan')
    .description(
      'what apply would do, and what it would cost; exits 0 no change, 1 changes, 255 error',
    )
    .requiredOption(...filename)
    .option(...budget)
    .option('--allow-preemption', 'replicas of lower priority may end')
    .option(...recutIdle)
    .option(...svg)
    .option('--json', 'machine-readable')
    .addHelpText(
      'after',
      '\nWhere there is no room, the plan moves replicas that may be moved (spec.disruption), so that\n' +
        'nobody notices; with --budget it may interrupt some. tangram apply --plan ID carries it out.',
    )
    .action(async (options: PlanOptions) => plan(deps, api, options));
  program
    .command('defrag')
    .description('move and cut anew what wins the most room, within a budget')
    .option('--plan', 'only plan: print the plan with its id')
    .option(...budget)
    .option(...recutIdle)
    .option(...svg)
    .option('-y, --yes', 'do not ask')
    .option('--wait', 'until the change is over')
    .option(...timeout)
    .option('--json', 'machine-readable')
    .action(async (options: DefragOptions) => defrag(deps, api, options));
  addChangeReads(program, deps, api);
}

async function plan(deps: CliDeps, api: Api, options: PlanOptions): Promise<void> {
  if (options.svg !== undefined) deps.host.checkWritable(options.svg);
  const asked = {
    keepPlan: true,
    budget: {
      interruptionMs: options.budget,
      allowPreemption: options.allowPreemption === true,
      recutIdle: options.recutIdle === true,
    },
  };
  const previews = await preview(api, await readModels(deps, options.filename), asked);
  draw(
    deps,
    options,
    previews.flatMap((answer) => answer.plan ?? []),
  );
  deps.out(options.json ? toJson({ models: previews }) : renderPlan(previews.map(describe)));
  deps.setExitCode(previews.some(changes) ? exitCodes.planChanges : exitCodes.ok);
}

async function defrag(deps: CliDeps, api: Api, options: DefragOptions): Promise<void> {
  if (options.svg !== undefined) deps.host.checkWritable(options.svg);
  const found = await api().planDefrag({
    interruptionMs: options.budget,
    allowPreemption: false,
    recutIdle: options.recutIdle === true,
  });
  draw(deps, options, [found]);
  const nothing = found.stages.length === 0;
  const subject = nothing ? 'defrag: nothing to win' : `defrag: ${found.plan}`;
  const shown = renderPlan([{ mark: nothing ? '=' : '~', subject, plan: found, remark: '' }]);
  if (options.json && (nothing || options.plan)) deps.out(toJson({ plan: found }));
  else if (options.json) deps.note(shown);
  else deps.out(shown);
  if (nothing || options.plan) return;
  if (!options.yes) {
    if (!deps.interactive) throw needsYes('defrag');
    if (!(await deps.confirm('Do this?'))) {
      deps.note('nothing was changed\n');
      deps.setExitCode(exitCodes.failure);
      return;
    }
  }
  await applyPlans(deps, api, { ...options, ids: [found.plan] });
}

function draw(deps: CliDeps, options: BudgetOptions, plans: readonly Plan__Output[]): void {
  if (options.svg === undefined) return;
  deps.host.writeText(options.svg, renderPlanSvg(plans));
  deps.note(`drawn: ${options.svg}\n`);
}

function addChangeReads(program: Command, deps: CliDeps, api: Api): void {
  program
    .command('changes')
    .description('plans that are being carried out, and those that were carried out last')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const all = await api().listChanges();
      deps.out(json ? toJson({ changes: all }) : renderChanges(all, deps.clock.wallMs()));
    });
  const change = program.command('change').description('one change');
  change
    .command('get')
    .description('its plan, where it stands, and once it is over its receipt')
    .argument('<change>')
    .option('--wait', 'until it is over')
    .option(...timeout)
    .option('--json', 'machine-readable')
    .action(async (name: string, options: WaitOptions) => {
      const first = await api().getChange(name);
      const found = options.wait
        ? await waitUntilOver(deps, api(), { change: first, timeoutMs: options.timeout })
        : first;
      deps.out(options.json ? toJson(found) : renderChange(found));
      if (options.wait && changeWord(found) !== 'done') deps.setExitCode(exitCodes.failure);
    });
  change
    .command('abort')
    .description('end a change where it is: what serves stays, what has not started is withdrawn')
    .argument('<change>')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'machine-readable')
    .action(async (name: string, options: Json & { readonly yes?: true }) => {
      const found = await api().getChange(name);
      if (options.json) deps.note(renderChange(found));
      else deps.out(renderChange(found));
      if (!options.yes) {
        if (!deps.interactive) throw needsYes(`abort ${name}`);
        if (!(await deps.confirm('Abort it?'))) {
          deps.note('nothing was changed\n');
          deps.setExitCode(exitCodes.failure);
          return;
        }
      }
      const after = await api().abortChange(name);
      deps.out(options.json ? toJson(after) : `${after.change} ${changeWord(after)}\n`);
    });
}

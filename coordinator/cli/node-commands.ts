import { InvalidArgumentError, type Command } from 'commander';
import type { Node__Output } from '../../shared/wire/generated/tangram/v1/Node.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { agreed, withOptions, type ChangeOptions } from './change-commands.ts';
import type { CoordinatorClient } from './client.ts';
import { durationMs } from './declare-commands.ts';
import { toJson, type Api, type CliDeps } from './deps.ts';
import type { PlannedChange } from './render-plan.ts';
import { mapText } from './render-models.ts';
import { exitCodes } from './run.ts';
import { waitUntilDrained } from './wait-drain.ts';
import { availabilityWord, counted } from './words.ts';

interface DrainOptions extends ChangeOptions {
  /** Milliseconds; absent: as long as it takes. */
  readonly deadline?: number;
  readonly force?: true;
  readonly wait?: true;
  readonly timeout: number;
}

const waitMs = 30 * 60_000;

/** `cordon`, `drain`, `uncordon`, `label node`, `node remove`. */
export function addNodes(program: Command, deps: CliDeps, api: Api): void {
  addAvailability(program, deps, api);
  addDrain(program, deps, api);
  addLabels(program, deps, api);
  addRemoval(program, deps, api);
}

function addAvailability(program: Command, deps: CliDeps, api: Api): void {
  const rows = [
    {
      verb: 'cordon',
      description: 'place nothing new on a node; what runs stays',
      explain: (node: Node__Output) =>
        `nothing new is placed there; ${counted(node.replicas.length, 'replica')} stay`,
      call: async (client: CoordinatorClient, name: string) => client.cordonNode(name),
    },
    {
      verb: 'uncordon',
      description: 'end cordon and drain',
      explain: () => 'replicas may be placed there again',
      call: async (client: CoordinatorClient, name: string) => client.uncordonNode(name),
    },
  ] as const;
  for (const { verb, description, explain, call } of rows) {
    withOptions(program.command(verb))
      .description(description)
      .argument('<node>')
      .option('--json', 'machine-readable: the node afterwards')
      .action(async (name: string, options: ChangeOptions) => {
        const planned = [plannedFor(verb, await api().getNode(name), explain)];
        if (!(await agreed(deps, options, { planned, what: `${verb} ${name}` }))) return;
        show(deps, options, await call(api(), name));
      });
  }
}

function addDrain(program: Command, deps: CliDeps, api: Api): void {
  withOptions(program.command('drain'))
    .description('move every replica of a node elsewhere, the new one first')
    .argument('<node>')
    .option(
      '--deadline <duration>',
      'from then on what found no other place is stopped, where its disruption allows',
      durationMs,
    )
    .option('--force', 'at the deadline stop it whatever its disruption says')
    .option('--wait', 'until nothing is left, or only what nobody may stop')
    .option('--timeout <duration>', 'how long --wait waits', durationMs, waitMs)
    .option('--json', 'machine-readable: the node afterwards')
    .action(async (name: string, options: DrainOptions) => {
      if (options.force && options.deadline === undefined) {
        throw new AppError('REQUEST_INVALID', '--force needs a deadline', {
          hint: `say when: tangram drain ${name} --deadline 10m --force`,
        });
      }
      const planned = [plannedFor('drain', await api().getNode(name), explainDrain)];
      if (!(await agreed(deps, options, { planned, what: `drain ${name}` }))) return;
      const node = await api().drainNode(name, {
        deadlineSeconds: Math.ceil((options.deadline ?? 0) / 1_000),
        force: options.force === true,
      });
      if (!options.wait) return show(deps, options, node);
      const { timeout: timeoutMs } = options;
      const drained = await waitUntilDrained(deps, api(), { node, timeoutMs });
      show(deps, options, await api().getNode(name));
      if (!drained) deps.setExitCode(exitCodes.failure);
    });
}

function explainDrain(node: Node__Output): string {
  const names = node.replicas.map((replica) => replica.replica).join(', ') || 'none';
  return `nothing new is placed there, and ${counted(node.replicas.length, 'replica')} move: ${names}; each is stopped once its successor is ready, and stays when no other place is found${staying(node)}`;
}

/** Nothing moves an allocation: a drain waits for it. */
function staying({ gpus }: Node__Output): string {
  const names = gpus.flatMap(({ slices }) => slices.map(({ allocation }) => allocation));
  const held = [...new Set(names)].filter((name) => name !== '');
  return held.length === 0 ? '' : `; it waits until allocation ${held.join(', ')} is over`;
}

type Labels = readonly (readonly [string, string])[];

function addLabels(program: Command, deps: CliDeps, api: Api): void {
  program
    .command('label')
    .description('labels that win over those that the agent of a node gives')
    .command('node')
    .description('give a node labels, or take them away with key-')
    .argument('<node>')
    .argument(
      '<labels...>',
      'key=value, such as zone=eu-1, or key- to take one away',
      (text: string, before: Labels | undefined): Labels => [...(before ?? []), labelOf(text)],
    )
    .option('--json', 'machine-readable: the node afterwards')
    .action(async (name: string, labels: Labels, options: ChangeOptions) => {
      const node = await api().labelNode(name, Object.fromEntries(labels));
      deps.out(options.json ? toJson(node) : `node ${name}: ${mapText(node.labels)}\n`);
    });
}

function addRemoval(program: Command, deps: CliDeps, api: Api): void {
  withOptions(program.command('node').description('the machines themselves').command('remove'))
    .description('forget a node that never returns: its models are placed elsewhere at once')
    .argument('<node>')
    .option('--json', 'machine-readable: what went with it')
    .action(async (name: string, options: ChangeOptions) => {
      const planned = [
        { ...plannedFor('remove', await api().getNode(name), explainRemoval), mark: '-' as const },
      ];
      if (!(await agreed(deps, options, { planned, what: `remove ${name}` }))) return;
      const removed = await api().removeNode(name);
      if (options.json) return deps.out(toJson(removed));
      const ended =
        removed.allocations.length === 0 ? '' : `; ended: ${removed.allocations.join(', ')}`;
      deps.out(`node ${name} is forgotten, with ${counted(removed.replicas, 'replica')}${ended}\n`);
    });
}

function explainRemoval(node: Node__Output): string {
  const after = staying(node)
    .replace('; it waits until ', '; ended with it: ')
    .replace(' is over', '');
  return `its certificates are revoked, and ${counted(node.replicas.length, 'replica')} start elsewhere, also where they still run on it${after}`;
}

function plannedFor(
  verb: string,
  node: Node__Output,
  explain: (node: Node__Output) => string,
): PlannedChange {
  const now = availabilityWord(node.availability);
  const subject = `node ${node.name}: ${verb}, now ${now}`;
  return { mark: '~', subject, plan: null, remark: explain(node) };
}

function show(deps: CliDeps, options: ChangeOptions, node: Node__Output): void {
  deps.out(
    options.json ? toJson(node) : `node ${node.name} is ${availabilityWord(node.availability)}\n`,
  );
}

function labelOf(text: string): Labels[number] {
  if (/^[^=]+-$/.test(text)) return [text.slice(0, -1), ''];
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new InvalidArgumentError('Give key=value, such as zone=eu-1, or key- to take one away.');
}

import { Command, Option } from 'commander';
import type { AddCommand, CliDeps } from './cli-deps.ts';
import { addAuthority } from './commands/authority.ts';
import { addDescribe } from './commands/describe.ts';
import { addDoctor } from './commands/doctor.ts';
import { addHeal } from './commands/heal.ts';
import { addHealth } from './commands/health.ts';
import { addInject } from './commands/inject.ts';
import { addInspect } from './commands/inspect.ts';
import { addLists } from './commands/lists.ts';
import { addMig } from './commands/mig.ts';
import { addMps } from './commands/mps.ts';
import { addRecords } from './commands/records.ts';
import { addRemove, addRun } from './commands/run.ts';
import { addShutdown } from './commands/shutdown.ts';
import { addSupportBundle } from './commands/support-bundle.ts';
import { addTop } from './commands/top.ts';
import type { AgentDoor } from './api/agent-door.ts';

const defaultSocket = '/run/tangram/agent.sock';

/** In the order of the help text. */
const commands: readonly AddCommand[] = [
  addLists,
  addTop,
  addMig,
  addMps,
  addDescribe,
  addRecords,
  addDoctor,
  addInspect,
  addHealth,
  addHeal,
  addInject,
  addAuthority,
  addRun,
  addRemove,
  addSupportBundle,
  addShutdown,
];

/** The whole of `agentctl`. Rendering is pure; what a command prints is its answer, nothing else. */
export function createProgram(deps: CliDeps): Command {
  const program = new Command('agentctl')
    .description('Look at and look after this node’s GPU agent. Works without a coordinator.')
    .version(deps.version)
    .addOption(
      new Option('--socket <path>', 'unix socket of the agent')
        .env('TANGRAM_SOCKET')
        .default(deps.socket ?? defaultSocket),
    )
    .showHelpAfterError('(agentctl --help lists the commands)')
    .configureOutput({ writeOut: deps.out })
    .addHelpText(
      'after',
      `
Exit codes: 0 ok, 1 failure, 2 wrong usage, 3 not found, 5 the agent does not answer.

Examples:
  agentctl ls                      cards and their slices
  agentctl ps --json               replicas, for a machine
  agentctl describe gpu 0          one card, by index or UUID
  agentctl top --once              the newest sample of every card
  agentctl mig plan -f cards.yaml  what cutting the cards so would take
  agentctl inspect logs/* --json   what saved outputs of the tools say`,
    );
  const api = (): AgentDoor => deps.connect(program.opts<{ socket: string }>().socket);
  for (const add of commands) add(program, deps, api);
  return program;
}

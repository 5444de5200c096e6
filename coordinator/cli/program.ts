import { Command, Option } from 'commander';
import { addAccess } from './access-commands.ts';
import { addAllocations } from './allocation-commands.ts';
import { addChanges } from './change-commands.ts';
import type { CoordinatorClient } from './client.ts';
import { addDeclarations } from './declare-commands.ts';
import type { Api, CliDeps } from './deps.ts';
import { addNodes } from './node-commands.ts';
import { addPlans } from './plan-commands.ts';
import { addReads } from './read-commands.ts';
import { addRecords } from './record-commands.ts';
import { addReplays } from './replay-commands.ts';
import { exitCodesHelp } from './run.ts';
import { addSimulate } from './simulate-command.ts';
import { addTrust } from './trust-commands.ts';
import { addUsage } from './usage-commands.ts';
import { addSnapshots } from './snapshot-commands.ts';
import { addWhatIf } from './whatif-command.ts';

const defaultCoordinator = '127.0.0.1:7443';

/** The whole of `tangram`. Rendering is pure; standard output is the answer, standard error the rest. */
export function createProgram(deps: CliDeps): Command {
  const program = new Command('tangram')
    .description('Pack models onto the GPUs of a cluster: declare them, watch them, ask why.')
    .version(deps.version)
    .addOption(
      new Option(
        '--coordinator <host:port,…>',
        'where the coordinator listens; of several, the one that leads is asked',
      )
        .env('TANGRAM_COORDINATOR')
        .default(undefined, `as the context says, else ${defaultCoordinator}`),
    )
    .addOption(
      new Option(
        '--config <file>',
        'context: cluster and credentials (default: ~/.config/tangram/config.yaml, then that of the coordinator on this host)',
      ).env('TANGRAM_CONFIG'),
    )
    .showHelpAfterError('(--help after a command lists its options)')
    .showSuggestionAfterError()
    .configureHelp({ optionDescription })
    .configureOutput({ writeOut: deps.out })
    .addHelpText(
      'after',
      `
${exitCodesHelp}

Examples:
  tangram apply -f model.yaml --wait    declare a model and wait until it serves
  tangram plan -f model.yaml            what that would do, and what it would cost
  tangram apply --plan plan-ab12cd34    exactly what that plan said
  tangram defrag --plan                 what moving would win
  tangram allocate --memory 9GiB --wait --docker  a slice for a container of your own
  tangram ps                            every replica, and where it is
  tangram why sentiment                 why a model is where it is, or pending
  tangram replay --since 7d --policy fgd  what another policy would have done
  tangram token create                  the line that makes a host a node
  tangram get models -o yaml            the declarations, as apply reads them`,
    );
  let client: CoordinatorClient | undefined;
  const api: Api = () => {
    if (client !== undefined) return client;
    const { coordinator, config } = program.opts<{ coordinator?: string; config?: string }>();
    const context = deps.readContext(config);
    const named = coordinator?.split(',').map((address) => address.trim());
    client = deps.connect(named ?? context?.coordinators ?? [defaultCoordinator], context);
    return client;
  };
  addDeclarations(program, deps, api);
  addPlans(program, deps, api);
  addReads(program, deps, api);
  addChanges(program, deps, api);
  addNodes(program, deps, api);
  addAllocations(program, deps, api);
  addRecords(program, deps, api);
  addAccess(program, deps, api);
  addUsage(program, deps, api);
  addReplays(program, deps, api);
  addSimulate(program, deps);
  addSnapshots(program, deps, api);
  addTrust(program, deps, api);
  addWhatIf(program, deps, api);
  return program;
}

/** What an option does, and what leaving it out means where that says something: durations as people write them. */
function optionDescription({ description, defaultValue, flags, envVar }: Option): string {
  const shown: unknown = flags.includes('<duration>') ? durationText(defaultValue) : defaultValue;
  const known = typeof shown === 'number' || (typeof shown === 'string' && shown !== '');
  // What says its default in words has a number that stands for it.
  const left = known && !description.includes('(default') ? [`default: ${shown}`] : [];
  const notes = [...left, ...(envVar === undefined ? [] : [`env: ${envVar}`])];
  return notes.length === 0 ? description : `${description} (${notes.join(', ')})`;
}

function durationText(ms: unknown): unknown {
  if (typeof ms !== 'number' || ms === 0) return ms;
  return ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms / 1_000}s`;
}

import { Command, Option } from 'commander';
import { addChanges } from './change-commands.ts';
import type { CoordinatorClient } from './client.ts';
import { addDeclarations } from './declare-commands.ts';
import type { Api, CliDeps } from './deps.ts';
import { addPlans } from './plan-commands.ts';
import { addReads } from './read-commands.ts';
import { addRecords } from './record-commands.ts';
import { addReplays } from './replay-commands.ts';
import { exitCodesHelp } from './run.ts';
import { addSimulate } from './simulate-command.ts';
import { addWhatIf } from './whatif-command.ts';

const defaultCoordinator = '127.0.0.1:7443';

/** The whole of `tangram`. Rendering is pure; standard output is the answer, standard error the rest. */
export function createProgram(deps: CliDeps): Command {
  const program = new Command('tangram')
    .description('Pack models onto the GPUs of a cluster: declare them, watch them, ask why.')
    .version(deps.version)
    .addOption(
      new Option('--coordinator <host:port>', 'where the coordinator listens')
        .env('TANGRAM_COORDINATOR')
        .default(defaultCoordinator),
    )
    .showHelpAfterError('(--help after a command lists its options)')
    .showSuggestionAfterError()
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
  tangram ps                            every replica, and where it is
  tangram why sentiment                 why a model is where it is, or pending
  tangram replay --since 7d --policy fgd  what another policy would have done
  tangram get models -o yaml            the declarations, as apply reads them`,
    );
  let client: CoordinatorClient | undefined;
  const api: Api = () => {
    client ??= deps.connect(program.opts<{ coordinator: string }>().coordinator);
    return client;
  };
  addDeclarations(program, deps, api);
  addPlans(program, deps, api);
  addReads(program, deps, api);
  addChanges(program, deps, api);
  addRecords(program, deps, api);
  addReplays(program, deps, api);
  addSimulate(program, deps);
  addWhatIf(program, deps, api);
  return program;
}

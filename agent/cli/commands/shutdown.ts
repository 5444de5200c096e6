import { agree, type AddCommand } from '../cli-deps.ts';

/** `agentctl shutdown`. */
export const addShutdown: AddCommand = (program, deps, api) => {
  program
    .command('shutdown')
    .description('end the agent; its replicas run on, unless told otherwise')
    .option('--stop-replicas', 'stop its replicas first; a new start of the agent resumes them')
    .option('--yes', 'do not ask')
    .action(async (options: { readonly stopReplicas?: true; readonly yes?: true }) => {
      const agent = api();
      const stop = options.stopReplicas === true;
      const running = await agent.replicas();
      const plan = stop
        ? `end the agent and stop its ${running.length} replicas`
        : `end the agent; its ${running.length} replicas run on`;
      await agree(deps, { yes: options.yes === true, plan });
      const stopped = await agent.shutdown(stop);
      deps.out(`the agent ends; ${stopped} replicas stopped\n`);
    });
};

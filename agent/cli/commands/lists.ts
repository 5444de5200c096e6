import { renderGpus, renderHolders } from '../render.ts';
import { toJson, type AddCommand, type Json } from '../cli-deps.ts';

/** `agentctl ls` and `ps`. */
export const addLists: AddCommand = (program, deps, api) => {
  program
    .command('ls')
    .description('cards and their slices')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const gpus = await api().gpus();
      deps.out(json ? toJson(gpus) : renderGpus(gpus));
    });
  program
    .command('ps')
    .description('replicas and allocations on this node')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const agent = api();
      const [replicas, allocations] = await Promise.all([agent.replicas(), agent.allocations()]);
      deps.out(
        json
          ? toJson([
              ...replicas.map((each) => ({ kind: 'replica', ...each })),
              ...allocations.map((each) => ({ kind: 'allocation', ...each })),
            ])
          : renderHolders(replicas, allocations, deps.clock.wallMs()),
      );
    });
};

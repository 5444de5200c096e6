import { renderGpus, renderReplicas } from '../render.ts';
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
    .description('replicas on this node')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const replicas = await api().replicas();
      deps.out(json ? toJson(replicas) : renderReplicas(replicas, deps.clock.wallMs()));
    });
};

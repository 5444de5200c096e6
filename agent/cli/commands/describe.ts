import { AppError } from '../../../shared/platform/errors.ts';
import { renderGpu, renderNode, renderReplica } from '../render.ts';
import { findGpu, known, toJson, type AddCommand, type Json } from '../cli-deps.ts';

/** `agentctl describe …`. */
export const addDescribe: AddCommand = (program, deps, api) => {
  const describe = program.command('describe').description('everything about one thing');
  describe
    .command('gpu')
    .description('one card, its slices, and who uses it')
    .argument('<gpu>', 'index, UUID, or the beginning of one')
    .option('--json', 'machine-readable')
    .action(async (wanted: string, { json }: Json) => {
      const agent = api();
      const gpus = await agent.gpus();
      const gpu = findGpu(gpus, wanted);
      const sample = (await agent.top(0)).gpus.find(({ uuid }) => uuid === gpu.uuid);
      const processes = sample?.processes ?? null;
      deps.out(json ? toJson({ ...gpu, processes }) : renderGpu(gpu, processes, gpus));
    });
  describe
    .command('replica')
    .description('one replica')
    .argument('<replica>', 'as `agentctl ps` names it')
    .option('--json', 'machine-readable')
    .action(async (wanted: string, { json }: Json) => {
      const replicas = await api().replicas();
      const replica = replicas.find((each) => each.replica === wanted);
      if (replica === undefined) {
        throw new AppError('REPLICA_UNKNOWN', `no replica ${JSON.stringify(wanted)} on this node`, {
          hint: known(replicas.map((each) => each.replica)),
        });
      }
      deps.out(json ? toJson(replica) : renderReplica(replica));
    });
  describe
    .command('node')
    .description('the agent, its coordinator and the last round')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const node = await api().node();
      deps.out(json ? toJson(node) : renderNode(node));
    });
};

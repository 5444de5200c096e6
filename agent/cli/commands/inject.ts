import { InvalidArgumentError } from 'commander';
import { xidCodeMax } from '../../../shared/domain/xid-catalog.ts';
import { agree, count, findGpu, toJson, type AddCommand, type Json } from '../cli-deps.ts';
import { renderInjection } from '../render-health.ts';

interface Options extends Json {
  readonly gpu: string;
  readonly gi?: number;
  readonly pid?: number;
  readonly dryRun?: true;
  readonly yes?: true;
}

/** `agentctl inject xid …`. */
export const addInject: AddCommand = (program, deps, api) => {
  const inject = program.command('inject').description('rehearse a fault; hardware is not touched');
  inject
    .command('xid')
    .description('take an Xid as if the kernel had told of it, and mark it as injected')
    .argument('<code>', 'number of the Xid', count(xidCodeMax))
    .requiredOption('--gpu <gpu>', 'index, UUID, or the beginning of one')
    .option('--gi <id>', 'GPU instance that it names', instanceId)
    .option('--pid <pid>', 'process that it names', count(4_194_304))
    .option('--dry-run', 'tell what would follow, and change nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'machine-readable')
    .action(async (xid: number, options: Options) => {
      const agent = api();
      const gpu = findGpu(await agent.gpus(), options.gpu);
      const wish = { uuid: gpu.uuid, xid, gpuInstanceId: options.gi, pid: options.pid };
      const dryRun = options.dryRun === true;
      if (!dryRun) {
        const foretold = await agent.health.inject({ ...wish, dryRun: true });
        const plan = `mark GPU ${gpu.index} as ${foretold.after.state} until agentctl heal`;
        await agree(deps, { yes: options.yes === true, plan });
      }
      const outcome = await agent.health.inject({ ...wish, dryRun });
      deps.out(options.json ? toJson(outcome) : renderInjection(outcome, dryRun));
    });
};

function instanceId(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 255) return value;
  throw new InvalidArgumentError('Give the id of a GPU instance, 0 to 255; see agentctl ls.');
}

import { diagnose, renderDiagnosis } from '../doctor.ts';
import { toJson, type AddCommand, type Json } from '../cli-deps.ts';

/** `agentctl doctor`. */
export const addDoctor: AddCommand = (program, deps, api) => {
  program
    .command('doctor')
    .description('what keeps this node from its work; exits 1 when something does')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const agent = api();
      const [node, gpus, top] = await Promise.all([agent.node(), agent.gpus(), agent.top()]);
      const found = diagnose(node, gpus, top);
      deps.out(json ? toJson(found) : renderDiagnosis(found));
      deps.setExitCode(found.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0);
    });
};

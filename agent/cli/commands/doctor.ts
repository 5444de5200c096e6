import type { Command } from 'commander';
import { renderTable } from '../../../shared/platform/table.ts';
import type { Diagnosis } from '../../doctor/diagnosis.ts';
import { toJson, type AddCommand, type Json } from '../cli-deps.ts';
import { agentAnswers, configFileOption, configToJudge } from '../doctor-input.ts';

/** `agentctl doctor`. */
export const addDoctor: AddCommand = (program, deps, api) => {
  program
    .command('doctor')
    .description('what keeps this node from its work; exits 1 when something does')
    .addOption(configFileOption())
    .option('--json', 'machine-readable')
    .addHelpText(
      'after',
      '\nLooks at the host itself and at the agent; works while the agent is down. Best as root.',
    )
    .action(async ({ json }: Json, command: Command) => {
      // Loaded here: no other command looks at the host.
      const { gatherEvidence } = await import('../../doctor/gather.ts');
      const { diagnose } = await import('../../doctor/diagnose.ts');
      const found = diagnose(
        await gatherEvidence({
          configFile: await configToJudge(api(), command),
          askAgent: async () => agentAnswers(api()),
          askAgentAboutMps: async () => api().mps.capabilities(),
          clock: deps.clock,
          signal: deps.signal,
        }),
      );
      deps.out(json ? toJson(found) : renderDiagnosis(found));
      deps.setExitCode(found.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0);
    });
};

/** One line a check; what to do stands below what is not well, where it has room. */
export function renderDiagnosis(found: readonly Diagnosis[]): string {
  const table = renderTable(
    ['CHECK', 'VERDICT', 'FINDING'],
    found.map(({ check, verdict, finding }) => [check, verdict, finding]),
  );
  const advice = found.filter(({ advice: text }) => text !== '');
  if (advice.length === 0) return table;
  return `${table}\nWhat to do:\n${advice.map((line) => `  ${line.check}: ${line.advice}\n`).join('')}`;
}

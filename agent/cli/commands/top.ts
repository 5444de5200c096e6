import { renderTop } from '../render.ts';
import { toJson, type AddCommand, type Json } from '../cli-deps.ts';

const clearScreen = '\u001b[2J\u001b[H';
const topPeriodMs = 1_000;

/** `agentctl top`. */
export const addTop: AddCommand = (program, deps, api) => {
  program
    .command('top')
    .description('utilisation, memory, power and who uses it')
    .option('--once', 'print one sample and end')
    .option('--json', 'machine-readable; one line a sample')
    .action(async ({ once, json }: Json & { readonly once?: true }) => {
      const agent = api();
      for (;;) {
        const top = await agent.top();
        const clear = deps.isTerminal && once !== true && json !== true ? clearScreen : '';
        deps.out(json ? toJson(top) : `${clear}${renderTop(top)}`);
        if (once === true) return;
        await deps.clock.sleep(topPeriodMs, deps.signal).catch(() => undefined);
        if (deps.signal.aborted) return;
      }
    });
};

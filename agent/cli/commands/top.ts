import { toJson, type AddCommand, type Json } from '../cli-deps.ts';
import { runLive } from '../top/live.ts';
import { renderOnce } from '../top/once.ts';

const topPeriodMs = 1_000;
/** What a sparkline may show at first. */
const historySeconds = 120;

/** `agentctl top`. */
export const addTop: AddCommand = (program, deps, api) => {
  program
    .command('top')
    .description('utilisation, memory, power and who uses it; live on a terminal')
    .option('--once', 'print one sample as plain text and end')
    .option('--json', 'machine-readable; one line a sample')
    .addHelpText(
      'after',
      `
Keys: arrows or j/k move, enter folds and unfolds, e and c unfold and fold all, n m s p sort by name, memory, SM and
power, / filters (escape clears it), q quits. A figure with ~ is shared out and not measured; - is not known.
SM use is of the card; of a MIG instance and what stands below it, of that instance.`,
    )
    .action(async ({ once, json }: Json & { readonly once?: true }) => {
      const agent = api();
      if (deps.terminal !== null && once !== true && json !== true) {
        const { terminal, clock, signal } = deps;
        await runLive({ terminal, clock, signal, fetch: () => agent.top(historySeconds) });
        return;
      }
      for (;;) {
        const top = await agent.top();
        deps.out(json ? toJson(top) : renderOnce(top));
        if (once === true) return;
        await deps.clock.sleep(topPeriodMs, deps.signal).catch(() => undefined);
        if (deps.signal.aborted) return;
      }
    });
};

import { renderEvents } from '../render.ts';
import { count, toJson, type AddCommand, type Json } from '../cli-deps.ts';

/** `agentctl events` and `logs`. */
export const addRecords: AddCommand = (program, deps, api) => {
  program
    .command('events')
    .description('what happened on this node, newest last')
    .option('--limit <n>', 'at most so many', count(1_000), 100)
    .option('--json', 'machine-readable')
    .action(async ({ json, limit }: Json & { readonly limit: number }) => {
      const events = await api().events(limit);
      deps.out(json ? toJson(events) : renderEvents(events));
    });
  program
    .command('logs')
    .description('the last lines that a replica wrote')
    .argument('<replica>', 'as `agentctl ps` names it')
    .option('--tail <lines>', 'at most so many lines', count(10_000), 100)
    .option('--json', 'machine-readable')
    .action(async (replica: string, { json, tail }: Json & { readonly tail: number }) => {
      const text = await api().logs(replica, tail);
      if (json) deps.out(toJson({ replica, text }));
      else deps.out(text === '' || text.endsWith('\n') ? text : `${text}\n`);
    });
};

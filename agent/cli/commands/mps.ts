import { Option } from 'commander';
import { findGpu, toJson, count, type AddCommand, type Json } from '../cli-deps.ts';
import { renderMps } from '../render-mps.ts';

const linesMax = 1_000;

/** `agentctl mps` and `agentctl mps logs GPU`. Reads only. */
export const addMps: AddCommand = (program, deps, api) => {
  const mps = program.command('mps').description('MPS daemons: servers, clients, limits, faults');
  mps
    .command('status', { isDefault: true })
    .description('every card with its daemon, as the last round saw it (what `agentctl mps` shows)')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const cards = await api().mps.cards();
      deps.out(json ? toJson(cards) : renderMps(cards, deps.clock.wallMs()));
    });
  mps
    .command('logs')
    .description('the end of a daemon’s log')
    .argument('<gpu>', 'index or UUID')
    .addOption(
      new Option('--log <name>', 'which one').choices(['control', 'server']).default('server'),
    )
    .option('--tail <lines>', `how many lines, at most ${linesMax}`, count(linesMax), 100)
    .action(async (gpu: string, options: { log: 'control' | 'server'; tail: number }) => {
      const agent = api();
      const card = findGpu(await agent.gpus(), gpu);
      const text = await agent.mps.log({ gpu: card.uuid, log: options.log, lines: options.tail });
      deps.out(text === '' ? noLog(card.index, options.log) : `${text}\n`);
    });
};

function noLog(index: number, log: 'control' | 'server'): string {
  if (log === 'control') return `GPU ${index} has no MPS log: no daemon of ours has run on it.\n`;
  return `GPU ${index} has no log of an MPS server: no client has come yet, or no daemon of ours runs; agentctl mps tells which.\n`;
}

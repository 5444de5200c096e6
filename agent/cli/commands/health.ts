import { findGpu, toJson, type AddCommand, type Json } from '../cli-deps.ts';
import { renderHealth } from '../render-health.ts';

/** `agentctl health`. */
export const addHealth: AddCommand = (program, deps, api) => {
  program
    .command('health')
    .description('how well the cards are, why, and what to do')
    .argument('[gpu]', 'index, UUID, or the beginning of one')
    .option('--json', 'machine-readable')
    .action(async (wanted: string | undefined, { json }: Json) => {
      const agent = api();
      const all = await agent.health.read();
      const uuid = wanted === undefined ? undefined : findGpu(await agent.gpus(), wanted).uuid;
      const cards = all.cards.filter((card) => uuid === undefined || card.uuid === uuid);
      const health = { ...all, cards };
      deps.out(json ? toJson(health) : renderHealth(health, deps.clock.wallMs()));
    });
};

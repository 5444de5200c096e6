import { AppError } from '../../../shared/platform/errors.ts';
import type { AgentDoor } from '../api/agent-door.ts';
import { agree, findGpu, toJson, type AddCommand, type CliDeps, type Json } from '../cli-deps.ts';
import { renderHealPlan, renderRecovery } from '../render-health.ts';

const pollMs = 1_000;

interface Options extends Json {
  readonly dryRun?: true;
  readonly yes?: true;
  readonly wait: boolean;
}

/** `agentctl heal`. */
export const addHeal: AddCommand = (program, deps, api) => {
  program
    .command('heal')
    .description('empty, reset, restore, verify and re-admit a card; journaled')
    .argument('<gpu>', 'index, UUID, or the beginning of one')
    .option('--dry-run', 'print the plan and end')
    .option('--yes', 'do not ask')
    .option('--no-wait', 'end when the recovery has begun; agentctl health follows it')
    .option('--json', 'machine-readable: the plan')
    .action(async (wanted: string, options: Options) => {
      const agent = api();
      const gpu = findGpu(await agent.gpus(), wanted);
      const plan = await agent.health.planHeal(gpu.uuid);
      deps.out(options.json ? toJson(plan) : renderHealPlan(plan));
      if (options.dryRun) return;
      const what = plan.resets ? `reset GPU ${gpu.index} as above` : `re-admit GPU ${gpu.index}`;
      await agree(deps, { yes: options.yes === true, plan: what });
      await agent.health.heal(gpu.uuid);
      if (options.wait) await follow(deps, agent, { uuid: gpu.uuid, quiet: options.json === true });
    });
};

/** Tells each state once. The recovery goes on when nobody follows it. Throws GPU_REFUSED when it fails. */
async function follow(
  deps: CliDeps,
  agent: AgentDoor,
  { uuid, quiet }: { readonly uuid: string; readonly quiet: boolean },
): Promise<void> {
  let told = '';
  while (!deps.signal.aborted) {
    const { cards } = await agent.health.read();
    const card = cards.find((each) => each.uuid === uuid);
    const recovery = card?.recovery ?? null;
    const line = renderRecovery(recovery) ?? 'begins';
    if (line !== told && !quiet) deps.out(`${line}\n`);
    told = line;
    if (recovery?.state === 'readmitted') return;
    if (recovery?.state === 'failed') {
      throw new AppError('GPU_REFUSED', `the card is not well: ${recovery.detail}`, {
        hint: 'look at agentctl health and the kernel log',
      });
    }
    await deps.clock.sleep(pollMs, deps.signal).catch(() => undefined);
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCards } from '../shared/domain/card.ts';
import { AppError } from '../shared/platform/errors.ts';
import type { AgentConfig } from './config.ts';
import { runCommand } from './drivers/process/run-command.ts';

const initTimeoutMs = 30_000;

/**
 * The configuration of a node whose cards are simulated: the same commands by other names. Beyond this function
 * nothing knows of it. Throws CONFIG_INVALID.
 */
export async function simulateCards(
  config: AgentConfig,
  cards: string,
  signal: AbortSignal,
): Promise<AgentConfig> {
  const known = parseCards(cards);
  if (!known.ok) {
    const { message, hint } = known.problem;
    const options = hint === undefined ? {} : { hint };
    throw new AppError('CONFIG_INVALID', `--simulate: ${message}`, options);
  }
  const state = join(config.stateDir, 'simulator');
  const inState = ['--sim-state', state];
  const nvidiaSmi = [...program('nvidia-smi'), ...inState];
  const made = await runCommand(
    { argv: [...nvidiaSmi, '--sim-init', cards], timeoutMs: initTimeoutMs },
    signal,
  );
  if (made.exitCode !== 0) {
    const said = (made.stderr || made.stdout).trim().split('\n')[0] ?? '';
    throw new AppError('CONFIG_INVALID', `--simulate: cannot make the cards ${cards}`, {
      cause: new Error(said),
      hint: `remove ${state} to begin with new cards`,
    });
  }
  return {
    ...config,
    nvidiaSmi: { ...config.nvidiaSmi, enabled: true, command: nvidiaSmi },
    mps: { ...config.mps, controlCommand: [...program('mps-control'), ...inState] },
    dcgm: {
      ...config.dcgm,
      command: [...program('dcgmi'), ...inState],
      stopCommands: [[...program('dcgmi'), ...inState, '--sim-hostengine', 'stop']],
      startCommands: [[...program('dcgmi'), ...inState, '--sim-hostengine', 'start']],
    },
    gpu: { ...config.gpu, handout: 'env' },
    // The kernel of this host tells nothing of simulated cards.
    health: { ...config.health, kernelLog: join(state, 'kmsg') },
  };
}

/** argv of one of the simulator's programs: as TypeScript beside the sources, as JavaScript beside the built agent. */
function program(name: string): string[] {
  const source = fileURLToPath(new URL(`./simulator/${name}/bin.ts`, import.meta.url));
  const built = fileURLToPath(new URL(`./simulator/${name}/bin.js`, import.meta.url));
  if (existsSync(built)) return [process.execPath, built];
  // The loader that runs this source runs that one too.
  return [process.execPath, ...process.execArgv, source];
}

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { errorChain } from '../../shared/platform/errors.ts';
import { parseAgentConfig, readAgentConfig, type AgentConfig } from '../config.ts';
import type { Settings, Told } from './evidence.ts';

/** Where the configuration is looked for; `named` says that somebody asked for exactly this file. */
export interface ConfigFile {
  readonly path: string;
  readonly named: boolean;
  /** What a running agent takes for nvidia-smi; null: the file tells. Empty: cards are not looked for. */
  readonly nvidiaSmi: readonly string[] | null;
}

/** What is judged of a configuration, and the whole of it for those who ask the tools that it names. */
export interface Known {
  readonly settings: Settings;
  readonly config: AgentConfig;
}

/** Reads how this node is set up; a file that is missing or wrong is told as such. */
export function readSettings({ path, named, nvidiaSmi: told }: ConfigFile): Told<Known> {
  const exists = existsSync(path) || named;
  try {
    // Without a file the agent would run with the defaults: those are judged.
    const read = exists ? readAgentConfig(path) : parseAgentConfig('', path);
    const config = told === null ? read : withCommand(read, told);
    const { nvidiaSmi, docker, mps, gpu, coordinator, http, stateDir } = config;
    const settings: Settings = {
      file: exists ? path : null,
      cardsWanted: nvidiaSmi.enabled,
      realCards: nvidiaSmi.enabled && basename(nvidiaSmi.command[0] ?? '') === 'nvidia-smi',
      dockerWanted: docker.enabled,
      mpsWanted: mps.enabled && nvidiaSmi.enabled,
      handout: gpu.handout,
      coordinator: coordinator[0]?.text ?? null,
      httpAddress: http.text,
      stateDir,
    };
    return { kind: 'told', value: { config, settings } };
  } catch (error) {
    return { kind: 'untold', reason: errorChain(error) };
  }
}

function withCommand(config: AgentConfig, command: readonly string[]): AgentConfig {
  const [program, ...args] = command;
  if (program === undefined) {
    return { ...config, nvidiaSmi: { ...config.nvidiaSmi, enabled: false } };
  }
  return { ...config, nvidiaSmi: { ...config.nvidiaSmi, command: [program, ...args] } };
}

import { Option, type Command } from 'commander';
import type { AgentAnswers, MpsAnswer } from '../doctor/evidence.ts';
import type { ConfigFile } from '../doctor/settings.ts';
import type { AgentDoor } from './api/agent-door.ts';
import type { MpsCardRecord } from './api/mps-api.ts';

const defaultConfig = '/etc/tangram/agent.yaml';

interface ConfigOption {
  readonly config: string;
}

export function configFileOption(): Option {
  return new Option('--config <file>', 'the agent’s configuration')
    .env('TANGRAM_AGENT_CONFIG')
    .default(defaultConfig);
}

/**
 * The file that the caller named, else the one that a running agent read, else the usual place. A running agent also
 * knows what it takes for nvidia-smi: a flag may have changed that.
 */
export async function configToJudge(agent: AgentDoor, command: Command): Promise<ConfigFile> {
  const { config } = command.opts<ConfigOption>();
  const named = command.getOptionValueSource('config') !== 'default';
  const node = await agent.node().catch(() => null);
  const told = node === null || node.configFile === '' ? null : node;
  return {
    path: named || told === null ? config : told.configFile,
    named: named || told !== null,
    nvidiaSmi: told?.nvidiaSmiCommand ?? null,
  };
}

/** What the doctor judges of the agent's own view. */
export async function agentAnswers(agent: AgentDoor): Promise<AgentAnswers> {
  const [node, gpus, top, health, mps] = await Promise.all([
    agent.node(),
    agent.gpus(),
    agent.top(0),
    // What an older agent does not tell takes nothing from the rest.
    agent.health.read().catch(() => null),
    agent.mps.cards().catch(() => []),
  ]);
  return {
    version: node.agentVersion,
    driverVersion: node.driverVersion,
    roundOutcome: node.roundOutcome,
    roundDetail: node.roundDetail,
    runtimes: node.runtimes,
    gpuHandout: node.gpuHandout,
    coordinator: node.coordinator,
    coordinatorConnected: node.coordinatorConnected,
    coordinatorDetail: node.coordinatorDetail,
    sampleAgeMs: top.ageMs,
    samplesStale: top.stale,
    sampledCards: top.gpus.length,
    kernelLog: health?.kernelLog,
    mpsCards: mps.map(mpsAnswer),
    gpus,
  };
}

function mpsAnswer(card: MpsCardRecord): MpsAnswer {
  const { index, computeMode, computeModeBefore, servers, waiting } = card;
  return {
    index,
    shared: card.owned && card.state === 'answering',
    computeMode,
    computeModeBefore,
    servedUids: servers.flatMap(({ uid }) => uid ?? []),
    waitingUids: waiting.map(({ uid }) => uid),
  };
}

import { Option } from 'commander';
import type { AgentAnswers } from '../doctor/evidence.ts';
import type { AgentDoor } from './api/agent-door.ts';

const defaultConfig = '/etc/tangram/agent.yaml';

export interface ConfigOption {
  readonly config: string;
}

export function configFileOption(): Option {
  return new Option('--config <file>', 'the agent’s configuration')
    .env('TANGRAM_AGENT_CONFIG')
    .default(defaultConfig);
}

/** What the doctor judges of the agent's own view. */
export async function agentAnswers(agent: AgentDoor): Promise<AgentAnswers> {
  const [node, gpus, top] = await Promise.all([agent.node(), agent.gpus(), agent.top(0)]);
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
    sampledCards: top.gpus.length,
    gpus,
  };
}

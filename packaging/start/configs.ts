import { createHash } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { parseNodeName } from '../../shared/domain/ids.ts';
import type { Layout } from './layout.ts';
import type { Ports } from './ports.ts';
import { simulatedDcgmiArgv, simulatedMpsArgv, simulatorArgv } from './wrappers.ts';

export interface ConfigChoices {
  readonly layout: Layout;
  readonly ports: Ports;
  readonly runtime: 'docker' | 'process';
  /** null: simulated cards, all ours. Otherwise the UUIDs of the host's idle cards; the others are only observed. */
  readonly realCards: readonly string[] | null;
}

export interface ConfigFiles {
  readonly coordinator: string;
  readonly agent: string;
}

/** Writes the two files that the programs are started with. They may be read and compared; each start writes them anew. */
export function writeConfigs(choices: ConfigChoices): ConfigFiles {
  const files = {
    coordinator: join(choices.layout.configDir, 'coordinator.yaml'),
    agent: join(choices.layout.configDir, 'agent.yaml'),
  };
  const head = '# Written by npm start; the next start writes it anew.\n';
  writeFileSync(files.coordinator, head + stringify(coordinatorConfig(choices)));
  writeFileSync(files.agent, head + stringify(agentConfig(choices)));
  // Whatever the umask: an agent trusts no policy that others could have written.
  const policy = join(choices.layout.configDir, 'policy.yaml');
  writeFileSync(policy, head + stringify(nodePolicy(choices)));
  chmodSync(policy, 0o600);
  chmodSync(choices.layout.configDir, 0o700);
  return files;
}

function coordinatorConfig({ layout, ports }: ConfigChoices): object {
  return {
    stateDir: layout.coordinatorState,
    grpc: `127.0.0.1:${ports.grpc}`,
    join: `127.0.0.1:${ports.join}`,
    http: `127.0.0.1:${ports.http}`,
    readyFile: layout.coordinatorReady,
  };
}

/** The cluster on one machine runs what its owner starts it with: where there is no Docker, plain processes. */
function nodePolicy({ runtime }: ConfigChoices): object {
  return { processRuntime: runtime === 'process' ? 'allow' : 'deny' };
}

function agentConfig({ layout, ports, runtime, realCards }: ConfigChoices): object {
  const common = {
    node: nodeName(layout),
    coordinator: `127.0.0.1:${ports.grpc}`,
    stateDir: layout.agentState,
    socket: layout.socket,
    http: `127.0.0.1:${ports.metrics}`,
    runtime,
    policy: 'policy.yaml',
    readyFile: layout.agentReady,
  };
  if (realCards !== null) {
    return {
      ...common,
      authority: 'observe',
      gpuAuthority: Object.fromEntries(realCards.map((uuid) => [uuid, 'cut'])),
      // Ctrl-C ends everything at once: a compute mode that was changed would stay on somebody's card.
      mps: { dir: layout.mpsDir, computeMode: 'keep' },
      gpu: { handout: runtime === 'docker' ? 'toolkit' : 'env' },
    };
  }
  return {
    ...common,
    authority: 'cut',
    nvidiaSmi: { command: simulatorArgv(layout) },
    mps: {
      controlCommand: simulatedMpsArgv(layout),
      dir: layout.mpsDir,
    },
    dcgm: {
      command: simulatedDcgmiArgv(layout),
      stopCommands: [[...simulatedDcgmiArgv(layout), '--sim-hostengine', 'stop']],
      startCommands: [[...simulatedDcgmiArgv(layout), '--sim-hostengine', 'start']],
    },
    // The kernel of this host tells nothing of simulated cards.
    health: { kernelLog: join(layout.simState, 'kmsg') },
    // A simulated card has no device file: variables and MPS mounts are all that can be handed out.
    gpu: { handout: 'env' },
  };
}

/** Two folders on one host share its Docker Engine, and an agent knows its containers by the name of its node. */
function nodeName(layout: Layout): string {
  const folder = createHash('sha256').update(layout.stateDir).digest('hex').slice(0, 4);
  const parsed = parseNodeName((hostname().split('.')[0] ?? '').toLowerCase().slice(0, 58));
  return `${parsed.ok ? parsed.value : 'local'}-${folder}`;
}

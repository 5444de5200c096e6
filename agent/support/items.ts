import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../shared/platform/clock.ts';
import type { AgentConfig } from '../config.ts';
import { readEngineFacts } from '../drivers/docker/engine-facts.ts';
import { runCommand } from '../drivers/process/run-command.ts';
import type { BundleItem } from './bundle.ts';

const commandMsMax = 30_000;
const outputBytesMax = 32 * 1024 * 1024;
const mpsCardsMax = 64;
const journal = 'journalctl --unit tangram-agent --lines 5000 --no-pager --output short-iso'.split(
  ' ',
);

/** What is asked of the host; `config` is null where it cannot be read. */
export interface HostItemsOptions {
  readonly config: AgentConfig | null;
  readonly configFile: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Everything that a support engineer asks for first: tools' outputs in all their forms, logs, files of the host. */
export async function hostItems(options: HostItemsOptions): Promise<readonly BundleItem[]> {
  const { config, configFile } = options;
  const smi = config?.nvidiaSmi.command ?? ['nvidia-smi'];
  const command = (path: string, argv: readonly string[]): BundleItem => ({
    path,
    from: argv.join(' '),
    read: async () => runText(argv, options),
  });
  return [
    file('config/agent.yaml', configFile),
    ...smiOutputs.map(([path, args]) => command(path, [...smi, ...args])),
    command('dcgm/discovery.txt', ['dcgmi', 'discovery', '-l']),
    command('dcgm/health.txt', ['dcgmi', 'health', '-c']),
    command('versions/toolkit.txt', ['nvidia-ctk', '--version']),
    command('versions/docker.txt', ['docker', 'version']),
    {
      path: 'docker/engine.json',
      from: 'GET /info',
      read: async () =>
        toText(await readEngineFacts(config?.docker.socket ?? '/var/run/docker.sock')),
    },
    command('kmsg/dmesg.log', ['dmesg', '--time-format', 'iso']),
    command('logs/agent.log', journal),
    ...hostFiles.map(([path, from]) => file(path, from)),
    command('host/lspci.txt', ['lspci', '-nnk']),
    ...(await mpsLogs(config)),
  ];
}

/** Folders are the kinds of saved outputs, so that the bundle can be inspected as it is. */
const smiOutputs: readonly (readonly [string, readonly string[]])[] = [
  ['smi-version/version.txt', ['--version']],
  ['smi-table/table.txt', []],
  ['smi-list/list.txt', ['-L']],
  ['smi-q/q.txt', ['-q']],
  ['xml/q.xml', ['-q', '-x']],
  [
    'smi-csv/compute-apps.csv',
    ['--query-compute-apps=gpu_uuid,pid,used_memory,name', '--format=csv'],
  ],
  ['mig/lgip.txt', ['mig', '-lgip']],
  ['mig/lgipp.txt', ['mig', '-lgipp']],
  ['mig/lgi.txt', ['mig', '-lgi']],
  ['mig/lci.txt', ['mig', '-lci']],
  ['topo/topo.txt', ['topo', '-m']],
  ['nvlink/status.txt', ['nvlink', '-s']],
];

const hostFiles: readonly (readonly [string, string])[] = [
  ['host/os-release', '/etc/os-release'],
  ['host/kernel', '/proc/version'],
  ['host/command-line', '/proc/cmdline'],
  ['host/memory', '/proc/meminfo'],
  ['host/driver', '/proc/driver/nvidia/version'],
  ['host/daemon.json', '/etc/docker/daemon.json'],
];

function file(path: string, from: string): BundleItem {
  return { path, from, read: async () => readFile(from, 'utf8') };
}

async function mpsLogs(config: AgentConfig | null): Promise<readonly BundleItem[]> {
  if (config === null) return [];
  const cards = await readdir(config.mps.dir).catch((): string[] => []);
  return cards
    .slice(0, mpsCardsMax)
    .flatMap((card) =>
      ['control.log', 'server.log'].map((name) =>
        file(`mps/${card}/${name}`, join(config.mps.dir, card, 'log', name)),
      ),
    );
}

/** A tool's refusal is what support wants to see, whatever its exit code. */
async function runText(argv: readonly string[], options: HostItemsOptions): Promise<string> {
  const { clock, signal } = options;
  const limits = { timeoutMs: commandMsMax, outputBytesMax, clock };
  const { stdout, stderr } = await runCommand({ argv, ...limits }, signal);
  return stderr === '' ? stdout : `${stdout}${stderr}`;
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

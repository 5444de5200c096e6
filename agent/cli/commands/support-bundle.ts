import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../../shared/platform/errors.ts';
import type { ConfigFile } from '../../doctor/settings.ts';
import type { BundleEntry, BundleItem } from '../../support/bundle.ts';
import type { AgentDoor } from '../api/agent-door.ts';
import { toJson, type AddCommand, type CliDeps, type Json } from '../cli-deps.ts';
import { agentAnswers, configFileOption, configToJudge } from '../doctor-input.ts';

const eventsTold = 1_000;

interface BundleOptions extends Json {
  readonly output?: string;
}

/** `agentctl support-bundle`. */
export const addSupportBundle: AddCommand = (program, deps, api) => {
  program
    .command('support-bundle')
    .description('everything that helps to see what is wrong here, as one archive without secrets')
    .option('-o, --output <file>', 'where to put it (default: tangram-<host>-<time>.tar.gz here)')
    .addOption(configFileOption())
    .option('--json', 'machine-readable')
    .addHelpText(
      'after',
      `
Values beside telling names (password, token, key, …), credentials in addresses and tokens of known shape are
taken out. Look through it before you send it: agentctl inspect reads what the tools printed.`,
    )
    .action(async (options: BundleOptions, command: Command) => {
      const configFile = await configToJudge(api(), command);
      const { file, entries } = await makeBundle(deps, api, { output: options.output, configFile });
      deps.out(options.json ? toJson({ file, items: entries }) : renderBundle(file, entries));
    });
};

async function makeBundle(
  deps: CliDeps,
  api: () => AgentDoor,
  options: { readonly output: string | undefined; readonly configFile: ConfigFile },
): Promise<{ readonly file: string; readonly entries: readonly BundleEntry[] }> {
  // Loaded here: no other command packs archives or looks at the host.
  const { create } = await import('tar');
  const { writeBundle } = await import('../../support/bundle.ts');
  const { hostItems } = await import('../../support/items.ts');
  const { readSettings } = await import('../../doctor/settings.ts');
  const { clock, signal } = deps;
  const stamp = new Date(clock.wallMs()).toISOString().replaceAll(/[:.]/g, '-');
  const name = `tangram-${hostname()}-${stamp}`;
  const file = resolve(options.output ?? `${name}.tar.gz`);
  const { configFile } = options;
  const known = readSettings(configFile);
  const config = known.kind === 'told' ? known.value.config : null;
  const folder = await mkdtemp(join(tmpdir(), 'tangram-bundle-'));
  try {
    const items = [
      await doctorItem(deps, api, configFile),
      ...agentItems(api),
      ...(await hostItems({ config, configFile: configFile.path, clock, signal })),
    ];
    const about = { version: deps.version, clock, signal };
    const entries = await writeBundle(join(folder, name), items, about);
    // Its reader is one person: nobody else on this host needs it.
    await create({ gzip: true, file, cwd: folder, portable: true, mode: 0o600 }, [name]);
    return { file, entries };
  } catch (cause) {
    throw new AppError('PROCESS_FAILED', `cannot make ${file}`, { cause });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function doctorItem(
  deps: CliDeps,
  api: () => AgentDoor,
  configFile: ConfigFile,
): Promise<BundleItem> {
  const { gatherEvidence } = await import('../../doctor/gather.ts');
  const { diagnose } = await import('../../doctor/diagnose.ts');
  const { clock, signal } = deps;
  const askAgent = async () => agentAnswers(api());
  const askAgentAboutMps = async () => api().mps.capabilities();
  return json('doctor.json', 'agentctl doctor', async () =>
    diagnose(await gatherEvidence({ configFile, askAgent, askAgentAboutMps, clock, signal })),
  );
}

function agentItems(api: () => AgentDoor): readonly BundleItem[] {
  return [
    json('agent/node.json', 'agentctl describe node', async () => api().node()),
    json('agent/gpus.json', 'agentctl ls', async () => api().gpus()),
    json('agent/replicas.json', 'agentctl ps', async () => api().replicas()),
    json('agent/allocations.json', 'agentctl ps', async () => api().allocations()),
    json('agent/top.json', 'agentctl top', async () => api().top(0)),
    json('agent/events.json', 'agentctl events', async () => api().events(eventsTold)),
    json('agent/health.json', 'agentctl health', async () => api().health.read()),
    json('agent/layouts.json', 'agentctl mig show', async () => api().layouts.cards()),
    {
      path: 'agent/layouts.yaml',
      from: 'agentctl mig export',
      read: async () => api().layouts.exported(),
    },
    json('agent/mps.json', 'agentctl mps', async () => api().mps.cards()),
  ];
}

function json(path: string, from: string, read: () => Promise<unknown>): BundleItem {
  return { path, from, read: async () => `${JSON.stringify(await read(), null, 2)}\n` };
}

function renderBundle(file: string, entries: readonly BundleEntry[]): string {
  const missing = entries.filter(({ problem }) => problem !== null);
  return [
    ...missing.map(({ path, problem }) => `not there: ${path}: ${problem ?? ''}`),
    `${entries.length - missing.length} of ${entries.length} files in ${file}`,
    '',
  ].join('\n');
}

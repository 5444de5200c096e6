import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { systemClock } from '../shared/platform/clock.ts';
import { requireAddress } from '../shared/platform/listen-address.ts';
import { AppError } from '../shared/platform/errors.ts';
import { packageVersion } from '../shared/platform/version.ts';
import { readAgentConfig, parseAgentConfig } from './config.ts';
import { changeConfigFile } from './identity/config-edit.ts';
import { IdentityFiles } from './identity/identity-files.ts';
import { joinCluster } from './identity/join.ts';
import { askJoin, askTrust } from './link/identity-calls.ts';
import { startService, unitConfigFile } from './start-service.ts';

interface JoinFlags {
  readonly token: string;
  readonly config: string;
  readonly node?: string;
  readonly start: boolean;
}

/** `tangram-agent join <address> --token …`: makes this host a node. `argv` is what follows `join`. Throws AppError. */
export async function runJoin(argv: readonly string[], out: (text: string) => void): Promise<void> {
  const program = new Command('tangram-agent join')
    .description('Makes this host a node of the cluster whose coordinator listens at <address>.')
    .version(packageVersion)
    .argument('<address>', 'host:port, as tangram token create printed it')
    .addOption(
      new Option('--token <token>', 'the join token, as tangram token create printed it')
        .env('TANGRAM_JOIN_TOKEN')
        .makeOptionMandatory(),
    )
    .option('--config <file>', 'YAML configuration of the agent', unitConfigFile)
    .option(
      '--node <name>',
      'name of this node; without it: of the configuration, else of the host',
    )
    .option('--no-start', 'leave the service tangram-agent as it is')
    .addHelpText(
      'after',
      '\nWrites key, certificate and roots to the folder identity of the state directory, and coordinator,\n' +
        'labels and a given name to the configuration. Run it as the user that the agent runs as. Where systemd\n' +
        `runs and the unit tangram-agent, which reads ${unitConfigFile}, is installed, it is enabled and started.\n` +
        'Exit codes: 0 joined, or had before; 1 failure; 2 wrong usage or configuration.',
    )
    .exitOverride();
  program.parse([...argv], { from: 'user' });
  const [address = ''] = program.args;
  requireAddress(address);
  await join(address, program.opts<JoinFlags>(), out);
}

async function join(
  address: string,
  { token, config: named, node, start }: JoinFlags,
  out: (text: string) => void,
): Promise<void> {
  const file = resolve(named);
  const text = node === undefined ? '' : `node: ${node}\n`;
  const config = existsSync(file) ? readAgentConfig(file) : parseAgentConfig(text, file);
  if (node !== undefined && config.node !== node) {
    throw new AppError('CONFIG_INVALID', `${file} names this node ${config.node}, not ${node}`, {
      hint: 'change node there, or leave --node out',
    });
  }
  const files = new IdentityFiles(config.stateDir);
  const { clusterId, notAfterMs, joined } = await joinCluster(
    { files, askTrust, askJoin, clock: systemClock },
    { address, token, node: config.node },
  );
  const until = new Date(notAfterMs).toISOString();
  out(
    joined === null
      ? `${config.node} is a node of ${clusterId} already; its certificate is valid until ${until}\n`
      : `${config.node} joined ${clusterId}; its certificate is valid until ${until} and renews itself\n`,
  );
  const changed = joined !== null && changeConfigFile(file, { node: node ?? null, ...joined });
  if (changed) out(`wrote ${file}\n`);
  out(await serve(file, { start, changed }));
}

/** The one pasted line is to be enough; a line that was broken off may be pasted again. */
async function serve(
  file: string,
  { start, changed }: { readonly start: boolean; readonly changed: boolean },
): Promise<string> {
  if (start && file === unitConfigFile && (await startService({ again: changed }))) {
    return 'tangram-agent runs, now and after each boot; agentctl doctor looks at this host\n';
  }
  return changed ? `an agent that runs with ${file} has to be started anew\n` : '';
}

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

interface JoinFlags {
  readonly token: string;
  readonly config: string;
  readonly node?: string;
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
    .option('--config <file>', 'YAML configuration of the agent', '/etc/tangram/agent.yaml')
    .option(
      '--node <name>',
      'name of this node; without it: of the configuration, else of the host',
    )
    .addHelpText(
      'after',
      '\nWrites key, certificate and roots to the folder identity of the state directory, and coordinator,\n' +
        'labels and a given name to the configuration. Run it as the user that the agent runs as. A running\n' +
        'agent takes the identity up by itself; it has to be restarted when its configuration changed.\n' +
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
  { token, config: named, node }: JoinFlags,
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
  const outcome = await joinCluster(
    { files, askTrust, askJoin, clock: systemClock },
    { address, token, node: config.node },
  );
  const until = new Date(outcome.notAfterMs).toISOString();
  if (outcome.joined === null) {
    out(
      `${config.node} is a node of ${outcome.clusterId} already; its certificate is valid until ${until}\n`,
    );
    return;
  }
  const { coordinators, labels } = outcome.joined;
  const changed = changeConfigFile(file, { node: node ?? null, coordinators, labels });
  out(
    `${config.node} joined ${outcome.clusterId}; its certificate is valid until ${until} and renews itself\n`,
  );
  out(changed ? `wrote ${file}; now run: systemctl restart tangram-agent\n` : '');
}

import { existsSync } from 'node:fs';
import { AppError } from '../shared/platform/errors.ts';
import { runCommand, type CommandResult } from './drivers/process/run-command.ts';

/** What the unit of the package gives to `--config`. */
export const unitConfigFile = '/etc/tangram/agent.yaml';

const unit = 'tangram-agent.service';
/** Of a host that systemd has booted (sd_booted(3)). */
const booted = '/run/systemd/system';
/** A start ends when the agent says that it is ready; systemd itself gives up before. */
const startMsMax = 180_000;

export interface ServiceHost {
  /** Whether systemd runs here. */
  readonly managed: () => boolean;
  readonly systemctl: (args: readonly string[]) => Promise<CommandResult>;
}

const thisHost: ServiceHost = {
  managed: () => existsSync(booted),
  systemctl: async (args) =>
    runCommand(
      { argv: ['systemctl', ...args], timeoutMs: startMsMax },
      new AbortController().signal,
    ),
};

/**
 * Has systemd run the agent from now on; `again`: anew where it runs already. Answers false where there is no systemd or
 * no unit. Throws PROCESS_FAILED when it does not come up.
 */
export async function startService(
  { again }: { readonly again: boolean },
  { managed, systemctl }: ServiceHost = thisHost,
): Promise<boolean> {
  if (!managed() || (await systemctl(['cat', unit])).exitCode !== 0) return false;
  for (const args of [
    ['enable', '--quiet', unit],
    [again ? 'restart' : 'start', unit],
  ]) {
    const { exitCode, stderr } = await systemctl(args);
    if (exitCode === 0) continue;
    throw new AppError('PROCESS_FAILED', `joined, but systemctl ${args.join(' ')} failed`, {
      cause: stderr.trim().split('\n')[0] ?? '',
      hint: `journalctl -u ${unit} -n 20 says more; it can be started by hand once that is mended`,
    });
  }
  return true;
}

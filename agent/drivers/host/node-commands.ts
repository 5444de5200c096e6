import { AppError } from '../../../shared/platform/errors.ts';
import { runCommand } from '../process/run-command.ts';

/** A command that takes longer is killed: a layout change waits for it. */
const timeoutMs = 60_000;

/** Runs commands of the node's configuration one after the other. Throws PROCESS_FAILED at the first that ends non-zero. */
export async function runNodeCommands(
  commands: readonly (readonly string[])[],
  signal: AbortSignal,
): Promise<void> {
  for (const argv of commands) {
    const { exitCode, stdout, stderr } = await runCommand({ argv, timeoutMs }, signal);
    if (exitCode === 0) continue;
    const said = `${stderr}\n${stdout}`.trim().split('\n').slice(-2).join(' ').slice(0, 400);
    throw new AppError('PROCESS_FAILED', `${argv.join(' ')} ended with ${exitCode}`, {
      ...(said === '' ? {} : { cause: new Error(said) }),
      hint: 'run it by hand; its argv is in the configuration of this agent',
    });
  }
}

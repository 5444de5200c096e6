import { AppError } from '../../../shared/platform/errors.ts';

/** Why a program could not be started at all, as an AppError with what to do about it. */
export function spawnError(argv: readonly string[], cause: unknown): AppError {
  const program = argv[0] ?? '';
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT') {
    return new AppError('DRIVER_AWAY', `cannot find the program ${JSON.stringify(program)}`, {
      hint: `install it, or correct its path in the configuration (tried: ${shownCommand(argv)})`,
    });
  }
  if (code === 'EACCES') {
    return new AppError('PROCESS_FAILED', `may not execute ${JSON.stringify(program)}`, {
      cause,
      hint: 'make the file executable for the user of the agent',
    });
  }
  return new AppError('PROCESS_FAILED', `cannot start ${shownCommand(argv)}`, { cause });
}

const shownCommandMax = 200;

/** A command as people read it in messages: cut, never meant for a shell. */
export function shownCommand(argv: readonly string[]): string {
  const text = argv.join(' ');
  return text.length > shownCommandMax ? `${text.slice(0, shownCommandMax)}…` : text;
}

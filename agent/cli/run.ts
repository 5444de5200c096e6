import { CommanderError, type Command } from 'commander';
import {
  AppError,
  errorChain,
  errorCodes,
  errorHint,
  isAppError,
} from '../../shared/platform/errors.ts';

const exitCodes = { ok: 0, failure: 1, usage: 2, notFound: 3, unreachable: 5 } as const;

const grpcNotFound = 5;
const grpcInvalidArgument = 3;

/** Runs one command line. Answers the exit code when it failed; null: the command has set its own. */
export async function runProgram(
  program: Command,
  argv: readonly string[],
  writeError: (text: string) => void,
): Promise<number | null> {
  exitByThrowing(program, writeError);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return null;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version end by throwing too, with 0. Commander has already said what was wrong.
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    }
    writeError(renderError(error));
    return exitCodeOf(error);
  }
}

/** What happened, why, and what to do about it: one or two lines. */
export function renderError(error: unknown): string {
  const hint = errorHint(error);
  return `error: ${errorChain(error)}\n${hint === undefined ? '' : `hint: ${hint}\n`}`;
}

function exitCodeOf(error: unknown): number {
  if (!isAppError(error)) return exitCodes.failure;
  if (error.code === 'AGENT_AWAY') return exitCodes.unreachable;
  const status: number = errorCodes[error.code].grpcStatus;
  if (status === grpcNotFound) return exitCodes.notFound;
  return status === grpcInvalidArgument ? exitCodes.usage : exitCodes.failure;
}

/** A failed connection says which socket, and why nobody may be there. */
export function explainAway(error: unknown, socket: string): unknown {
  if (!isAppError(error, 'AGENT_AWAY')) return error;
  const why = /connect (E[A-Z]+)/.exec(errorChain(error.cause))?.[1];
  return new AppError('AGENT_AWAY', error.message, {
    cause: why === undefined ? error.cause : (reasons[why] ?? why),
    hint: `is the agent running, and is ${socket} its socket? name another with --socket or TANGRAM_SOCKET`,
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ECONNREFUSED: 'the socket is there, but nobody listens on it',
  EACCES: 'this user may not use the socket',
};

function exitByThrowing(command: Command, writeError: (text: string) => void): void {
  command.exitOverride().configureOutput({ ...command.configureOutput(), writeErr: writeError });
  for (const inner of command.commands) exitByThrowing(inner, writeError);
}

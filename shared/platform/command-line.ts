import { CommanderError, type Command } from 'commander';
import { errorChain, errorCodes, errorHint, isAppError } from './errors.ts';

/** What every command of ours ends with. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  unreachable: 5,
  interrupted: 130,
} as const;

/** By gRPC status: INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, ABORTED. */
const exitByStatus: ReadonlyMap<number, number> = new Map([
  [3, exitCodes.usage],
  [5, exitCodes.notFound],
  [6, exitCodes.conflict],
  [10, exitCodes.conflict],
]);

/** Runs one command line. Answers the exit code when it failed; null: the command has set its own. */
export async function runCommandLine(
  program: Command,
  argv: readonly string[],
  note: (text: string) => void,
): Promise<number | null> {
  exitByThrowing(program, note);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return null;
  } catch (error) {
    // Help and version end by throwing too, with 0. Commander has already said what was wrong.
    if (error instanceof CommanderError) return usageExitCode(error);
    note(renderError(error));
    return exitCodeOf(error);
  }
}

/** What happened, why, and what to do about it: one or two lines. */
export function renderError(error: unknown): string {
  const hint = errorHint(error);
  return `error: ${errorChain(error)}\n${hint === undefined ? '' : `hint: ${hint}\n`}`;
}

/** How a service that could not start or go on ends: one line, and 2 where its operator must mend the configuration. */
export function renderServiceEnd(
  service: string,
  error: unknown,
): { readonly line: string; readonly exitCode: number } {
  if (error instanceof CommanderError) return { line: '', exitCode: usageExitCode(error) };
  const hint = errorHint(error);
  const mistaken = isAppError(error, 'CONFIG_INVALID') || isAppError(error, 'ADDRESS_REFUSED');
  return {
    line: `${service}: ${errorChain(error)}${hint === undefined ? '' : `; ${hint}`}\n`,
    exitCode: mistaken ? exitCodes.usage : exitCodes.failure,
  };
}

function usageExitCode(error: CommanderError): number {
  return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
}

function exitCodeOf(error: unknown): number {
  if (!isAppError(error)) return exitCodes.failure;
  if (error.code === 'AGENT_AWAY' || error.code === 'COORDINATOR_AWAY')
    return exitCodes.unreachable;
  return exitByStatus.get(errorCodes[error.code].grpcStatus) ?? exitCodes.failure;
}

function exitByThrowing(command: Command, note: (text: string) => void): void {
  command.exitOverride().configureOutput({ ...command.configureOutput(), writeErr: note });
  for (const inner of command.commands) exitByThrowing(inner, note);
}

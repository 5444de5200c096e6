import { CommanderError, type Command } from 'commander';
import {
  AppError,
  errorChain,
  errorCodes,
  errorHint,
  isAppError,
} from '../../shared/platform/errors.ts';

/** What `tangram` ends with. `plan` has its own: 0 no change, 1 changes, 255 error. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  unreachable: 5,
  planChanges: 1,
  planError: 255,
  interrupted: 130,
} as const;

export const exitCodesHelp = `Exit codes:
  0    done
  1    failed, or the answer to a question was no
  2    wrong usage, or a manifest that is refused
  3    not found; why: the model is pending
  4    conflict: somebody else changed it
  5    the coordinator does not answer
  130  interrupted
  plan has its own: 0 no change, 1 changes, 255 error`;

/** By gRPC status: INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, ABORTED. */
const exitByStatus: ReadonlyMap<number, number> = new Map([
  [3, exitCodes.usage],
  [5, exitCodes.notFound],
  [6, exitCodes.conflict],
  [10, exitCodes.conflict],
]);

/** Runs one command line. Answers the exit code when it failed; null: the command has set its own. */
export async function runProgram(
  program: Command,
  argv: readonly string[],
  note: (text: string) => void,
): Promise<number | null> {
  exitByThrowing(program, note);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return null;
  } catch (error) {
    const planning = program.args[0] === 'plan';
    if (error instanceof CommanderError) {
      // Help and version end by throwing too, with 0. Commander has already said what was wrong.
      if (error.exitCode === 0) return exitCodes.ok;
      return planning ? exitCodes.planError : exitCodes.usage;
    }
    note(renderError(error));
    return planning ? exitCodes.planError : exitCodeOf(error);
  }
}

/** What happened, why, and what to do about it: one or two lines. */
export function renderError(error: unknown): string {
  const hint = errorHint(error);
  return `error: ${errorChain(error)}\n${hint === undefined ? '' : `hint: ${hint}\n`}`;
}

function exitCodeOf(error: unknown): number {
  if (!isAppError(error)) return exitCodes.failure;
  if (error.code === 'COORDINATOR_AWAY') return exitCodes.unreachable;
  return exitByStatus.get(errorCodes[error.code].grpcStatus) ?? exitCodes.failure;
}

/** A question that nobody is there to answer is an error of usage, told before anything is done. */
export function needsYes(what: string): AppError {
  return new AppError('REQUEST_INVALID', `refused to ${what}: nobody is here to confirm it`, {
    hint: 'add --yes, or --dry-run to see what it would do',
  });
}

function exitByThrowing(command: Command, note: (text: string) => void): void {
  command.exitOverride().configureOutput({ ...command.configureOutput(), writeErr: note });
  for (const inner of command.commands) exitByThrowing(inner, note);
}

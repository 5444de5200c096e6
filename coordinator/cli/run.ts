import type { Command } from 'commander';
import { exitCodes as common, runCommandLine } from '../../shared/platform/command-line.ts';
import { AppError } from '../../shared/platform/errors.ts';

/** What `tangram` ends with. `plan` and `whatif` have their own: 0 no change, 1 changes, 255 error. */
export const exitCodes = { ...common, planChanges: 1, planError: 255 } as const;

export const exitCodesHelp = `Exit codes:
  0    done
  1    failed, or the answer to a question was no
  2    wrong usage, or a manifest that is refused
  3    not found; why: the model is pending
  4    conflict: somebody else changed it
  5    the coordinator does not answer
  130  interrupted
  plan and whatif have their own: 0 no change, 1 changes, 255 error`;

/** Runs one command line. Answers the exit code when it failed; null: the command has set its own. */
export async function runProgram(
  program: Command,
  argv: readonly string[],
  note: (text: string) => void,
): Promise<number | null> {
  const code = await runCommandLine(program, argv, note);
  const failed = code !== null && code !== exitCodes.ok;
  const answers = ['plan', 'whatif'].includes(program.args[0] ?? '');
  return failed && answers ? exitCodes.planError : code;
}

/** A question that nobody is there to answer is an error of usage, told before anything is done. */
export function needsYes(what: string): AppError {
  return new AppError('REQUEST_INVALID', `refused to ${what}: nobody is here to confirm it`, {
    hint: 'add --yes, or --dry-run to see what it would do',
  });
}

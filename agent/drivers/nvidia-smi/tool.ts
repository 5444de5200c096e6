import type { Problem, Result } from '../../../shared/domain/result.ts';
import { renderProblem } from '../../../shared/domain/result.ts';
import { systemClock, type Clock } from '../../../shared/platform/clock.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import { readProc, type ProcEntry } from '../process/proc-table.ts';
import { runCommand, type CommandResult } from '../process/run-command.ts';
import { Turnstile } from '../../../shared/platform/turnstile.ts';

export interface NvidiaSmiOptions {
  /** The program and what always stands before our arguments; from the node's configuration. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A first call without persistence mode initialises the driver, which takes seconds. */
  readonly queryTimeoutMs?: number;
  /** A mode change may reset the card. */
  readonly changeTimeoutMs?: number;
  readonly clock?: Clock;
}

const outputBytesMax = 4 * 1024 * 1024;

/** The program itself: one invocation at a time, because two at once are how it hangs. */
export interface Tool {
  readonly clock: Clock;
  readonly options: NvidiaSmiOptions;
  /** Runs it to its end; the exit code is the caller's to judge. */
  run(
    args: readonly string[],
    kind: 'query' | 'change',
    signal: AbortSignal,
  ): Promise<CommandResult>;
}

export function createTool(options: NvidiaSmiOptions): Tool {
  const turnstile = new Turnstile();
  const clock = options.clock ?? systemClock;
  let hung: ProcEntry | null = null;
  return {
    clock,
    options,
    run: (args, kind, signal) =>
      turnstile.enter(async () => {
        checkNoneHangs(hung);
        return runCommand(
          {
            onLeftBehind: (pid) => (hung = readProc(pid)),
            argv: [...options.command, ...args],
            ...(options.env === undefined ? {} : { env: options.env }),
            timeoutMs:
              kind === 'query'
                ? (options.queryTimeoutMs ?? 30_000)
                : (options.changeTimeoutMs ?? 120_000),
            outputBytesMax,
            clock,
          },
          signal,
        );
      }, signal),
  };
}

/** A tool that hangs in the kernel is not joined by a second one each round: they would pile up. */
function checkNoneHangs(hung: ProcEntry | null): void {
  if (hung === null) return;
  const now = readProc(hung.pid);
  if (now === null || now.zombie || now.startTicks !== hung.startTicks) return;
  throw new AppError('DRIVER_AWAY', `an earlier nvidia-smi (pid ${hung.pid}) hangs in the kernel`, {
    hint: 'look at the kernel log for Xid messages; the host probably needs a reboot',
  });
}

/** The value of a parse, or OUTPUT_UNREADABLE with the line and what was being read. */
export function readable<T>(result: Result<T>, what: string): T {
  if (result.ok) return result.value;
  throw unreadableOutput(what, result.problem);
}

export function unreadableOutput(what: string, problem: Problem): AppError {
  return new AppError('OUTPUT_UNREADABLE', `cannot read ${what}`, {
    cause: new Error(renderProblem(problem)),
    hint: 'run the command by hand; if it looks right, report its output and the driver version',
  });
}

import { execa } from 'execa';
import { AppError } from '../../../shared/platform/errors.ts';
import { systemClock, type Clock } from '../../../shared/platform/clock.ts';
import { endGroup } from './process-group.ts';
import { shownCommand, spawnError } from './process-error.ts';

export interface CommandOptions {
  /** The program and its arguments; never a shell line. */
  readonly argv: readonly string[];
  /** Added to our own environment; `LC_ALL=C` is always set. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to standard input, which is then closed. */
  readonly input?: string;
  /** SIGTERM after this, SIGKILL `killGraceMs` later. */
  readonly timeoutMs: number;
  readonly killGraceMs?: number;
  /** More output than this (of either stream) ends the command. */
  readonly outputBytesMax?: number;
  /** Told when even SIGKILL does not end it (it hangs in the kernel) and it is left behind. */
  readonly onLeftBehind?: (pid: number) => void;
  readonly clock?: Clock;
}

export interface CommandResult {
  /** 128 + n when a signal that we did not send ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const outputBytesMaxDefault = 4 * 1024 * 1024;
const killGraceMsDefault = 2_000;
/** How long a killed command may take to be gone. A process in uninterruptible sleep never is. */
const killedGoneMs = 2_000;
const exitCodeBySignal: Readonly<Record<string, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGABRT: 134,
  SIGKILL: 137,
  SIGSEGV: 139,
  SIGPIPE: 141,
  SIGTERM: 143,
};

/**
 * Runs one command to its end. A non-zero exit is a result, not an error. Throws DRIVER_AWAY (no such program),
 * PROCESS_TIMEOUT, PROCESS_FAILED (cannot start, too much output), or the signal's reason.
 */
export async function runCommand(
  options: CommandOptions,
  signal: AbortSignal,
): Promise<CommandResult> {
  signal.throwIfAborted();
  const [program, ...args] = options.argv;
  if (program === undefined) throw new AppError('PROCESS_FAILED', 'the command is empty');
  const clock = options.clock ?? systemClock;
  const graceMs = options.killGraceMs ?? killGraceMsDefault;
  // A group of its own: a wrapper script's children hold the pipes too, and must end with it.
  const child = execa(program, args, {
    detached: true,
    cleanup: false,
    reject: false,
    stripFinalNewline: false,
    encoding: 'utf8',
    env: { ...options.env, LC_ALL: 'C' },
    maxBuffer: options.outputBytesMax ?? outputBytesMaxDefault,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });
  const over = new AbortController();
  const killer = endWhenLate({ pid: child.pid, graceMs, timeoutMs: options.timeoutMs, clock }, [
    signal,
    over.signal,
  ]);
  const result = await Promise.race([child, leftBehind(killer, clock, over.signal)]);
  over.abort();
  const late = await killer;
  if (result === 'left-behind') {
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.unref();
    if (child.pid !== undefined) options.onLeftBehind?.(child.pid);
  }
  signal.throwIfAborted();
  if (late || result === 'left-behind') {
    throw new AppError(
      'PROCESS_TIMEOUT',
      `${shownCommand(options.argv)} did not end within ${options.timeoutMs} ms`,
      {
        hint:
          result === 'left-behind'
            ? 'it does not even end when killed: look at the kernel log; a card may have hung'
            : 'it was killed; run it by hand to see whether it hangs',
      },
    );
  }
  if (result.isMaxBuffer) {
    if (child.pid !== undefined) await endGroup(child.pid, 0, clock, new AbortController().signal);
    throw new AppError(
      'PROCESS_FAILED',
      `${shownCommand(options.argv)} printed more than ${options.outputBytesMax ?? outputBytesMaxDefault} bytes`,
    );
  }
  const exitCode = result.exitCode ?? exitCodeBySignal[result.signal ?? ''];
  if (exitCode === undefined) throw spawnError(options.argv, result.cause ?? result);
  return { exitCode, stdout: result.stdout, stderr: result.stderr };
}

/** Resolves when a command that was told to end has had its time and is still there; never otherwise. */
async function leftBehind(
  told: Promise<boolean>,
  clock: Clock,
  over: AbortSignal,
): Promise<'left-behind'> {
  await told;
  try {
    await clock.sleep(killedGoneMs, over);
    return 'left-behind';
  } catch {
    return new Promise(() => {}); // It ended: the other side of the race has won.
  }
}

interface Deadline {
  readonly pid: number | undefined;
  readonly timeoutMs: number;
  readonly graceMs: number;
  readonly clock: Clock;
}

/** Ends the group at the deadline, or when the caller aborts. Answers whether the deadline passed. */
async function endWhenLate(
  deadline: Deadline,
  [caller, over]: readonly [AbortSignal, AbortSignal],
): Promise<boolean> {
  let late = false;
  try {
    await deadline.clock.sleep(deadline.timeoutMs, AbortSignal.any([caller, over]));
    late = true;
  } catch {
    // The command is over, or the caller gave up.
  }
  if (deadline.pid !== undefined) {
    await endGroup(deadline.pid, deadline.graceMs, deadline.clock, over);
  }
  return late;
}

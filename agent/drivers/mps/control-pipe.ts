import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { GpuUuid } from '../../../shared/domain/ids.ts';
import type { Clock } from '../../../shared/platform/clock.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import { Turnstile } from '../../../shared/platform/turnstile.ts';
import { parseMpsAnswer, type MpsAnswer } from '../../formats/mps/mps-reply.ts';
import { runCommand, type CommandResult } from '../process/run-command.ts';

/** Where the daemon of one card keeps its sockets, its logs and its card. */
export interface CardFolders {
  readonly gpu: GpuUuid;
  readonly pipe: string;
  readonly log: string;
}

export interface PipeOptions {
  readonly controlCommand: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly commandTimeoutMs: number;
  readonly clock: Clock;
}

const outputBytesMax = 1024 * 1024;
/**
 * The daemon serves one questioner at a time and drops a second one: exit 1 with `Cannot send command to MPS control
 * daemon process`, or without a word (seen on drivers 535 and 550). Ours wait for each other; a person's may be in between.
 */
const droppedTriesMax = 5;
const droppedWaitMs = 50;

/** The control pipe of one card's daemon. Every question is one short-lived process with a time limit. */
export interface ControlPipe {
  readonly folders: CardFolders;
  /** Several commands go in one process; their replies come as one text. Throws MPS_FAILED, PROCESS_TIMEOUT. */
  ask(commands: readonly string[], signal: AbortSignal): Promise<MpsAnswer>;
  /** Every daemon makes its socket anew. Not its pid: that of a dead one may be given to any process. */
  incarnation(): string | null;
}

export function cardFolders(directory: string, gpu: GpuUuid): CardFolders {
  return { gpu, pipe: join(directory, gpu, 'pipe'), log: join(directory, gpu, 'log') };
}

/** The variables by which the daemon, its clients and its questioners find each other. */
export function pipeEnv(folders: CardFolders): Readonly<Record<string, string>> {
  return { CUDA_MPS_PIPE_DIRECTORY: folders.pipe, CUDA_MPS_LOG_DIRECTORY: folders.log };
}

export function openControlPipe(folders: CardFolders, options: PipeOptions): ControlPipe {
  const socket = join(folders.pipe, 'control');
  const turnstile = new Turnstile();
  const askOnce = (
    commands: readonly string[],
    signal: AbortSignal,
  ): ReturnType<typeof runCommand> =>
    runCommand(
      {
        argv: options.controlCommand,
        env: { ...options.env, ...pipeEnv(folders) },
        input: `${commands.join('\n')}\n`,
        timeoutMs: options.commandTimeoutMs,
        outputBytesMax,
        clock: options.clock,
      },
      signal,
    );
  const ask = async (commands: readonly string[], signal: AbortSignal): Promise<MpsAnswer> => {
    // Without a socket nobody listens, and no process is spawned to learn that.
    if (!existsSync(socket)) return { kind: 'no-daemon' };
    for (let tries = 1; ; tries += 1) {
      const result = await askOnce(commands, signal);
      const reply = parseMpsAnswer(result.stdout, result.stderr);
      if (result.exitCode === 0 || reply.kind !== 'text') return reply;
      if (tries >= droppedTriesMax) throw unanswered(folders, commands, result);
      await options.clock.sleep(droppedWaitMs, signal);
    }
  };
  return {
    folders,
    incarnation: () => {
      const stat = statSync(socket, { bigint: true, throwIfNoEntry: false });
      return stat === undefined ? null : `${stat.ino}-${stat.ctimeNs}`;
    },
    ask: (commands, signal) => turnstile.enter(() => ask(commands, signal), signal),
  };
}

function unanswered(
  { gpu }: CardFolders,
  commands: readonly string[],
  { stdout, stderr, exitCode }: CommandResult,
): AppError {
  const words = `${stderr}${stdout}`.trim().slice(0, 400);
  const doing = `cannot ask the MPS daemon of ${gpu} for ${commands.join(', ')}`;
  return new AppError('MPS_FAILED', doing, { cause: new Error(words || `exit ${exitCode}`) });
}

/** The daemon's own log, for hints. */
export function controlLogOf(folders: CardFolders): string {
  return join(folders.log, 'control.log');
}

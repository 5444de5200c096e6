import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { AppError } from '../../../shared/platform/errors.ts';
import { systemClock, type Clock } from '../../../shared/platform/clock.ts';
import { endGroup } from './process-group.ts';
import { shownCommand, spawnError } from './process-error.ts';

export interface LineStreamOptions {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Nothing printed for so long: the child is taken for hung. */
  readonly stallMs: number;
  readonly lineLengthMax?: number;
  readonly killGraceMs?: number;
  readonly clock?: Clock;
}

const lineLengthMaxDefault = 64 * 1024;
const killedGoneMs = 2_000;
const stderrKeptMax = 4 * 1024;

/**
 * A long-lived child's lines as it prints them. What is not read yet stays in the pipe, so nothing grows: a slow
 * reader blocks the child. Returns when the child exits with 0 and throws PROCESS_FAILED when it ends otherwise,
 * PROCESS_TIMEOUT when it stalls, DRIVER_AWAY when there is no such program. Leaving the loop ends the child.
 */
export async function* streamLines(
  options: LineStreamOptions,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  signal.throwIfAborted();
  const child = open(options);
  const clock = options.clock ?? systemClock;
  const ended = new AbortController();
  const exit = waitForExit(child, ended);
  const stderr = keepTail(child.stderr);
  const killGraceMs = options.killGraceMs ?? 1_000;
  // At once, also while the reader is busy elsewhere: whoever aborts may be waiting for the child to be gone.
  const onAbort = (): void => {
    if (child.pid !== undefined) void endGroup(child.pid, killGraceMs, clock, ended.signal);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    yield* linesOf(child.stdout, options, signal);
    const code = await exit;
    signal.throwIfAborted();
    if (code === 0) return;
    throw new AppError(
      'PROCESS_FAILED',
      `${shownCommand(options.argv)} ended with exit code ${code ?? 'unknown'}`,
      stderr.text() === '' ? {} : { cause: new Error(stderr.text().trim()) },
    );
  } catch (error) {
    if (child.pid === undefined) throw spawnError(options.argv, await exit.catch(asCause));
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    child.stdout.destroy();
    if (child.pid !== undefined && !ended.signal.aborted) {
      await endGroup(child.pid, killGraceMs, clock, ended.signal);
      // Bounded: a child that hangs in the kernel does not even end when killed.
      await clock.sleep(killedGoneMs, ended.signal).catch(() => {});
      child.unref();
    }
  }
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function open(options: LineStreamOptions): Child {
  const [program, ...args] = options.argv;
  if (program === undefined) throw new AppError('PROCESS_FAILED', 'the command is empty');
  return spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env, LC_ALL: 'C' },
  });
}

/** Resolves with the exit code (null: a signal), rejects when it could not be started; aborts `ended` either way. */
function waitForExit(child: Child, ended: AbortController): Promise<number | null> {
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => {
      ended.abort();
      reject(error);
    });
    child.once('exit', (code) => {
      ended.abort();
      resolve(code);
    });
  });
  exit.catch(() => {}); // Read where it matters; a child that never started must not be an unhandled rejection.
  return exit;
}

async function* linesOf(
  source: Readable,
  options: LineStreamOptions,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const chunks = source.setEncoding('utf8')[Symbol.asyncIterator]();
  let rest = '';
  for (;;) {
    const next = await nextWithin(chunks, options, signal);
    if (next === null) break;
    rest += next;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > (options.lineLengthMax ?? lineLengthMaxDefault)) {
      throw new AppError(
        'PROCESS_FAILED',
        `${shownCommand(options.argv)} printed a line that is too long`,
      );
    }
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  if (rest !== '') yield rest.replace(/\r$/, '');
}

/** The next chunk, null at the end; throws when the child stalls or the caller gives up. */
async function nextWithin(
  chunks: AsyncIterator<unknown>,
  options: LineStreamOptions,
  signal: AbortSignal,
): Promise<string | null> {
  const done = new AbortController();
  const stalled = (options.clock ?? systemClock)
    .sleep(options.stallMs, AbortSignal.any([signal, done.signal]))
    .then(
      () => 'stalled' as const,
      () => 'aborted' as const,
    );
  const read = chunks.next();
  read.catch(() => {}); // Once the race is lost, the destroyed stream's error belongs to nobody.
  try {
    const winner = await Promise.race([read, stalled]);
    if (winner === 'stalled') {
      throw new AppError(
        'PROCESS_TIMEOUT',
        `${shownCommand(options.argv)} printed nothing for ${options.stallMs} ms`,
      );
    }
    if (winner === 'aborted') {
      signal.throwIfAborted();
      return null;
    }
    return winner.done === true ? null : String(winner.value);
  } finally {
    done.abort();
  }
}

function keepTail(source: Readable): { text(): string } {
  let tail = '';
  source.setEncoding('utf8').on('data', (chunk: string) => {
    tail = (tail + chunk).slice(-stderrKeptMax);
  });
  return { text: () => tail };
}

function asCause(error: unknown): unknown {
  return error;
}

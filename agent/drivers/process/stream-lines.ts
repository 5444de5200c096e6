import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { AppError } from '../../../shared/platform/errors.ts';
import { systemClock, type Clock } from '../../../shared/platform/clock.ts';
import { shortSignal } from '../../../shared/platform/short-signal.ts';
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
/** The end of a child may be told before its last words, and somebody else may hold their pipe. */
const lastWordsMs = 500;

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
    await within(lastWordsMs, stderr.closed, { clock, signal });
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
  const chunks: AsyncIterator<unknown> = source.setEncoding('utf8')[Symbol.asyncIterator]();
  const watchdog = watch(options, signal);
  let rest = '';
  try {
    for (;;) {
      const next = await watchdog.within(chunks.next());
      if (next.done === true) break;
      rest += String(next.value);
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > (options.lineLengthMax ?? lineLengthMaxDefault)) {
        throw new AppError(
          'PROCESS_FAILED',
          `${shownCommand(options.argv)} printed a line that is too long`,
        );
      }
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
  } finally {
    watchdog.stop();
  }
  if (rest !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest;
}

interface Watchdog {
  /** What is being waited for; rejects when it does not come in time, or with the signal's reason. */
  within<T>(wanted: Promise<T>): Promise<T>;
  stop(): void;
}

/**
 * Only time in which a chunk is waited for counts: a reader that is busy makes no child hang. One timer runs on while
 * chunks come and looks back when it ends, because one for each of them cost a tenth of all CPU time of the agent at 1 Hz.
 */
function watch(options: LineStreamOptions, signal: AbortSignal): Watchdog {
  const clock = options.clock ?? systemClock;
  const stopped = new AbortController();
  let waiting: { readonly sinceMs: number; fail(reason: unknown): void } | null = null;
  const run = async (until: AbortSignal): Promise<void> => {
    let restMs = options.stallMs;
    while (restMs > 0) {
      await clock.sleep(restMs, until);
      const waitedMs = waiting === null ? 0 : clock.monotonicMs() - waiting.sinceMs;
      restMs = options.stallMs - waitedMs;
    }
    waiting?.fail(
      new AppError(
        'PROCESS_TIMEOUT',
        `${shownCommand(options.argv)} printed nothing for ${options.stallMs} ms`,
      ),
    );
  };
  run(AbortSignal.any([signal, stopped.signal])).catch(() => waiting?.fail(signal.reason));
  return {
    within: async (wanted) => {
      signal.throwIfAborted();
      wanted.catch(() => {}); // Once the race is lost, the destroyed stream's error belongs to nobody.
      try {
        return await new Promise((resolve, reject) => {
          waiting = { sinceMs: clock.monotonicMs(), fail: reject };
          wanted.then(resolve, reject);
        });
      } finally {
        waiting = null;
      }
    },
    stop: () => stopped.abort(),
  };
}

function keepTail(source: Readable): { text(): string; readonly closed: Promise<void> } {
  let tail = '';
  source.setEncoding('utf8').on('data', (chunk: string) => {
    tail = (tail + chunk).slice(-stderrKeptMax);
  });
  const closed = new Promise<void>((resolve) => {
    source.once('close', resolve);
  });
  return { text: () => tail, closed };
}

/** Waits for `wanted`, but not for longer than `ms`. */
async function within(
  ms: number,
  wanted: Promise<void>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const waiting = shortSignal(signal);
  const late = clock.sleep(ms, waiting.signal).catch(() => {});
  await Promise.race([wanted, late]);
  waiting.end();
}

function asCause(error: unknown): unknown {
  return error;
}

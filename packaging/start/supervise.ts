import { z } from 'zod';
import { systemClock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { lastLines, startChild, type Child, type ChildSpec } from './child.ts';
import { readJson, removeFile } from './json-file.ts';

const readyMsMax = 60_000;
const readyPollMs = 50;
const logLinesShown = 15;
const restartsMax = 5;
const restartWindowMs = 60_000;
const restartPauseMs = 1_000;

/** What a program writes once its doors are open. */
const readySchema = z.record(z.string(), z.unknown());

export interface Program {
  readonly spec: ChildSpec;
  readonly readyFile: string;
}

/** Starts a program and waits until it says that its doors are open. Throws PROCESS_FAILED with the end of its log. */
export async function startProgram(
  { spec, readyFile }: Program,
  options: { readonly append: boolean; readonly onStarted: (child: Child) => void },
  signal: AbortSignal,
): Promise<Child> {
  removeFile(readyFile);
  const child = startChild(spec, options);
  options.onStarted(child);
  const deadlineMs = systemClock.monotonicMs() + readyMsMax;
  while (readJson(readyFile, readySchema) === null) {
    if (!child.isRunning()) throw ended(spec, await child.ended);
    if (systemClock.monotonicMs() > deadlineMs) {
      throw ended(spec, `not ready after ${readyMsMax / 1_000} s`);
    }
    await systemClock.sleep(readyPollMs, signal);
  }
  return child;
}

/**
 * Keeps a program running until the signal: one that ends is reported with the end of its log and started again, as a
 * service manager would. Throws PROCESS_FAILED when it ends too often.
 */
export async function keepRunning(
  program: Program,
  first: Child,
  hooks: { readonly say: (text: string) => void; readonly onStarted: (child: Child) => void },
  signal: AbortSignal,
): Promise<void> {
  let child = first;
  const ends: number[] = [];
  for (;;) {
    const how = await orAborted(child.ended, signal);
    if (how === null || signal.aborted) return;
    const now = systemClock.monotonicMs();
    ends.push(now);
    const failure = ended(program.spec, how);
    if (ends.filter((at) => now - at < restartWindowMs).length > restartsMax) throw failure;
    hooks.say(`${failure.message}\n${failure.hint ?? ''}\nstarting the ${program.spec.name} again`);
    await systemClock.sleep(restartPauseMs, signal).catch(() => undefined);
    if (signal.aborted) return;
    child = await startProgram(program, { append: true, onStarted: hooks.onStarted }, signal);
  }
}

async function orAborted(end: Promise<string>, signal: AbortSignal): Promise<string | null> {
  if (signal.aborted) return null;
  return new Promise<string | null>((resolve) => {
    const onAbort = (): void => resolve(null);
    signal.addEventListener('abort', onAbort, { once: true });
    void end.then((how) => {
      signal.removeEventListener('abort', onAbort);
      return resolve(how);
    });
  });
}

function ended(spec: ChildSpec, how: string): AppError {
  const lines = lastLines(spec.logFile, logLinesShown);
  return new AppError('PROCESS_FAILED', `the ${spec.name} ended (${how})`, {
    hint: `the end of ${spec.logFile}:\n${lines.replaceAll(/^/gm, '    ')}`,
  });
}

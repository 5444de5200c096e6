import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { systemClock } from '../../shared/platform/clock.ts';
import { identify, type KnownProcess } from './owner.ts';

export interface ChildSpec {
  readonly name: string;
  readonly argv: readonly string[];
  readonly logFile: string;
  readonly env: Readonly<Record<string, string>>;
}

/** One program that we started, in a process group of its own: Ctrl-C reaches us and not it. */
export interface Child {
  readonly spec: ChildSpec;
  readonly identity: KnownProcess | null;
  /** Resolves when it has ended, with how: `exit 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  isRunning(): boolean;
  /** SIGTERM, then SIGKILL after `graceMs`. Resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
}

/** Starts a program; what it writes goes to its log file, and the log of the run before is kept beside it. */
export function startChild(spec: ChildSpec, options: { readonly append: boolean }): Child {
  if (!options.append && existsSync(spec.logFile)) renameSync(spec.logFile, `${spec.logFile}.1`);
  const log = openSync(spec.logFile, 'a');
  const [file = process.execPath, ...args] = spec.argv;
  const child = spawn(file, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...spec.env },
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`));
  });
  return {
    spec,
    identity: child.pid === undefined ? null : identify(child.pid),
    ended,
    isRunning: () => runs(child),
    stop: async (graceMs) => {
      if (!runs(child)) return;
      child.kill('SIGTERM');
      if (await endsWithin(ended, graceMs)) return;
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The end of a log file, for a message about why its writer ended. */
export function lastLines(logFile: string, count: number): string {
  if (!existsSync(logFile)) return '';
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}

async function endsWithin(ended: Promise<string>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = systemClock.sleep(ms, timer.signal).then(
    () => false,
    () => true,
  );
  const done = await Promise.race([ended.then(() => true), late]);
  timer.abort();
  return done;
}

function runs(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

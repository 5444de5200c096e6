import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { AppError } from '../../../shared/platform/errors.ts';
import { spawnError } from './process-error.ts';

export interface DetachedOptions {
  readonly argv: readonly string[];
  /** The child's whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Standard output and error are appended here. */
  readonly outputFile: string;
}

export interface DetachedProcess {
  /** Also the id of its session and process group. */
  readonly pid: number;
  /** Its exit code, while this process is its parent; null: ended by a signal. */
  readonly exited: Promise<number | null>;
}

/**
 * Starts a process in a session of its own, which outlives us and holds none of our pipes.
 * Plain `spawn`: execa would keep buffers and a promise for a child that we mean to forget.
 */
export async function spawnDetached(options: DetachedOptions): Promise<DetachedProcess> {
  const [program, ...args] = options.argv;
  if (program === undefined) throw new AppError('PROCESS_FAILED', 'the command is empty');
  const output = openSync(options.outputFile, 'a', 0o640);
  try {
    const child = spawn(program, args, {
      detached: true,
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', output, output],
    });
    const exited = new Promise<number | null>((resolve) => {
      child.once('exit', (code) => resolve(code));
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    if (child.pid === undefined) throw new Error('the system gave it no process id');
    return { pid: child.pid, exited };
  } catch (cause) {
    throw spawnError(options.argv, cause);
  } finally {
    closeSync(output);
  }
}

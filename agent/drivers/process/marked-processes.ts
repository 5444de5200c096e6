import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { valueIn } from './proc-environ.ts';

/** A process that was started with a variable that says what it belongs to. */
export interface MarkedProcess {
  readonly pid: number;
  /** The kernel's: 15 characters at most. */
  readonly name: string;
  /** Of the variable. */
  readonly value: string;
}

/** Finds them. Throws when the processes cannot be listed. */
export type FindMarked = (signal: AbortSignal) => Promise<readonly MarkedProcess[]>;

/** So many are looked into at a time, so that a host with thousands is not read in one go. */
const atOnce = 64;
const processesMax = 65_536;

/**
 * Every process of the machine that has `variable` in its environment, in containers too; whoever may not be read is left
 * out. Source: proc_pid_environ(5), the environment that it was started with.
 */
export async function findMarked(
  variable: string,
  signal: AbortSignal,
  procDirectory = '/proc',
): Promise<readonly MarkedProcess[]> {
  const names = await readdir(procDirectory);
  const pids = names.filter((name) => /^\d+$/.test(name)).slice(0, processesMax);
  const found: MarkedProcess[] = [];
  for (let at = 0; at < pids.length; at += atOnce) {
    signal.throwIfAborted();
    const looked = pids.slice(at, at + atOnce).map((pid) => lookInto(procDirectory, pid, variable));
    found.push(...(await Promise.all(looked)).flat());
  }
  return found.sort((a, b) => a.pid - b.pid);
}

async function lookInto(
  procDirectory: string,
  pid: string,
  variable: string,
): Promise<readonly MarkedProcess[]> {
  try {
    const environment = await readFile(join(procDirectory, pid, 'environ'), 'utf8');
    const value = valueIn(environment, variable);
    if (value === null) return [];
    const name = await readFile(join(procDirectory, pid, 'comm'), 'utf8');
    return [{ pid: Number(pid), name: name.trim(), value }];
  } catch {
    return []; // Gone meanwhile, or of another user.
  }
}

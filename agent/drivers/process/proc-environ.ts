import { readFileSync } from 'node:fs';

/** What `/proc/<pid>/environ` says of one variable: null where it has none. Source: proc_pid_environ(5). */
export function valueIn(environment: string, variable: string): string | null {
  const prefix = `${variable}=`;
  const entry = environment.split('\0').find((each) => each.startsWith(prefix));
  return entry === undefined ? null : entry.slice(prefix.length);
}

/** The variable as a process was started with it; null: without it, it is gone, or may not be looked at. */
export function readVariable(
  pid: number,
  variable: string,
  procDirectory = '/proc',
): string | null {
  try {
    return valueIn(readFileSync(`${procDirectory}/${pid}/environ`, 'utf8'), variable);
  } catch {
    return null;
  }
}

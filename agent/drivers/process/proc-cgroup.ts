import { readFileSync } from 'node:fs';

/** `/proc/<pid>/cgroup` as it stands; null for a process that is gone or may not be looked at. */
export function readCgroup(pid: number, procDirectory = '/proc'): string | null {
  try {
    return readFileSync(`${procDirectory}/${pid}/cgroup`, 'utf8');
  } catch {
    return null;
  }
}

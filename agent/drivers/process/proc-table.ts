import { readdirSync, readFileSync } from 'node:fs';

/** One process as `/proc/<pid>/stat` tells of it. */
export interface ProcEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  /** Clock ticks after boot: with the pid, an identity that a reused pid does not have. */
  readonly startTicks: number;
  /** Ended, and only waits for its parent to look. */
  readonly zombie: boolean;
}

/** Parses `/proc/<pid>/stat`. The command in parentheses may hold spaces and parentheses itself. */
export function parseProcStat(text: string): ProcEntry | null {
  const match = /^(\d+) \(([\s\S]*)\) (\S) ([\s\S]*)$/.exec(text.trim());
  if (match === null) return null;
  const fields = (match[4] ?? '').split(' ').map(Number);
  const [parentPid, groupId] = fields;
  const startTicks = fields[18]; // Field 22 of the file: the first after the state is field 4.
  if (parentPid === undefined || groupId === undefined || startTicks === undefined) return null;
  const state = match[3] ?? '';
  return {
    pid: Number(match[1]),
    parentPid,
    groupId,
    startTicks,
    zombie: state === 'Z' || state === 'X',
  };
}

/** One process, or null when there is none of that id. */
export function readProc(pid: number, procDirectory = '/proc'): ProcEntry | null {
  try {
    return parseProcStat(readFileSync(`${procDirectory}/${pid}/stat`, 'utf8'));
  } catch {
    return null;
  }
}

/** Every process of the machine. A pass over `/proc`: for decisions, not for each sample. */
export function readProcTable(procDirectory = '/proc'): readonly ProcEntry[] {
  return pidsIn(procDirectory)
    .map((pid) => readProc(pid, procDirectory))
    .filter((entry) => entry !== null);
}

/** `root` and everything below it, in ascending order. */
export function descendantPids(table: readonly ProcEntry[], root: number): readonly number[] {
  const found = new Set([root]);
  // Parents may come after their children in the table once pids have wrapped: repeat until nothing is added.
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const entry of table) if (found.has(entry.parentPid)) found.add(entry.pid);
  }
  return [...found].sort((a, b) => a - b);
}

/** Whether a process of this group still runs; a zombie does not. */
export function groupRuns(table: readonly ProcEntry[], groupId: number): boolean {
  return table.some((entry) => entry.groupId === groupId && !entry.zombie);
}

/** The first process whose environment holds exactly `name=value`; null: none that we may read. */
export function findByEnvironment(entry: string, procDirectory = '/proc'): number | null {
  return pidsIn(procDirectory).find((pid) => hasInEnvironment(pid, entry, procDirectory)) ?? null;
}

/** Whether a process was started with exactly `name=value`; not, when we may not read that. */
export function hasInEnvironment(pid: number, entry: string, procDirectory = '/proc'): boolean {
  try {
    const environment = readFileSync(`${procDirectory}/${pid}/environ`, 'utf8');
    return environment.split('\0').includes(entry);
  } catch {
    return false; // Gone meanwhile, or of another user.
  }
}

function pidsIn(procDirectory: string): readonly number[] {
  return readdirSync(procDirectory)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

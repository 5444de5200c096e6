import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Milliseconds since boot; 0 where `/proc` does not tell. */
export function uptimeMs(root: string): number {
  try {
    return Number(readFileSync(join(root, 'uptime'), 'latin1').split(' ', 1)[0]) * 1_000 || 0;
  } catch {
    return 0;
  }
}

/** One process as `/proc` shows it. */
export interface ProcProcess {
  readonly pid: number;
  readonly parentPid: number;
  /** In clock ticks since boot: tells two processes of the same pid apart. */
  readonly startTicks: number;
  readonly cpuTicks: number;
  readonly rssMib: number;
  readonly command: readonly string[];
  readonly executable: string | undefined;
  readonly environment: ReadonlyMap<string, string>;
  readonly uid: number;
}

/** USER_HZ: 100 on every Linux that Node runs on. */
export const ticksPerSecond = 100;
const pageMib = 4096 / (1024 * 1024);
/** Seen this often without any of our variables, a process is looked at again only every `recheckScans`-th scan. */
const looksUntilIgnored = 3;
const recheckScans = 15;

export interface ProcReader {
  /** Every process that has one of the `names` in its environment and may be read. Vanished ones are skipped. */
  scan(): readonly ProcProcess[];
}

interface Memory {
  looks: number;
  /** undefined: has none of the variables. */
  found:
    Pick<ProcProcess, 'startTicks' | 'command' | 'executable' | 'environment' | 'uid'> | undefined;
  seenInScan: number;
}

/**
 * Scans cheaply and repeatedly: an environment does not change without an exec, so it is read again only now
 * and then, and processes that are not ours cost nothing in between.
 */
export function openProc(root: string, names: readonly string[]): ProcReader {
  const memory = new Map<number, Memory>();
  let scans = 0;
  return {
    scan: () => {
      scans += 1;
      const found: ProcProcess[] = [];
      for (const entry of readdirSync(root)) {
        const pid = Number(entry);
        if (!Number.isInteger(pid) || pid <= 0) continue;
        const known = memory.get(pid) ?? { looks: 0, found: undefined, seenInScan: scans };
        known.seenInScan = scans;
        memory.set(pid, known);
        const process = look(root, pid, known, (scans + pid) % recheckScans === 0, names);
        if (process !== undefined) found.push(process);
      }
      for (const [pid, known] of memory) if (known.seenInScan !== scans) memory.delete(pid);
      return found;
    },
  };
}

// oxlint-disable-next-line max-params -- a private step of the scan; all five differ per process
function look(
  root: string,
  pid: number,
  known: Memory,
  recheck: boolean,
  names: readonly string[],
): ProcProcess | undefined {
  if (known.found === undefined && known.looks >= looksUntilIgnored && !recheck) return undefined;
  try {
    const folder = join(root, String(pid));
    // The first look at a stranger is one small file; the rest is read only for processes of ours.
    if (known.found === undefined || recheck) {
      const environment = parseEnvironment(readFileSync(join(folder, 'environ'), 'latin1'), names);
      known.looks += 1;
      known.found = environment.size === 0 ? undefined : describe(folder, environment);
    }
    if (known.found === undefined) return undefined;
    const stat = parseStat(readFileSync(join(folder, 'stat'), 'latin1'));
    if (stat === undefined || stat.state === 'Z') return undefined;
    if (stat.startTicks !== known.found.startTicks) {
      known.found = undefined; // Another process took the pid: look afresh at the next scan.
      known.looks = 0;
      return undefined;
    }
    return { pid, ...known.found, ...stat };
  } catch {
    // Gone, or somebody else's: it cannot be read, so it cannot be counted.
    known.looks += 1;
    known.found = undefined;
    return undefined;
  }
}

function describe(folder: string, environment: ReadonlyMap<string, string>): Memory['found'] {
  const stat = parseStat(readFileSync(join(folder, 'stat'), 'latin1'));
  if (stat === undefined) return undefined;
  const command = readFileSync(join(folder, 'cmdline'), 'utf8').split('\0').slice(0, -1);
  let executable: string | undefined;
  try {
    executable = readlinkSync(join(folder, 'exe'));
  } catch {
    executable = undefined;
  }
  return {
    startTicks: stat.startTicks,
    command,
    executable,
    environment,
    uid: statSync(folder).uid,
  };
}

function parseEnvironment(text: string, names: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of names) {
    const at = text.startsWith(`${name}=`) ? 0 : text.indexOf(`\0${name}=`) + 1;
    if (at === 0 && !text.startsWith(`${name}=`)) continue;
    const from = at + name.length + 1;
    const end = text.indexOf('\0', from);
    const value = text.slice(from, end < 0 ? undefined : end);
    if (value !== '') found.set(name, value);
  }
  return found;
}

function parseStat(text: string) {
  // The name is in parentheses and may hold anything, also parentheses: fields start after the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (index: number): number => Number(fields[index]);
  const startTicks = at(19);
  if (!Number.isFinite(startTicks)) return undefined;
  return {
    state: fields[0] ?? '',
    parentPid: at(1),
    cpuTicks: at(11) + at(12),
    startTicks,
    rssMib: at(21) * pageMib,
  };
}

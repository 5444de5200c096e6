import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GpuUser } from '../processes/gpu-users.ts';
import { ticksPerSecond } from '../processes/proc.ts';

/** Closer readings than this repeat the last answer: CPU time is counted in ticks of 10 ms. */
const intervalMinMs = 200;

interface Reading {
  readonly atMs: number;
  readonly byPid: ReadonlyMap<number, PidReading>;
}
interface PidReading {
  readonly startTicks: number;
  readonly cpuTicks: number;
  readonly percent: number;
}

/** Busy percent of each process since the last reading; one busy CPU core counts as a busy slice. */
export interface LoadMeter {
  measure(users: readonly GpuUser[]): ReadonlyMap<number, number>;
}

/**
 * The last reading is kept in the state directory, so that single invocations see what happened between them;
 * a loop keeps it in memory (`keep: false`). A process never seen before is judged by its whole life.
 */
export function openLoadMeter(options: {
  readonly directory: string;
  readonly procRoot: string;
  readonly wallMs: () => number;
  readonly pid: number;
  readonly keep: boolean;
}): LoadMeter {
  const file = join(options.directory, 'load.json');
  let last: Reading | undefined = readLast(file);
  return {
    measure: (users) => {
      const nowMs = options.wallMs();
      const elapsedMs = last === undefined ? 0 : nowMs - last.atMs;
      const fresh = last !== undefined && elapsedMs >= 0 && elapsedMs < intervalMinMs;
      const uptime = uptimeSeconds(options.procRoot);
      const byPid = new Map<number, PidReading>();
      for (const user of users) {
        const before = last?.byPid.get(user.pid);
        const known = before?.startTicks === user.startTicks ? before : undefined;
        if (known !== undefined && fresh) {
          byPid.set(user.pid, known);
          continue;
        }
        const ageSeconds = Math.max(0.1, uptime - user.startTicks / ticksPerSecond);
        const percent =
          known === undefined || elapsedMs <= 0
            ? user.cpuTicks / ticksPerSecond / ageSeconds
            : (user.cpuTicks - known.cpuTicks) / ticksPerSecond / (elapsedMs / 1000);
        byPid.set(user.pid, {
          startTicks: user.startTicks,
          cpuTicks: user.cpuTicks,
          percent: Math.min(100, Math.max(0, percent * 100)),
        });
      }
      if (!fresh) {
        last = { atMs: nowMs, byPid };
        if (options.keep) write(file, last, options.pid);
      }
      return new Map([...byPid].map(([pid, reading]) => [pid, reading.percent]));
    },
  };
}

function readLast(file: string): Reading | undefined {
  try {
    const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof json !== 'object' || json === null || !('atMs' in json) || !('byPid' in json)) {
      return undefined;
    }
    const { atMs, byPid } = json;
    if (typeof atMs !== 'number' || !Array.isArray(byPid)) return undefined;
    return { atMs, byPid: new Map(byPid.filter(isEntry)) };
  } catch {
    return undefined; // Never kept, or damaged: only one reading is lost.
  }
}

function isEntry(value: unknown): value is [number, PidReading] {
  if (!Array.isArray(value) || typeof value[0] !== 'number') return false;
  const reading: unknown = value[1];
  return (
    typeof reading === 'object' &&
    reading !== null &&
    'startTicks' in reading &&
    'cpuTicks' in reading &&
    'percent' in reading &&
    typeof reading.percent === 'number'
  );
}

function write(file: string, reading: Reading, pid: number): void {
  try {
    const temporary = `${file}.${pid}`;
    writeFileSync(temporary, JSON.stringify({ atMs: reading.atMs, byPid: [...reading.byPid] }));
    renameSync(temporary, file);
  } catch {
    // A read-only state directory still answers; only the next reading is judged by whole lives.
  }
}

function uptimeSeconds(procRoot: string): number {
  try {
    return Number(readFileSync(join(procRoot, 'uptime'), 'latin1').split(' ', 1)[0]) || 0;
  } catch {
    return 0;
  }
}

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GpuUser } from '../processes/gpu-users.ts';
import { ticksPerSecond, uptimeMs } from '../processes/proc.ts';

/** Closer readings than this repeat the last answer: CPU time is counted in ticks of 10 ms. */
const intervalMinMs = 200;

/** Answering a health probe takes a tick or two of CPU and nothing of a card: a server that only waits leaves its card at rest. */
const housekeepingPercent = 2;

interface Reading {
  readonly atMs: number;
  readonly startTicks: number;
  readonly cpuTicks: number;
  readonly percent: number;
}
type Readings = ReadonlyMap<number, Reading>;

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
  let last = readLast(file);
  return {
    measure: (users) => {
      const now = { atMs: options.wallMs(), uptime: uptimeMs(options.procRoot) / 1_000 };
      const next = new Map(
        users.map((user) => [user.pid, readingOf(user, last.get(user.pid), now)]),
      );
      const changed =
        next.size !== last.size || [...next].some(([pid, reading]) => last.get(pid) !== reading);
      last = next;
      if (changed && options.keep) write(file, next, options.pid);
      return new Map([...next].map(([pid, reading]) => [pid, reading.percent]));
    },
  };
}

function readingOf(
  user: GpuUser,
  before: Reading | undefined,
  now: { readonly atMs: number; readonly uptime: number },
): Reading {
  const known = before?.startTicks === user.startTicks ? before : undefined;
  const elapsedMs = known === undefined ? 0 : now.atMs - known.atMs;
  if (known !== undefined && elapsedMs >= 0 && elapsedMs < intervalMinMs) return known;
  const ageSeconds = Math.max(0.1, now.uptime - user.startTicks / ticksPerSecond);
  const share =
    known === undefined || elapsedMs <= 0
      ? user.cpuTicks / ticksPerSecond / ageSeconds
      : (user.cpuTicks - known.cpuTicks) / ticksPerSecond / (elapsedMs / 1000);
  return {
    atMs: now.atMs,
    startTicks: user.startTicks,
    cpuTicks: user.cpuTicks,
    percent: share * 100 > housekeepingPercent ? Math.min(100, share * 100) : 0,
  };
}

function readLast(file: string): Readings {
  try {
    const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return new Map(Array.isArray(json) ? json.filter(isEntry) : []);
  } catch {
    return new Map(); // Never kept, or damaged: only one reading is lost.
  }
}

function isEntry(value: unknown): value is [number, Reading] {
  if (!Array.isArray(value) || typeof value[0] !== 'number') return false;
  const reading: unknown = value[1];
  return (
    typeof reading === 'object' &&
    reading !== null &&
    ['atMs', 'startTicks', 'cpuTicks', 'percent'].every(
      (key) => typeof Reflect.get(reading, key) === 'number',
    )
  );
}

function write(file: string, readings: Readings, pid: number): void {
  try {
    const temporary = `${file}.${pid}`;
    writeFileSync(temporary, JSON.stringify([...readings]));
    renameSync(temporary, file);
  } catch {
    // A read-only state directory still answers; only the next reading is judged by whole lives.
  }
}

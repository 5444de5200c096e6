/** Jiffies since boot, summed over all CPUs. */
export interface CpuTimes {
  readonly busy: number;
  readonly total: number;
}

/** Parses the first line of `/proc/stat`. Guest time is part of user time already. */
export function parseCpuTimes(text: string): CpuTimes | null {
  // The other lines are thousands of numbers of interrupts, each second.
  const end = text.indexOf('\n');
  const line = end < 0 ? text : text.slice(0, end);
  if (!line.startsWith('cpu ')) return null;
  const fields = line.trim().split(/\s+/).slice(1, 9).map(Number);
  if (fields.length < 4 || fields.some((field) => !Number.isFinite(field))) return null;
  const total = fields.reduce((sum, field) => sum + field, 0);
  const idle = (fields[3] ?? 0) + (fields[4] ?? 0);
  return { busy: total - idle, total };
}

export interface MemoryMib {
  readonly totalMib: number;
  /** What is not available to a new process without swapping. */
  readonly usedMib: number;
}

const memTotal = /^MemTotal:\s+(\d+) kB$/m;
const memAvailable = /^MemAvailable:\s+(\d+) kB$/m;
const memFree = /^MemFree:\s+(\d+) kB$/m;

/** Parses `/proc/meminfo`. */
export function parseMemInfo(text: string): MemoryMib | null {
  const total = firstNumber(memTotal, text);
  const available = firstNumber(memAvailable, text) ?? firstNumber(memFree, text);
  if (total === null || available === null) return null;
  return {
    totalMib: Math.floor(total / 1024),
    usedMib: Math.floor((total - available) / 1024),
  };
}

function firstNumber(pattern: RegExp, text: string): number | null {
  const match = pattern.exec(text);
  return match === null ? null : Number(match[1]);
}

/** The busy share between two readings, 0 to 1. */
export function cpuRatio(before: CpuTimes | null, now: CpuTimes): number {
  const total = now.total - (before?.total ?? 0);
  if (before === null || total <= 0) return 0;
  return Math.min(1, Math.max(0, (now.busy - before.busy) / total));
}

import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { systemClock } from '../../shared/platform/clock.ts';

/** `getconf CLK_TCK`, which Linux has fixed at 100 for programs. */
const ticksPerSecond = 100;

/** What a process has used so far. */
export interface Usage {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly rssMib: number;
}

export interface Spent {
  readonly cpuPercent: number;
  readonly rssMib: number;
}

/** The process itself, without its children: the commands that it starts are other programs. */
export function readUsage(child: ChildProcess): Usage {
  const stat = readFileSync(`/proc/${String(child.pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
  const rssKib = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
  return {
    atMs: systemClock.monotonicMs(),
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    rssMib: rssKib / 1_024,
  };
}

export function spent(before: Usage, after: Usage): Spent {
  const seconds = (after.atMs - before.atMs) / 1_000;
  return {
    cpuPercent: ((after.cpuSeconds - before.cpuSeconds) / seconds) * 100,
    rssMib: after.rssMib,
  };
}

export async function pause(ms: number): Promise<void> {
  await systemClock.sleep(ms, new AbortController().signal);
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
}

import { readFileSync, readdirSync } from 'node:fs';
import type { Clock } from '../../../shared/platform/clock.ts';

const serverName = 'nvidia-cuda-mps-server';
const pollMs = 50;
const termMs = 2_000;
const killMs = 2_000;

/** Servers of this pipe directory, whoever started them. A pass over `/proc`: only for a daemon that is dead. */
export function serversOf(pipeDirectory: string, procDirectory = '/proc'): readonly number[] {
  return readdirSync(procDirectory)
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => isServer(`${procDirectory}/${pid}`, pipeDirectory))
    .map(Number);
}

function isServer(process: string, pipeDirectory: string): boolean {
  try {
    const [program = ''] = readFileSync(`${process}/cmdline`, 'utf8').split('\0');
    if (!program.endsWith(serverName)) return false;
    const environment = readFileSync(`${process}/environ`, 'utf8').split('\0');
    return environment.includes(`CUDA_MPS_PIPE_DIRECTORY=${pipeDirectory}`);
  } catch {
    return false; // Gone meanwhile, or of another user.
  }
}

/** Ends what a dead daemon has left behind; answers those that even SIGKILL did not end. */
export async function endOrphans(
  pipeDirectory: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly number[]> {
  for (const [name, waitMs] of [
    ['SIGTERM', termMs],
    ['SIGKILL', killMs],
  ] as const) {
    for (const pid of serversOf(pipeDirectory)) tell(pid, name);
    const deadline = clock.monotonicMs() + waitMs;
    while (serversOf(pipeDirectory).length > 0 && clock.monotonicMs() < deadline) {
      await clock.sleep(pollMs, signal);
    }
  }
  return serversOf(pipeDirectory);
}

function tell(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

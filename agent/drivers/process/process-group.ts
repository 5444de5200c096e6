import type { Clock } from '../../../shared/platform/clock.ts';

/** Sends a signal to a whole process group; false when nothing of it is left (or it is not ours to signal). */
export function signalGroup(leaderPid: number, signalName: NodeJS.Signals): boolean {
  // kill(-1) would signal every process of the machine: never let a bad pid through.
  if (!Number.isSafeInteger(leaderPid) || leaderPid <= 1) return false;
  try {
    process.kill(-leaderPid, signalName);
    return true;
  } catch {
    return false;
  }
}

/** SIGTERM to the group, SIGKILL after `graceMs` unless `over` has aborted by then. */
export async function endGroup(
  leaderPid: number,
  graceMs: number,
  clock: Clock,
  over: AbortSignal,
): Promise<void> {
  if (over.aborted) return;
  signalGroup(leaderPid, 'SIGTERM');
  try {
    await clock.sleep(graceMs, over);
  } catch {
    return; // It ended by itself.
  }
  signalGroup(leaderPid, 'SIGKILL');
}

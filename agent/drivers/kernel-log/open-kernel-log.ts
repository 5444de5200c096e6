import { systemClock, type Clock } from '../../../shared/platform/clock.ts';
import { runCommand } from '../process/run-command.ts';
import { dmesg, journal } from './followed-command.ts';
import { followedFile } from './followed-file.ts';
import type { KernelLogSource } from './kernel-log.ts';
import { kmsgDevice, kmsgReadable } from './kmsg-device.ts';

const probeMs = 5_000;

/**
 * The kernel log that the node's configuration names: `auto` takes the first that this user may read of /dev/kmsg, the
 * journal and dmesg; `none` none; anything else is a file. null: there is none.
 */
export async function openKernelLog(
  wanted: string,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<KernelLogSource | null> {
  if (wanted === 'none') return null;
  if (wanted === '/dev/kmsg') return kmsgDevice(clock);
  if (wanted !== 'auto') return followedFile(clock, wanted);
  if (kmsgReadable()) return kmsgDevice(clock);
  if (await answers(['journalctl', '--dmesg', '--boot', '--lines=1', '--quiet'], signal)) {
    return journal(clock);
  }
  return (await answers(['dmesg', '--kernel'], signal)) ? dmesg(clock) : null;
}

async function answers(argv: readonly string[], signal: AbortSignal): Promise<boolean> {
  try {
    const { exitCode, stdout } = await runCommand({ argv, timeoutMs: probeMs }, signal);
    return exitCode === 0 && stdout !== '';
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

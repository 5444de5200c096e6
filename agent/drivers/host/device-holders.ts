import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A process that has device files of NVIDIA open. */
export interface DeviceHolder {
  readonly pid: number;
  readonly name: string;
  /** `/dev/nvidia0`, `/dev/nvidia-caps/nvidia-cap66`. */
  readonly devices: readonly string[];
}

/** A card or one of its capabilities; `nvidiactl` and `nvidia-uvm` are open for any card, so they say nothing. */
const deviceFile = /^\/dev\/(nvidia\d+|nvidia-caps\/nvidia-cap\d+)$/;
const processesMax = 32_768;
const holdersMax = 64;

/**
 * Who has a card open, as far as we may see: `nvidia-smi` lists only who computes, but a display manager, a monitoring
 * agent or a leaked handle keeps a card from changing its mode just as well. Never throws: what cannot be read is left out.
 */
export async function findDeviceHolders(procDirectory = '/proc'): Promise<readonly DeviceHolder[]> {
  const entries = await readdir(procDirectory).catch(() => []);
  const pids = entries.filter((name) => /^\d+$/.test(name)).slice(0, processesMax);
  const found: DeviceHolder[] = [];
  for (const pid of pids) {
    if (found.length >= holdersMax) break;
    const devices = await devicesOf(join(procDirectory, pid, 'fd'));
    if (devices.length === 0) continue;
    const name = await readFile(join(procDirectory, pid, 'comm'), 'utf8').catch(() => '?');
    found.push({ pid: Number(pid), name: name.trim(), devices });
  }
  return found;
}

async function devicesOf(fdDirectory: string): Promise<readonly string[]> {
  const files = await readdir(fdDirectory).catch(() => []);
  const targets = await Promise.all(
    files.map(async (file) => readlink(join(fdDirectory, file)).catch(() => '')),
  );
  return [...new Set(targets.filter((target) => deviceFile.test(target)))].sort();
}

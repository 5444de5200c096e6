import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

/** One CDI specification file. */
export interface CdiSpec {
  readonly path: string;
  readonly modifiedMs: number;
  /** Names of its devices: `0`, `GPU-…`, `MIG-…`; null: it cannot be read. */
  readonly devices: readonly string[] | null;
}

/** A file system that we write to. */
export interface Disk {
  readonly path: string;
  readonly freeMib: number;
  readonly totalMib: number;
}

/** More files than this in a folder of specifications are not read. */
const specFilesMax = 64;

/** The version of the loaded kernel module; null: it is not loaded. Source: /proc/driver/nvidia/version. */
export function readKernelDriver(proc = '/proc'): string | null {
  const text = readOr(join(proc, 'driver/nvidia/version'), '');
  return /NVRM version:.*?\s(\d+(?:\.\d+)+)\s/.exec(text)?.[1] ?? null;
}

export function isModuleLoaded(name: string, proc = '/proc'): boolean {
  return readOr(join(proc, 'modules'), '')
    .split('\n')
    .some((line) => line.startsWith(`${name} `));
}

/** `nvidia0`, `nvidiactl`, `nvidia-caps/nvidia-cap1`, …: what there is of NVIDIA below /dev. */
export function listDeviceNodes(dev = '/dev'): readonly string[] {
  const own = namesIn(dev).filter((name) => name.startsWith('nvidia'));
  const caps = namesIn(join(dev, 'nvidia-caps')).map((name) => `nvidia-caps/${name}`);
  return [...own, ...caps];
}

/** Device minors of the cards: `/dev/nvidia<minor>` is not the index. Source: /proc/driver/nvidia/gpus. */
export function readCardMinors(proc = '/proc'): readonly number[] {
  const folder = join(proc, 'driver/nvidia/gpus');
  return namesIn(folder).flatMap((bus) => {
    const text = readOr(join(folder, bus, 'information'), '');
    const minor = /^Device Minor:\s*(\d+)/m.exec(text)?.[1];
    return minor === undefined ? [] : [Number(minor)];
  });
}

/** Pids by program, of the programs asked for. Names are the kernel's: 15 characters at most. */
export function findRunning(
  names: readonly string[],
  proc = '/proc',
): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const entry of namesIn(proc)) {
    if (!/^\d+$/.test(entry)) continue;
    const name = readOr(join(proc, entry, 'comm'), '').trim();
    if (names.includes(name)) found.set(name, [...(found.get(name) ?? []), Number(entry)]);
  }
  return found;
}

/** Free space for users where `path`, or the nearest folder above it that exists, lies. */
export async function readDisk(path: string): Promise<Disk | null> {
  let at = path;
  while (!existsSync(at) && at !== '/') at = join(at, '..');
  try {
    const { bavail, blocks, bsize } = await statfs(at);
    const mib = (count: number): number => Math.floor((count * bsize) / (1024 * 1024));
    return { path, freeMib: mib(bavail), totalMib: mib(blocks) };
  } catch {
    return null;
  }
}

/** CDI specifications, YAML and JSON. Source: CDI specification, `devices[].name`. */
export function readCdiSpecs(
  folders: readonly string[] = ['/etc/cdi', '/var/run/cdi'],
): readonly CdiSpec[] {
  return folders.flatMap((folder) =>
    namesIn(folder)
      .filter((name) => /\.(?:ya?ml|json)$/.test(name))
      .slice(0, specFilesMax)
      .map((name) => readCdiSpec(join(folder, name))),
  );
}

function readCdiSpec(path: string): CdiSpec {
  const modifiedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  try {
    // JSON is YAML too.
    const spec: unknown = parse(readFileSync(path, 'utf8'));
    return { path, modifiedMs, devices: deviceNames(spec) };
  } catch {
    return { path, modifiedMs, devices: null };
  }
}

function deviceNames(spec: unknown): readonly string[] | null {
  if (typeof spec !== 'object' || spec === null || !('devices' in spec)) return null;
  const { devices } = spec;
  if (!Array.isArray(devices)) return null;
  return devices.flatMap((device: unknown) =>
    typeof device === 'object' && device !== null && 'name' in device ? [String(device.name)] : [],
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // Not there, or not ours to read.
  }
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise; // A process that has just ended, or no driver.
  }
}

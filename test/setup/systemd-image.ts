import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Found } from './needs.ts';

const run = promisify(execFile);

const suite = 'bookworm';
/** Beside the smallest Debian: systemd with what it talks through, and what our package depends on. */
const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'iproute2',
  'adduser',
  'libstdc++6',
  'procps',
] as const;
const buildMsMax = 480_000;

interface SystemdImage {
  readonly found: Found;
  /** What it is called, where it was found. */
  readonly tag: string;
}

/** A Debian whose first process is systemd: made by debootstrap once for this machine and kept as an image of Docker. */
export async function ensureSystemdImage(): Promise<SystemdImage> {
  const recipe = [suite, ...packages].join(' ');
  const tag = `tangram-test-systemd:${createHash('sha256').update(recipe).digest('hex').slice(0, 8)}`;
  return { tag, found: await findOrBuild(tag) };
}

async function findOrBuild(tag: string): Promise<Found> {
  const missing = await whatIsMissing();
  if (missing !== null) return { available: false, reason: missing };
  if (await succeeds('docker', ['image', 'inspect', tag])) return { available: true };
  if (!(await succeeds('debootstrap', ['--version']))) {
    const reason = 'debootstrap is not installed: apt-get install debootstrap';
    return { available: false, reason };
  }
  try {
    await buildImage(tag);
    return { available: true };
  } catch (error) {
    return { available: false, reason: `the image cannot be built: ${lastLine(error)}` };
  }
}

/**
 * Arguments of `docker run` with which systemd gets its groups: of the host, in the old hierarchy that carries its name,
 * or in the unified one. null: this machine has neither.
 */
export function cgroupArguments(root = '/sys/fs/cgroup'): readonly string[] | null {
  if (existsSync(join(root, 'cgroup.controllers'))) {
    return ['--cgroupns=host', '-v', `${root}:${root}:rw`];
  }
  const named = join(root, 'systemd');
  if (!existsSync(join(named, 'cgroup.procs'))) return null;
  return ['--cgroupns=host', '-v', `${named}:${named}:rw`, '-v', `${root}:${root}:ro`];
}

async function whatIsMissing(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'only root may make and run it';
  if (cgroupArguments() === null) {
    return 'no group hierarchy for systemd: mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd';
  }
  if (!(await succeeds('docker', ['version']))) return 'no Docker engine answers';
  if (!(await succeeds('dpkg-deb', ['--version']))) return 'dpkg-deb is not installed';
  if (process.release.lts === undefined) return `${process.version} is no LTS release to package`;
  return null;
}

async function buildImage(tag: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'tangram-systemd-'));
  const root = join(work, 'root');
  const tar = join(work, 'root.tar');
  try {
    await run(
      'debootstrap',
      ['--variant=minbase', `--include=${packages.join(',')}`, suite, root, mirror()],
      { timeout: buildMsMax, maxBuffer: 16 * 1024 * 1024 },
    );
    await run('tar', ['-C', root, '--numeric-owner', '-cf', tar, '.'], { timeout: buildMsMax });
    await run('docker', ['import', tar, tag], { timeout: buildMsMax });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Where this machine gets its own packages from: another may not be reachable. */
function mirror(): string {
  const text = ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list']
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  return (
    /(?:^URIs:|^deb(?: \[.*?\])?) +(https?:\/\/\S+\/debian\/?)(?=\s)/m.exec(text)?.[1] ??
    'http://deb.debian.org/debian'
  );
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await run(program, [...args], { timeout: 15_000 });
    return true;
  } catch {
    return false;
  }
}

function lastLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n').at(-1) ?? text;
}

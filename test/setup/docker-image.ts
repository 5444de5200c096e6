import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A tiny image with nothing but Node: built on this machine from its own files, so that no registry is needed. */
const testImageTag = 'tangram-test-node:1';

export type TestImage =
  | { readonly available: true; readonly tag: string }
  /** Why tests that need Docker cannot run here. */
  | { readonly available: false; readonly reason: string };

/** Builds the image unless it is there. `host`: another engine than the default one, as `unix://…`. */
export async function ensureTestImage(host?: string): Promise<TestImage> {
  const docker = host === undefined ? [] : ['-H', host];
  try {
    await run('docker', [...docker, 'version', '--format', '{{.Server.Version}}'], {
      timeout: 15_000,
    });
  } catch (error) {
    return { available: false, reason: `no Docker engine answers: ${firstLine(error)}` };
  }
  if (await imageExists(docker)) return { available: true, tag: testImageTag };
  try {
    await buildImage(docker);
  } catch (error) {
    return { available: false, reason: `the test image cannot be built: ${firstLine(error)}` };
  }
  return { available: true, tag: testImageTag };
}

async function imageExists(docker: readonly string[]): Promise<boolean> {
  try {
    await run('docker', [...docker, 'image', 'inspect', testImageTag], { timeout: 15_000 });
    return true;
  } catch {
    return false;
  }
}

async function buildImage(docker: readonly string[]): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'tangram-image-'));
  const root = join(work, 'rootfs');
  try {
    const node = realpathSync(process.execPath);
    copyInto(root, node, '/usr/bin/node');
    const { stdout } = await run('ldd', [node]);
    for (const line of stdout.split('\n')) {
      // `libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)` or `/lib64/ld-linux-x86-64.so.2 (0x…)`.
      const path = /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1];
      if (path !== undefined) copyInto(root, realpathSync(path), path);
    }
    mkdirSync(join(root, 'tmp'), { recursive: true });
    // Whatever the umask: what is mounted there keeps these rights.
    chmodSync(join(root, 'tmp'), 0o1777);
    mkdirSync(join(root, 'etc'), { recursive: true });
    writeFileSync(join(root, 'etc/passwd'), 'model:x:1000:1000::/tmp:/usr/bin/node\n');
    const tar = join(work, 'rootfs.tar');
    await run('tar', ['-C', root, '--numeric-owner', '--owner=0', '--group=0', '-cf', tar, '.']);
    await run(
      'docker',
      [
        ...docker,
        'import',
        '-c',
        'USER 1000:1000',
        '-c',
        'ENTRYPOINT ["/usr/bin/node"]',
        tar,
        testImageTag,
      ],
      { timeout: 120_000 },
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function copyInto(root: string, source: string, target: string): void {
  mkdirSync(dirname(join(root, target)), { recursive: true });
  cpSync(source, join(root, target));
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n').at(-1) ?? text;
}

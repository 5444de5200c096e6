import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from './errors.ts';

/**
 * Writes a file that only its owner may read; whoever looks finds the old text or the new one, whole. A missing folder
 * is made, for its owner alone, and what is above it for all: others have folders there, too. Throws CONFIG_INVALID.
 */
export function writePrivateFile(path: string, text: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    const folder = dirname(path);
    mkdirSync(dirname(folder), { recursive: true, mode: 0o755 });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    rmSync(draft, { force: true });
    writeFileSync(draft, text, { flag: 'wx', mode: 0o600, flush: true });
    // What the process's umask took away or left is set right.
    chmodSync(draft, 0o600);
    renameSync(draft, path);
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `cannot write ${path}`, {
      cause,
      hint: 'run it as the user that owns the folder',
    });
  }
}

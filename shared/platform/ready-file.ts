import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from './errors.ts';

/**
 * Tells a supervisor that this process listens, and where. Whoever waits for the file finds it whole or not at all.
 * Answers how to remove it. Throws CONFIG_INVALID.
 */
export function writeReadyFile(path: string, ready: object): () => void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, `${JSON.stringify(ready)}\n`);
    renameSync(draft, path);
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `cannot write the ready file ${path}`, {
      cause,
      hint: 'choose another with the configuration key readyFile',
    });
  }
  return () => rmSync(path, { force: true });
}

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../shared/platform/errors.ts';
import type { BackupPlace } from './backup-place.ts';
import { writeSnapshotFile } from './snapshot-file.ts';

/** Snapshots in a folder of this host; mount something there that outlives it. */
export function folderPlace(path: string): BackupPlace {
  return {
    name: path,
    put: (name, lines) => writeSnapshotFile(join(path, name), lines),
    list: () => failing(`cannot list ${path}`, () => readdir(path)),
    remove: (name) =>
      failing(`cannot remove ${join(path, name)}`, () => rm(join(path, name), { force: true })),
  };
}

async function failing<T>(what: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (cause) {
    throw new AppError('BACKUP_FAILED', what, { cause });
  }
}

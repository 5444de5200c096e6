import { AppError } from '../../shared/platform/errors.ts';
import type { BackupConfig } from './backup-config.ts';
import type { BackupPlace } from './backup-place.ts';
import { folderPlace } from './folder-place.ts';
import { BackupKeeper, type BackupDeps, type BackupState } from './keep-backups.ts';
import { s3Place } from './s3-place.ts';

/** Backups that are taken by themselves. */
export interface Backups {
  /** For people: a folder or a bucket. */
  readonly place: string;
  state(): BackupState;
  /** Takes them until `signal` aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

/** null: none are configured. Throws CONFIG_INVALID. */
export function openBackups(
  config: BackupConfig | undefined,
  deps: Omit<BackupDeps, 'place' | 'everyMs' | 'keep'>,
): Backups | null {
  if (config === undefined) return null;
  const place = openPlace(config);
  const keeper = new BackupKeeper({ ...deps, place, everyMs: config.every, keep: config.keep });
  return {
    place: place.name,
    state: () => keeper.state(),
    run: (signal) => keeper.run(signal),
  };
}

function openPlace({ to, s3 }: BackupConfig): BackupPlace {
  if (to.kind === 'folder') return folderPlace(to.path);
  if (s3 !== undefined) return s3Place(to, s3);
  throw new AppError('CONFIG_INVALID', `backup.to is s3://${to.bucket}, and backup.s3 is missing`, {
    hint: 'say how it is reached: backup.s3.endpoint and backup.s3.accessKeyFile',
  });
}

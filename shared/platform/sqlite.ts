import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { isDiskFull } from './disk-full.ts';
import { AppError, isAppError } from './errors.ts';

export type Sqlite = Database.Database;

export interface SqliteOptions {
  /** A second process on the same file is refused at open. */
  readonly exclusive: boolean;
  /** Statements that bring a file of version n to n + 1; the file's `user_version` counts those done. */
  readonly migrations: readonly string[];
}

/**
 * Opens (or creates) a database that survives power loss: WAL and synchronous FULL, so a commit is on disk
 * before it is acknowledged. Throws STORE_UNREADABLE or STORE_FULL, naming the file, the reason and the way out.
 */
export function openSqlite(path: string, options: SqliteOptions): Sqlite {
  let opened: Sqlite | undefined;
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    opened = new Database(path, { timeout: 2_000 });
    if (options.exclusive) opened.pragma('locking_mode = EXCLUSIVE');
    opened.pragma('journal_mode = WAL');
    opened.pragma('synchronous = FULL');
    opened.pragma('foreign_keys = ON');
    const verdict: unknown = opened.pragma('quick_check(1)', { simple: true });
    if (verdict !== 'ok') throw new Error(String(verdict));
    migrate(opened, options.migrations);
    return opened;
  } catch (cause) {
    opened?.close();
    throw unreadable(path, cause);
  }
}

/** Opens a file that is there, and never writes to it. Throws what SQLite throws, which may come with the first read only. */
export function openSqliteToRead(path: string): Sqlite {
  return new Database(path, { readonly: true, fileMustExist: true, timeout: 2_000 });
}

function migrate(opened: Sqlite, migrations: readonly string[]): void {
  const version = Number(opened.pragma('user_version', { simple: true }));
  if (version > migrations.length) {
    throw new AppError(
      'STORE_UNREADABLE',
      `the store ${opened.name} was written by a newer program: schema ${version}, this one knows ${migrations.length}`,
      { hint: 'start the newer version again, or restore a backup from before the upgrade' },
    );
  }
  // A file that is up to date is opened without a write: on a full disk, too.
  if (version === migrations.length) return;
  opened.exec('BEGIN IMMEDIATE');
  for (const statement of migrations.slice(version)) opened.exec(statement);
  opened.pragma(`user_version = ${migrations.length}`);
  opened.exec('COMMIT');
}

function unreadable(path: string, cause: unknown): AppError {
  if (isAppError(cause)) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new AppError('STORE_UNREADABLE', `another process has the store ${path} open`, {
      cause,
      hint: 'stop it first, or give this one a state directory of its own',
    });
  }
  if (isDiskFull(cause)) {
    const hint = 'make room on its disk; models that run are left alone';
    return new AppError('STORE_FULL', `cannot write to the store ${path}`, { cause, hint });
  }
  return new AppError('STORE_UNREADABLE', `cannot use the store ${path}`, {
    cause,
    hint: 'restore it from a backup, or move it away to begin with an empty one; models that run are left alone',
  });
}

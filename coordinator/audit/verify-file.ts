import { AppError, isAppError } from '../../shared/platform/errors.ts';
import { openSqliteToRead, type Sqlite } from '../../shared/platform/sqlite.ts';
import { readEnds, recordsAfter } from './audit-log.ts';
import { ChainCheck, type ChainVerdict } from './verify-chain.ts';

/**
 * Checks the audit log in a file that no coordinator has open, and writes nothing. Throws STORE_UNREADABLE for what is
 * no audit log, or so damaged that its records cannot be read.
 */
export function verifyAuditFile(path: string): ChainVerdict {
  let opened: Sqlite | undefined;
  try {
    opened = openSqliteToRead(path);
    const ends = readEnds(opened);
    const check = new ChainCheck(ends);
    // Beyond what the log says is its newest, too: nothing may stand there.
    for (let after = ends.dropped.number; ;) {
      const rows = recordsAfter(opened, after, Number.MAX_SAFE_INTEGER);
      const goOn = rows.every((record) => check.add(record));
      const last = rows.at(-1);
      if (!goOn || last === undefined) return check.end();
      after = last.number;
    }
  } catch (cause) {
    throw isAppError(cause) ? cause : unreadable(path, cause);
  } finally {
    opened?.close();
  }
}

function unreadable(path: string, cause: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const hint = code.startsWith('SQLITE_BUSY')
    ? 'a coordinator has it open: tangram audit verify without --file asks that one'
    : 'give the audit.db of a coordinator that is stopped, or a copy with its -wal file';
  return new AppError('STORE_UNREADABLE', `cannot read the audit log ${path}`, { cause, hint });
}

import { createHash } from 'node:crypto';

/** One thing that somebody did, tried to do, or was denied. */
export interface AuditEntry {
  /** Wall clock, ms since the epoch. */
  readonly atMs: number;
  /** `user/ada`, `token/a1b2c3d4e5`; `unknown@ADDRESS` for who could not prove it. */
  readonly caller: string;
  /** `tangram.v1.SchedulerService/ApplyModel`. */
  readonly method: string;
  /** `models/sentiment`; empty: none. */
  readonly target: string;
  readonly requestId: string;
  /** `done`, `denied`, or the code of the error that the call ended with. */
  readonly outcome: string;
  readonly detail: string;
  /** The target's etag before and after; empty: not known. */
  readonly revisionBefore: string;
  readonly revisionAfter: string;
  /** How many alike it stands for. */
  readonly count: number;
}

/** An entry in its place in the chain. */
export interface AuditRecord extends AuditEntry {
  /** From 1, without gaps. */
  readonly number: number;
  /** Of the record before; of the first one ever: `genesisHash`. */
  readonly previousHash: string;
  /** SHA-256 of everything above, in hexadecimal. */
  readonly hash: string;
}

/** What stands before the first record. */
export const genesisHash = '0'.repeat(64);

const lengthMax = { short: 256, detail: 1_000 } as const;

/** The next record after one with that number and hash. Texts that callers chose are cut to a limit. */
export function chain(
  entry: AuditEntry,
  previous: { readonly number: number; readonly hash: string },
): AuditRecord {
  const record = {
    number: previous.number + 1,
    atMs: entry.atMs,
    caller: cut(entry.caller, lengthMax.short),
    method: cut(entry.method, lengthMax.short),
    target: cut(entry.target, lengthMax.short),
    requestId: cut(entry.requestId, lengthMax.short),
    outcome: cut(entry.outcome, lengthMax.short),
    detail: cut(entry.detail, lengthMax.detail),
    revisionBefore: cut(entry.revisionBefore, lengthMax.short),
    revisionAfter: cut(entry.revisionAfter, lengthMax.short),
    count: entry.count,
    previousHash: previous.hash,
  };
  return { ...record, hash: hashOf(record) };
}

/** SHA-256 of the fields as one JSON array in this order: no two different records have the same text. */
export function hashOf(record: Omit<AuditRecord, 'hash'>): string {
  const canonical = JSON.stringify([
    record.number,
    record.atMs,
    record.caller,
    record.method,
    record.target,
    record.requestId,
    record.outcome,
    record.detail,
    record.revisionBefore,
    record.revisionAfter,
    record.count,
    record.previousHash,
  ]);
  return createHash('sha256').update(canonical).digest('hex');
}

/** Half of a surrogate pair has no UTF-8: it would be stored as something else than what was hashed. */
function cut(text: string, max: number): string {
  const short = text.length <= max ? text : `${text.slice(0, max - 1)}…`;
  return Buffer.from(short, 'utf8').toString('utf8').replaceAll('\0', '\u{fffd}');
}

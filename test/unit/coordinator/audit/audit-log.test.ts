import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AuditLog, openAuditLog } from '../../../../coordinator/audit/audit-log.ts';
import type { AuditEntry } from '../../../../coordinator/audit/audit-record.ts';
import { verifyAuditFile } from '../../../../coordinator/audit/verify-file.ts';

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tangram-audit-'));
  path = join(folder, 'audit.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function entry(about: Partial<AuditEntry> = {}): AuditEntry {
  return {
    atMs: 1_000,
    caller: 'user/ada',
    method: 'tangram.v1.SchedulerService/ApplyModel',
    target: 'models/m',
    requestId: '',
    outcome: 'done',
    detail: '',
    revisionBefore: '1',
    revisionAfter: '2',
    count: 1,
    ...about,
  };
}

async function write(count: number, rowsMax = 1_000): Promise<void> {
  const log = openAuditLog(path, { rowsMax, wallMs: () => 5_000 });
  for (let each = 0; each < count; each += 1) await log.append(entry({ atMs: each }));
  log.close();
}

function tamper(sql: string): void {
  const opened = new Database(path);
  opened.exec(sql);
  opened.close();
}

test('what was appended is there after a restart, newest first, and the chain holds', async () => {
  await write(3);
  const log = openAuditLog(path, { rowsMax: 1_000, wallMs: () => 5_000 });
  await log.append(entry({ caller: 'token/abc' }));
  expect(log.list({ limit: 2, before: 0, caller: '' }).map(({ number }) => number)).toEqual([4, 3]);
  expect(log.list({ limit: 9, before: 4, caller: '' }).map(({ number }) => number)).toEqual([
    3, 2, 1,
  ]);
  expect(log.list({ limit: 9, before: 0, caller: 'token/abc' })).toHaveLength(1);
  const verdict = await log.verify();
  expect(verdict).toEqual({
    intact: true,
    records: 4,
    firstBad: null,
    problem: '',
    head: log.head,
  });
  log.close();
  expect(verifyAuditFile(path)).toEqual(verdict);
});

test('an append resolves once it is on disk, and many share one commit', async () => {
  const log = openAuditLog(path, { rowsMax: 1_000, wallMs: () => 0 });
  await Promise.all(Array.from({ length: 50 }, () => log.append(entry())));
  copyFileSync(path, join(folder, 'copy.db'));
  copyFileSync(`${path}-wal`, join(folder, 'copy.db-wal'));
  expect(verifyAuditFile(join(folder, 'copy.db'))).toMatchObject({ intact: true, records: 50 });
  log.close();
});

describe('verification names the first bad record', () => {
  const columns = [
    ...['at_ms', 'count'].map((name) => `${name} = ${name} + 1`),
    ...['caller', 'method', 'target', 'request_id', 'outcome', 'detail'].map(
      (name) => `${name} = ${name} || 'x'`,
    ),
    ...['revision_before', 'revision_after', 'previous_hash'].map((name) => `${name} = 'x'`),
    `hash = replace(hash, substr(hash, 1, 1), 'z')`,
  ];
  test.for(columns)('when %s', async (change) => {
    await write(9);
    tamper(`UPDATE records SET ${change} WHERE number = 5`);
    expect(verifyAuditFile(path)).toMatchObject({ intact: false, firstBad: 5, records: 4 });
  });

  test.for([
    ['one is dropped', 'DELETE FROM records WHERE number = 4', 4],
    ['the last is dropped', 'DELETE FROM records WHERE number = 9', 9],
    ['the first is dropped', 'DELETE FROM records WHERE number = 1', 1],
    [
      'two change places',
      'UPDATE records SET number = -3 WHERE number = 3; UPDATE records SET number = 3 WHERE number = 4; UPDATE records SET number = 4 WHERE number = -3',
      3,
    ],
    [
      'one is added at the end',
      'INSERT INTO records SELECT 10, at_ms, caller, method, target, request_id, outcome, detail, revision_before, revision_after, count, hash, hash FROM records WHERE number = 9',
      10,
    ],
    ['all are dropped', 'DELETE FROM records', 1],
    [
      'the beginning is cut off, and the log says that this is for its age',
      "UPDATE ends SET number = 3, hash = (SELECT hash FROM records WHERE number = 3) WHERE end = 'dropped'; DELETE FROM records WHERE number <= 3",
      3,
    ],
  ] as const)('when %s', async ([, sql, firstBad]) => {
    await write(9);
    tamper(sql);
    expect(verifyAuditFile(path)).toMatchObject({ intact: false, firstBad });
  });

  test('or says that the file cannot be read, whichever byte of it is flipped', async () => {
    await write(30);
    const whole = readFileSync(path);
    const untouched = verifyAuditFile(path);
    const honest = recordsIn(path);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const flipped = Buffer.from(whole);
        flipped[at] = (flipped[at] ?? 0) ^ mask;
        const other = join(folder, 'flipped.db');
        writeFileSync(other, flipped);
        try {
          // Bytes that hold nothing may be anything: then the records are the same.
          if (verifyAuditFile(other).intact) expect(recordsIn(other)).toEqual(honest);
        } catch (error) {
          expect(error).toMatchObject({ code: 'STORE_UNREADABLE' });
        }
      }),
      { numRuns: 400 },
    );
    expect(untouched.intact).toBe(true);
  });
});

test('the oldest go when there are too many, and what is left is still verifiable', async () => {
  await write(250, 100);
  const verdict = verifyAuditFile(path);
  expect(verdict).toMatchObject({ intact: true, firstBad: null });
  expect(verdict.records).toBeLessThanOrEqual(101);
  const log = openAuditLog(path, { rowsMax: 100, wallMs: () => 0 });
  expect(await log.verify()).toEqual(verdict);
  const dropped = log
    .list({ limit: 200, before: 0, caller: 'coordinator' })
    .map(({ method }) => method);
  expect(new Set(dropped)).toEqual(new Set(['audit/drop']));
  log.close();
});

test('a disk that takes nothing stops changes, and what was done is recorded once it does', async () => {
  const log = openAuditLog(path, { rowsMax: 1_000, wallMs: () => 0 });
  await log.append(entry());
  log.close();
  const opened = new Database(path);
  opened.exec('DROP TABLE IF EXISTS spare');
  const again = new AuditLog(opened, { rowsMax: 1_000, wallMs: () => 0 });
  // As on a full disk, SQLite answers SQLITE_FULL for every page more.
  opened.pragma(`max_page_count = ${Number(opened.pragma('page_count', { simple: true }))}`);
  const long = { detail: 'x'.repeat(900), target: 'y'.repeat(250) };
  const written = Array.from({ length: 20 }, () => again.append(entry(long)));
  const refused = await Promise.allSettled(written);
  expect(refused.every(({ status }) => status === 'rejected')).toBe(true);
  expect(() => again.assertWritable()).toThrow('the audit log cannot be written');
  opened.pragma('max_page_count = 1000000');
  again.assertWritable();
  expect(again.list({ limit: 99, before: 0, caller: '' })).toHaveLength(21);
  expect(await again.verify()).toMatchObject({ intact: true, records: 21 });
  again.close();
});

test('what callers choose is cut to a limit, and hashed as it is stored', async () => {
  const log = openAuditLog(path, { rowsMax: 1_000, wallMs: () => 0 });
  await log.append(entry({ target: 'x'.repeat(9_000), detail: 'a\0b\ud83d' }));
  expect(log.list({ limit: 1, before: 0, caller: '' })[0]?.target).toHaveLength(256);
  log.close();
  expect(verifyAuditFile(path)).toMatchObject({ intact: true, records: 1 });
});

test('a file that is no audit log is refused in one line', () => {
  writeFileSync(path, 'something else');
  expect(() => verifyAuditFile(path)).toThrow(/^cannot read the audit log/);
});

function recordsIn(file: string): unknown[] {
  const opened = new Database(file, { readonly: true });
  const rows = opened.prepare('SELECT * FROM records ORDER BY number').all();
  opened.close();
  return rows;
}

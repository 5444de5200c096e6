import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openEventLog } from '../../../../coordinator/store/event-log.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function pathOf(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tangram-logs-'));
  folders.push(folder);
  return join(folder, name);
}

const event = (at: number, subject = 'cluster') => ({
  atMs: at,
  kind: 'happened',
  subject,
  message: `message ${at}`,
});

test('events keep growing ids, the newest rows, and their order', () => {
  const path = pathOf('events.sqlite');
  let log = openEventLog(path, { rowsMax: 3 });
  for (let at = 1; at <= 5; at += 1) log.append(event(at));
  expect(log.list({ limit: 10, subject: null }).map((row) => row.id)).toEqual([3, 4, 5]);
  expect(log.list({ limit: 2, subject: null }).map((row) => row.message)).toEqual([
    'message 4',
    'message 5',
  ]);
  log.close();
  log = openEventLog(path, { rowsMax: 3 });
  expect(log.append(event(6)).id).toBe(6);
  log.close();
});

test('events are found by subject', () => {
  const log = openEventLog(':memory:', { rowsMax: 10 });
  log.append(event(1, 'models/a'));
  log.append(event(2, 'models/b'));
  expect(log.list({ limit: 10, subject: 'models/b' }).map((row) => row.id)).toEqual([2]);
  log.close();
});

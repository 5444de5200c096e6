import { afterEach, beforeEach, expect, test } from 'vitest';
import { DiskRoom } from '../../../../agent/store/disk-room.ts';
import { eventPart } from '../../../../agent/store/event-part.ts';
import { isAppError } from '../../../../shared/platform/errors.ts';
import { openSqlite, type Sqlite } from '../../../../shared/platform/sqlite.ts';

const migrations = [
  `CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, kind TEXT NOT NULL,
     subject TEXT NOT NULL, message TEXT NOT NULL);
   CREATE TABLE filler (text TEXT);`,
];
let db: Sqlite;
let free = 0;

beforeEach(() => {
  db = openSqlite(':memory:', { exclusive: true, migrations });
  free = 0;
});
afterEach(() => {
  db.close();
});

/** SQLite's own word for a full disk, by the limit that it has for it. */
function fill(): void {
  db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`);
}
function makeRoom(): void {
  db.pragma('max_page_count = 100000');
  free = 1 << 30;
}

const room = (): DiskRoom => new DiskRoom('/x/agent.db', () => free);
const writer = (of: DiskRoom) =>
  of.around({
    write: (text: string) => void db.prepare('INSERT INTO filler VALUES (?)').run(text),
    read: () => db.prepare('SELECT count(*) FROM filler').pluck().get(),
    fail: () => {
      throw new TypeError('ours');
    },
  });

test('a write that finds no room is told by name, changes nothing, and is taken once there is room', () => {
  const disk = room();
  const part = writer(disk);
  expect(disk.refusal()).toBeNull();
  fill();
  let caught: unknown;
  try {
    part.write('x'.repeat(100_000));
  } catch (error) {
    caught = error;
  }
  expect(isAppError(caught, 'STORE_FULL')).toBe(true);
  expect(caught).toMatchObject({
    message: 'cannot write to the store /x/agent.db',
    hint: expect.stringContaining('make room'),
  });
  expect(part.read()).toBe(0);
  expect(disk.refusal()).toBe('the disk of /x/agent.db is full');
  // A little room is none: the next write would fail again.
  free = 4_096;
  expect(disk.refusal()).not.toBeNull();
  makeRoom();
  expect(disk.refusal()).toBeNull();
  part.write('x'.repeat(100_000));
  expect(part.read()).toBe(1);
});

test('any other failure is left as it is', () => {
  const disk = room();
  expect(() => writer(disk).fail()).toThrow(TypeError);
  expect(disk.refusal()).toBeNull();
});

test('events that find no room are told at once, and written in order with the next one that does', () => {
  const disk = room();
  const events = eventPart(db, disk);
  const add = (message: string, subject = 'node'): void =>
    events.appendEvent({ atMs: 7, kind: 'k', subject, message });
  const told = (subject: string | null = null, limit = 10): readonly string[] =>
    events.events({ limit, subject }).map(({ id, message }) => `${id} ${message.slice(0, 3)}`);
  add('one');
  fill();
  const large = 'x'.repeat(100_000);
  add(`two${large}`);
  add(`ant${large}`, 'other');
  expect(disk.refusal()).not.toBeNull();
  expect(told()).toEqual(['1 one', '2 two', '3 ant']);
  expect(told('other')).toEqual(['3 ant']);
  expect(told(null, 2)).toEqual(['2 two', '3 ant']);
  expect(told(null, 0)).toEqual([]);
  makeRoom();
  add('for');
  expect(told()).toEqual(['1 one', '2 two', '3 ant', '4 for']);
  // They are on disk now, not in memory.
  expect(eventPart(db, disk).events({ limit: 10, subject: null })).toHaveLength(4);
});

test('what waits has a limit: the oldest is lost', () => {
  const events = eventPart(db, room());
  fill();
  const text = 'x'.repeat(5_000);
  for (let at = 0; at < 300; at += 1) {
    events.appendEvent({ atMs: at, kind: 'k', subject: 'node', message: `${at} ${text}` });
  }
  const told = events.events({ limit: 1_000, subject: null });
  expect(told).toHaveLength(200);
  expect(told.at(-1)?.atMs).toBe(299);
});

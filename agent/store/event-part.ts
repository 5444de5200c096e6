import { z } from 'zod';
import { isAppError } from '../../shared/platform/errors.ts';
import type { Sqlite } from '../../shared/platform/sqlite.ts';
import type { AgentStore } from './agent-store.ts';
import { checked } from './codec.ts';
import type { DiskRoom } from './disk-room.ts';
import type { EventRecord } from './records.ts';

/** How many events a node remembers. */
export const eventsMax = 10_000;
/** How many events one read gives at most. */
const eventsReadMax = 1_000;
/** How many wait in memory while the disk is full; then the oldest of them is lost. */
const waitingMax = 200;

const eventRow = z.object({
  id: z.number().int(),
  at_ms: z.number(),
  kind: z.string(),
  subject: z.string(),
  message: z.string(),
});

type NewEvent = Omit<EventRecord, 'id'>;

/**
 * The node's history. Nothing rests on it, so that a full disk refuses no event: it is told at once, and written with the
 * next one that finds room.
 */
export function eventPart(
  db: Sqlite,
  room: Pick<DiskRoom, 'told'>,
): Pick<AgentStore, 'appendEvent' | 'events'> {
  const append = db.prepare(
    'INSERT INTO events (at_ms, kind, subject, message) VALUES (?, ?, ?, ?)',
  );
  const trim = db.prepare('DELETE FROM events WHERE id <= ?');
  const readAll = db.prepare('SELECT * FROM events ORDER BY id DESC LIMIT ?');
  const readSome = db.prepare('SELECT * FROM events WHERE subject = ? ORDER BY id DESC LIMIT ?');
  const readLast = db.prepare('SELECT max(id) FROM events').pluck();
  const write = db.transaction((events: readonly NewEvent[]) => {
    for (const { atMs, kind, subject, message } of events) {
      const done = append.run(Math.round(atMs), kind, subject, message);
      trim.run(Number(done.lastInsertRowid) - eventsMax);
    }
  });
  let waiting: readonly NewEvent[] = [];
  /** Those that wait, with the ids that they will have. */
  const unwritten = (): readonly EventRecord[] => {
    if (waiting.length === 0) return [];
    const last = Number(readLast.get() ?? 0);
    return waiting.map((event, at) => ({ ...event, id: last + 1 + at }));
  };
  return {
    appendEvent: (event) => {
      const due = [...waiting, event].slice(-waitingMax);
      try {
        write(due);
        waiting = [];
      } catch (error) {
        const told = room.told(error);
        if (!isAppError(told, 'STORE_FULL')) throw told;
        waiting = due;
      }
    },
    events: ({ limit, subject }) => {
      const most = Math.max(0, Math.min(limit, eventsReadMax));
      const found = subject === null ? readAll.all(most) : readSome.all(subject, most);
      const written = found.map((row) => eventOf(checked('an event', eventRow, row))).reverse();
      const rest = unwritten().filter((each) => subject === null || each.subject === subject);
      return most === 0 ? [] : [...written, ...rest].slice(-most);
    },
  };
}

function eventOf({ at_ms: atMs, ...row }: z.infer<typeof eventRow>): EventRecord {
  return { ...row, atMs };
}

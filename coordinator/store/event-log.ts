import { openSqlite, type Sqlite } from '../../shared/platform/sqlite.ts';

/** One thing that happened, for people. */
export interface LoggedEvent {
  readonly id: number;
  readonly atMs: number;
  readonly kind: string;
  readonly subject: string;
  readonly message: string;
}

interface EventLogOptions {
  /** The oldest go when there are more. */
  readonly rowsMax: number;
}

const migrations = [
  `CREATE TABLE events (
     id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
     message TEXT NOT NULL);
   CREATE INDEX events_by_subject ON events (subject, id);`,
];

/** Opens the bounded log of events: a file of its own, or `:memory:`. Throws STORE_UNREADABLE. */
export function openEventLog(path: string, options: EventLogOptions): EventLog {
  const opened = openSqlite(path, { exclusive: true, migrations });
  // Who loses power loses the newest of them: waiting for the disk would hold up what they tell of.
  opened.pragma('synchronous = NORMAL');
  return new EventLog(opened, options.rowsMax);
}

/**
 * Invariants: ids grow and are never reused; at most `rowsMax` rows are kept. Appended events are readable at once, and
 * outlive this process after `flush`, but not the loss of power: events explain, they decide nothing.
 */
export class EventLog {
  readonly #opened: Sqlite;
  readonly #rowsMax: number;
  readonly #insert;
  readonly #prune;
  readonly #all;
  readonly #of;
  #waiting: LoggedEvent[] = [];
  #nextId: number;

  constructor(opened: Sqlite, rowsMax: number) {
    this.#opened = opened;
    this.#rowsMax = rowsMax;
    const last = opened
      .prepare<[], { id: number | null }>('SELECT max(id) AS id FROM events')
      .get();
    this.#nextId = (last?.id ?? 0) + 1;
    this.#insert = opened.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)');
    this.#prune = opened.prepare('DELETE FROM events WHERE id <= ?');
    const read = 'SELECT id, at_ms AS atMs, kind, subject, message FROM events';
    this.#all = opened.prepare<[number, number], LoggedEvent>(
      `${read} WHERE id < ? ORDER BY id DESC LIMIT ?`,
    );
    this.#of = opened.prepare<[string, number, number], LoggedEvent>(
      `${read} WHERE subject = ? AND id < ? ORDER BY id DESC LIMIT ?`,
    );
  }

  append(event: Omit<LoggedEvent, 'id'>): LoggedEvent {
    const logged = { id: this.#nextId, ...event };
    this.#nextId += 1;
    this.#waiting.push(logged);
    if (this.#waiting.length >= 1_000) this.flush();
    return logged;
  }

  /** The newest `limit` of those that came before the event of id `before`, oldest first. */
  list(options: {
    readonly limit: number;
    readonly subject: string | null;
    readonly before?: number | null;
  }): LoggedEvent[] {
    this.flush();
    const { subject } = options;
    const before = options.before ?? Number.MAX_SAFE_INTEGER;
    const limit = Math.max(0, Math.min(options.limit, this.#rowsMax));
    const rows =
      subject === null ? this.#all.all(before, limit) : this.#of.all(subject, before, limit);
    return rows.toReversed();
  }

  flush(): void {
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    this.#opened
      .transaction(() => {
        for (const event of batch) {
          this.#insert.run(event.id, event.atMs, event.kind, event.subject, event.message);
        }
        this.#prune.run(this.#nextId - 1 - this.#rowsMax);
      })
      .immediate();
  }

  close(): void {
    this.flush();
    this.#opened.close();
  }
}

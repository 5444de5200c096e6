import type { MpsLogEvent } from '../../formats/mps/mps-log.ts';

/** What the logs of one daemon have told so far: which servers lived, how they ended, and who waits. */
export interface ServerHistory {
  readonly servers: ReadonlyMap<number, ServerLife>;
  /** Clients that were told to wait, by pid. */
  readonly waiting: ReadonlyMap<number, { readonly user: number | null }>;
}

interface ServerLife {
  readonly user: number | null;
  /** control.log has told of it: server.log also holds lines of servers of earlier daemons. */
  readonly known: boolean;
  /** It has served: an end from now on takes clients with it. */
  readonly ready: boolean;
  /** The last words of a server that is failing. */
  readonly fault: string | null;
  /** The client that those words name. */
  readonly faultClient: number | null;
  /** Clients that the fault has made INACTIVE, by pid. */
  readonly hit: readonly number[];
  /** It ended without being told to: when, as the log says. */
  readonly brokenAt: string | null;
}

const unborn: ServerLife = {
  user: null,
  known: false,
  ready: false,
  fault: null,
  faultClient: null,
  hit: [],
  brokenAt: null,
};

export const noHistory: ServerHistory = { servers: new Map(), waiting: new Map() };

/** How many servers and waiting clients are remembered: the oldest are forgotten. */
const rememberedMax = 256;

/** Pure: what is known after some more lines of control.log and server.log. */
export function addEvents(before: ServerHistory, events: readonly MpsLogEvent[]): ServerHistory {
  if (events.length === 0) return before;
  const servers = new Map(before.servers);
  const waiting = new Map(before.waiting);
  for (const event of events) {
    if (event.type === 'daemon-started') {
      servers.clear();
      waiting.clear();
    } else if (event.type === 'new-client') {
      if (event.pending) waiting.set(event.client, { user: event.user });
      else waiting.delete(event.client);
    } else {
      const pid = 'server' in event ? event.server : event.pid;
      const change = changeOf(event, servers.get(pid) ?? unborn);
      if (change !== null) servers.set(pid, change);
    }
  }
  return { servers: newest(servers), waiting: newest(waiting) };
}

/** What a line changes of the server that it is about, or that wrote it; null: nothing. */
function changeOf(event: MpsLogEvent, life: ServerLife): ServerLife | null {
  if (event.type === 'server-starting') return { ...unborn, user: event.user, known: true };
  if (event.type === 'server-ready') return { ...life, known: true, ready: true };
  if (event.type === 'server-exited') {
    return event.status === 0 ? null : { ...life, brokenAt: event.at };
  }
  // A server's workers are called Other, and have its pid.
  if (event.type === 'fault' && event.writer !== 'Control') {
    return { ...life, fault: event.reason, faultClient: namedClient(event.reason) };
  }
  const hit = event.type === 'other' ? inactiveClient(event.text) : null;
  if (hit === null || life.hit.includes(hit) || life.hit.length >= rememberedMax) return null;
  return { ...life, hit: [...life.hit, hit] };
}

/** `client 1234`, `client process 1234`, `client {1234, 1}`: of two numbers the larger is the pid, the other a context. */
function namedClient(words: string): number | null {
  const match =
    /\bclient(?: process)?(?: with pid)?[\s:]{1,4}\{?(\d{1,10})(?:,\s?(\d{1,10}))?\b/i.exec(words);
  return match === null ? null : Math.max(Number(match[1]), Number(match[2] ?? 0));
}

/** `status of client {1234, 1} is INACTIVE`: its work was stopped by a fault on a card that it used. */
function inactiveClient(text: string): number | null {
  return /status of client .{1,40} is INACTIVE/i.test(text) ? namedClient(text) : null;
}

function newest<V>(all: Map<number, V>): Map<number, V> {
  if (all.size <= rememberedMax) return all;
  return new Map([...all].slice(-rememberedMax));
}

/** What has gone wrong with a server that has clients, or had some. */
export interface MpsFault {
  /** The same while it is the same fault: what was handled once is not handled again. */
  readonly id: string;
  readonly server: number;
  /** The client that the log names; null: it names none, which is the rule. */
  readonly client: number | null;
  /** The words of the log, or what was seen. */
  readonly reason: string;
  /** The server is in the state FAULT now: it takes no client until every one that was hit has exited. */
  readonly live: boolean;
}

/** Pure: the fault of this daemon's servers; the one that holds now before one that is over. null: there was none. */
export function faultOf(
  history: ServerHistory,
  told: readonly { readonly pid: number; readonly status: string | null }[],
  incarnation: string,
): MpsFault | null {
  const stuck = told.find(
    ({ pid, status }) =>
      status === 'FAULT' || (status === null && (history.servers.get(pid)?.fault ?? null) !== null),
  );
  if (stuck !== undefined) {
    const life = history.servers.get(stuck.pid) ?? unborn;
    return {
      id: `${incarnation} ${stuck.pid} fault`,
      server: stuck.pid,
      client: culpritOf(life),
      reason: life.fault ?? 'its state is FAULT',
      live: true,
    };
  }
  const ended = [...history.servers].findLast(
    ([, life]) => life.known && life.ready && life.brokenAt !== null,
  );
  if (ended === undefined) return null;
  const [server, life] = ended;
  const { fault, brokenAt } = life;
  return {
    id: `${incarnation} ${server} ended`,
    server,
    client: culpritOf(life),
    reason: `it ended at ${brokenAt ?? '?'}${fault === null ? '' : `: ${fault}`}`,
    live: false,
  };
}

/** Whom the words name; else the only one that was hit. Several that were hit name nobody. */
function culpritOf({ faultClient, hit }: ServerLife): number | null {
  if (faultClient !== null) return faultClient;
  const [only, other] = hit;
  return only === undefined || other !== undefined ? null : only;
}

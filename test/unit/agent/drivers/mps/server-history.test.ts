import { expect, test } from 'vitest';
import {
  addEvents,
  faultOf,
  noHistory,
  type ServerHistory,
} from '../../../../../agent/drivers/mps/server-history.ts';
import { parseMpsLogLine, type MpsLogEvent } from '../../../../../agent/formats/mps/mps-log.ts';

// The forms of the lines are those of public logs of drivers 535 to 580; the numbers are invented.

const control = '[2026-01-02 03:04:05.006 Control   100]';
const server = (pid: number): string => `[2026-01-02 03:04:06.007 Server   ${pid}]`;
const other = (pid: number): string => `[2026-01-02 03:04:06.007 Other    ${pid}]`;
const begun = [
  `${control} Starting control daemon using socket /run/mps/control`,
  `${control} NEW CLIENT 11 from user 1000: Server is not ready, push client to pending list`,
  `${control} Starting new server 500 for user 1000`,
  `${control} NEW SERVER 500: Ready`,
  `${control} NEW CLIENT 11 from user 1000: Server already exists`,
];

function after(lines: readonly string[], before: ServerHistory = noHistory): ServerHistory {
  return addEvents(before, lines.map(parseMpsLogLine).filter(isEvent));
}

function isEvent(event: MpsLogEvent | null): event is MpsLogEvent {
  return event !== null;
}

const fatal = `${server(500)} Server encountered a fatal exception. Shutting down`;
const active = [{ pid: 500, status: 'ACTIVE' }];

test.for<{
  readonly name: string;
  readonly lines: readonly string[];
  readonly told: readonly { readonly pid: number; readonly status: string | null }[];
  readonly want: unknown;
}>([
  { name: 'a server that serves', lines: begun, told: active, want: null },
  {
    name: 'the state FAULT, whatever the log says',
    lines: begun,
    told: [{ pid: 500, status: 'FAULT' }],
    want: {
      id: 'd1 500 fault',
      server: 500,
      client: null,
      reason: 'its state is FAULT',
      live: true,
    },
  },
  {
    name: 'the state FAULT, with the words of the log and the client that they name',
    lines: [...begun, `${server(500)} Client process 11 has faulted`],
    told: [{ pid: 500, status: 'FAULT' }],
    want: { server: 500, client: 11, reason: 'Client process 11 has faulted', live: true },
  },
  {
    name: 'the only client that a fault has stopped',
    lines: [
      ...begun,
      `${other(500)} Volta MPS: Server is handling a fatal GPU exception.`,
      `${other(500)} Volta MPS: status of client {11, 1} is INACTIVE`,
    ],
    told: [{ pid: 500, status: 'FAULT' }],
    want: { client: 11, reason: 'Volta MPS: Server is handling a fatal GPU exception.' },
  },
  {
    name: 'several of them name nobody',
    lines: [
      ...begun,
      `${other(500)} Volta MPS: Server is handling a fatal GPU exception.`,
      `${other(500)} Volta MPS: status of client {11, 1} is INACTIVE`,
      `${other(500)} Volta MPS: status of client {12, 2} is INACTIVE`,
    ],
    told: [{ pid: 500, status: 'FAULT' }],
    want: { client: null },
  },
  {
    name: 'a version that tells no state is judged by its log',
    lines: [...begun, fatal],
    told: [{ pid: 500, status: null }],
    want: { live: true, reason: 'Server encountered a fatal exception. Shutting down' },
  },
  {
    name: 'a server that has served and ended with a status',
    lines: [...begun, fatal, `${control} Server 500 exited with status 1`],
    told: [],
    want: {
      id: 'd1 500 ended',
      live: false,
      reason:
        'it ended at 2026-01-02 03:04:05.006: Server encountered a fatal exception. Shutting down',
    },
  },
  {
    name: 'a server that was told to end',
    lines: [...begun, `${control} Server 500 exited with status 0`],
    told: [],
    want: null,
  },
  {
    name: 'a server that never served took nobody with it',
    lines: [
      ...begun.slice(0, 3),
      `${server(500)} Failed to start : no device`,
      `${control} Server 500 exited with status 1`,
    ],
    told: [],
    want: null,
  },
  {
    name: 'the servers of an earlier daemon are none of this one',
    lines: [...begun, `${control} Server 500 exited with status 1`, ...begun.slice(0, 1), fatal],
    told: [],
    want: null,
  },
  {
    name: 'the newest of several',
    lines: [
      ...begun,
      `${control} Server 500 exited with status 1`,
      `${control} Starting new server 501 for user 1000`,
      `${control} NEW SERVER 501: Ready`,
      `${control} Server 501 exited with status 139`,
    ],
    told: [],
    want: { id: 'd1 501 ended' },
  },
])('fault: $name', ({ lines, told, want }) => {
  const found = faultOf(after(lines), told, 'd1');
  if (want === null) expect(found).toBeNull();
  else expect(found).toMatchObject(Object(want));
});

test('a client of another user waits until it is served', () => {
  const queued = after([
    ...begun,
    `${control} NEW CLIENT 12 from user 0: Server is not ready, push client to pending list`,
  ]);
  expect([...queued.waiting]).toEqual([[12, { user: 0 }]]);
  const served = after([`${control} NEW CLIENT 12 from user 0: Server already exists`], queued);
  expect([...served.waiting]).toEqual([]);
});

test('what is remembered has a limit', () => {
  const many = Array.from(
    { length: 1_000 },
    (_, at) =>
      `${control} NEW CLIENT ${at + 10} from user 0: Server is not ready, push client to pending list`,
  );
  const history = after(many);
  expect(history.waiting.size).toBe(256);
  expect(history.waiting.has(1_009)).toBe(true);
});

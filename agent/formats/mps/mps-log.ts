import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { Format } from '../format.ts';
import { linesOf } from '../text/text.ts';

/** Who wrote a line: the control daemon, a server, or a process on the way to be one. */
type Writer = 'Control' | 'Server' | 'Other' | 'Legacy Server';

/** What a line tells. Only what the agent or a reader acts on has a type of its own; the rest keeps its words. */
export type MpsLogFact =
  | { readonly type: 'daemon-started'; readonly socket: string }
  | { readonly type: 'binary-version'; readonly version: string }
  /** `pending`: its server is not ready; it waits for it, or for the server of another user to end. */
  | {
      readonly type: 'new-client';
      readonly client: number;
      readonly user: number | null;
      readonly pending: boolean;
    }
  | { readonly type: 'client-disconnected' }
  | { readonly type: 'server-starting'; readonly server: number; readonly user: number | null }
  | { readonly type: 'server-ready'; readonly server: number }
  | { readonly type: 'server-started' }
  /** Status 0: it was told to. Another one again and again is a crash loop. */
  | { readonly type: 'server-exited'; readonly server: number; readonly status: number | null }
  | { readonly type: 'fault'; readonly reason: string }
  | { readonly type: 'command'; readonly command: string }
  /** A value out of range: the reply was the old value, and the reason stands only here. */
  | { readonly type: 'refused-value'; readonly reason: string }
  | { readonly type: 'refused-command'; readonly reason: string }
  | {
      readonly type: 'limit-set';
      readonly limit: 'active-thread-percentage' | 'device-pinned-memory';
      readonly value: number;
    }
  /** Ordinary noise: connections come and go, a prober sends no credentials. */
  | { readonly type: 'connection' }
  | { readonly type: 'other' };

/** One line of control.log or server.log. */
export type MpsLogEvent = MpsLogFact & {
  /** As written, in the host's local time: `2026-11-22 08:27:44.078`. */
  readonly at: string;
  readonly writer: Writer;
  readonly pid: number;
  readonly text: string;
};

export interface MpsLog {
  readonly events: readonly MpsLogEvent[];
  /** Lines that are not in the form of the log, kept as they are; at most 1,000. */
  readonly unknownLines: readonly string[];
}

const lineForm =
  /^\[(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)\s{1,8}(Control|Server|Other|Legacy Server)\s{1,16}(\d{1,10})\]\s?(.*)$/;
const unknownLinesMax = 1_000;
const lineLengthMax = 16_384;

type Fact = readonly [RegExp, (match: RegExpExecArray) => MpsLogFact];

const facts: readonly Fact[] = [
  [
    /^(?:Accepting connection|NEW UI|UI closed|User did not send valid credentials|To connect CUDA applications)/,
    () => ({ type: 'connection' }),
  ],
  [/^Cmd:(.*)$/, ([, command = '']) => ({ type: 'command', command })],
  [
    /^NEW CLIENT (\d+)(?: from user (\d+))?(.*)$/,
    ([, client, user, rest = '']) => ({
      type: 'new-client',
      client: Number(client),
      user: user === undefined ? null : Number(user),
      pending: rest.includes('pending'),
    }),
  ],
  [
    /^Starting new server (\d+)(?: for user (\d+))?/,
    ([, server, user]) => ({
      type: 'server-starting',
      server: Number(server),
      user: user === undefined ? null : Number(user),
    }),
  ],
  [/^NEW SERVER (\d+): Ready/, ([, server]) => ({ type: 'server-ready', server: Number(server) })],
  [/^Server has started/, () => ({ type: 'server-started' })],
  [
    /^Server (\d+) exited(?: with status (-?\d+))?/,
    ([, server, status]) => ({
      type: 'server-exited',
      server: Number(server),
      status: status === undefined ? null : Number(status),
    }),
  ],
  [
    /^Starting control daemon using socket (.*)$/,
    ([, socket = '']) => ({ type: 'daemon-started', socket }),
  ],
  [
    /^CUDA MPS Control binary version: (\S+)/,
    ([, version = '']) => ({ type: 'binary-version', version }),
  ],
  [
    /^(?:Client (?:process )?(?:\d+ )?disconnected|Receive command failed, assuming client exit)/,
    () => ({ type: 'client-disconnected' }),
  ],
  [
    /^(?:Active Threads Percentage set to|Active thread percentage set to) (\d+(?:\.\d+)?)/i,
    ([, value]) => ({ type: 'limit-set', limit: 'active-thread-percentage', value: Number(value) }),
  ],
  [
    /^Device pinned memory limit for device \S+ set to (0x[0-9a-f]{1,13}|\d{1,15}) bytes/i,
    ([, value]) => ({ type: 'limit-set', limit: 'device-pinned-memory', value: Number(value) }),
  ],
  [
    /^(Invalid .*|.*\bexpected between\b.*)$/,
    ([, reason = '']) => ({ type: 'refused-value', reason }),
  ],
  [
    /^(Unknown command .*|(?:Server|Client)(?: \d+)? not found!?)$/,
    ([, reason = '']) => ({ type: 'refused-command', reason }),
  ],
  [
    /^(.*(?:fatal (?:GPU )?exception|Failed to start\b|encountered a fault|in FAULT state|Fatal error|has faulted).*)$/i,
    ([, reason = '']) => ({ type: 'fault', reason }),
  ],
];

/** Reads one line; null: it is not in the form of these logs. */
export function parseMpsLogLine(line: string): MpsLogEvent | null {
  if (!line.startsWith('[') || line.length > lineLengthMax) return null;
  const match = lineForm.exec(line);
  if (match === null) return null;
  const [, at = '', writer, pid, raw = ''] = match;
  // Older builds say again who speaks.
  const text = raw.trimEnd().replace(/^(?:Volta )?MPS (?:Server|Control): ?/, '');
  return { at, writer: writer as Writer, pid: Number(pid), text, ...factOf(text) };
}

function factOf(text: string): MpsLogFact {
  for (const [pattern, make] of facts) {
    const match = pattern.exec(text);
    if (match !== null) return make(match);
  }
  return { type: 'other' };
}

/** control.log and server.log of `CUDA_MPS_LOG_DIRECTORY`. A fault in them is a value: they were read. */
export const mpsLogFormat: Format<MpsLog> = {
  kind: 'mps',
  command: 'CUDA_MPS_LOG_DIRECTORY/{control,server}.log',
  // The first lines may be the end of one that was cut by a rotation.
  recognises: (text) =>
    linesOf(text.slice(0, 8_192))
      .slice(0, 12)
      .some((line) => lineForm.test(line)),
  parse: parseLog,
};

function parseLog(text: string): Result<MpsLog> {
  const events: MpsLogEvent[] = [];
  const unknownLines: string[] = [];
  for (const line of linesOf(text)) {
    const event = parseMpsLogLine(line);
    if (event !== null) events.push(event);
    else if (line.trim() !== '' && unknownLines.length < unknownLinesMax) {
      unknownLines.push(line.slice(0, lineLengthMax));
    }
  }
  if (events.length > 0) return ok({ events, unknownLines });
  return err({
    code: 'UNREADABLE',
    message: 'no line has the form of an MPS log: [date time writer pid] text',
    hint: 'name its kind with --kind',
  });
}

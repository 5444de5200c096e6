import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { Format } from '../format.ts';
import { refusalOfLine } from '../refusals/refusal.ts';
import { linesOf } from '../text/text.ts';

/** A reply of `nvidia-cuda-mps-control` by its shape. One number may be several things: only who asked can tell. */
export type MpsReply =
  /** An empty list, a command without a reply, or a server that could not start: the tool says nothing in all of them. */
  | { readonly reply: 'empty' }
  /** `40.0`. After a refused value it is the old one, and the reason is only in control.log. */
  | { readonly reply: 'percent'; readonly percent: number }
  /** `2G`, `1044M`. The echo is lossy: from 1 GiB on some versions print whole GiB, rounded down. */
  | { readonly reply: 'memory'; readonly mib: number }
  /** One pid a line: servers or clients. */
  | { readonly reply: 'pids'; readonly pids: readonly number[] }
  | { readonly reply: 'server-status'; readonly status: MpsServerStatus }
  /** `ps`: the clients of every server. `lspart`, `device_query`: as the header names the columns. */
  | {
      readonly reply: 'table';
      readonly columns: readonly string[];
      readonly rows: readonly Readonly<Record<string, string | null>>[];
    };

/** FAULT: new clients wait until every client that was hit has exited. */
export type MpsServerStatus = 'INITIALIZING' | 'ACTIVE' | 'FAULT';

/** What a driver must tell apart. The daemon exits with 0 even for errors, so only the words tell. */
export type MpsAnswer =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'no-daemon' }
  /** A command that this version does not have. */
  | { readonly kind: 'unknown-command' }
  /** `Server 123 not found`: it ended meanwhile. */
  | { readonly kind: 'not-found' };

/** Reads what `nvidia-cuda-mps-control` printed on both streams for one command. */
export function parseMpsAnswer(stdout: string, stderr: string): MpsAnswer {
  if (/Cannot find MPS control daemon process/i.test(stderr + stdout)) return { kind: 'no-daemon' };
  const text = stdout.trim();
  const code = refusalOfLine(text.split('\n', 1)[0] ?? '')?.code;
  if (code === 'MPS_UNKNOWN_COMMAND') return { kind: 'unknown-command' };
  if (code === 'MPS_NOT_FOUND') return { kind: 'not-found' };
  return { kind: 'text', text };
}

/** The pids of `get_server_list` and `get_client_list`: one a line; anything else is no pid. */
export function parsePidList(text: string): readonly number[] {
  return text
    .split(/\s+/)
    .filter((word) => /^\d{1,10}$/.test(word))
    .map(Number);
}

/** `25.0` → 25; null for anything else. */
export function parsePercent(text: string): number | null {
  const match = /^(\d{1,3}(?:\.\d{1,9})?)%?$/.exec(text.trim());
  return match === null ? null : Number(match[1]);
}

/** `2G`, `1044M`, `1044MB` in MiB; null for anything else. */
function parseMemoryLimit(text: string): number | null {
  const match = /^(\d{1,9})([GMK])i?B?$/i.exec(text.trim());
  if (match === null) return null;
  const value = Number(match[1]);
  const unit = match[2]?.toUpperCase();
  if (unit === 'K') return value / 1024;
  return unit === 'G' ? value * 1024 : value;
}

/**
 * Whether the daemon's echo of a memory limit can be what was set. The echo is lossy: from 1 GiB on some versions
 * print whole GiB, rounded down (`1G` after 1044M).
 */
export function isMemoryEcho(text: string, setMib: number): boolean {
  const mib = parseMemoryLimit(text);
  if (mib === null) return false;
  return /G/i.test(text) ? mib === Math.floor(setMib / 1024) * 1024 : mib === setMib;
}

/** `ACTIVE`, `FAULT`, …; null for anything else. */
export function parseServerStatus(text: string): MpsServerStatus | null {
  const word = text.trim().toUpperCase();
  return word === 'INITIALIZING' || word === 'ACTIVE' || word === 'FAULT' ? word : null;
}

/** Replies to commands on the control pipe. Most have no mark: the folder, the file name or `--kind` tells. */
export const mpsReplyFormat: Format<MpsReply> = {
  kind: 'mps',
  command: 'nvidia-cuda-mps-control',
  recognises: (text) => {
    const first = text.trimStart().slice(0, 400).split('\n', 1)[0] ?? '';
    return refusalOfLine(first)?.scope === 'mps' || isTableHeader(first);
  },
  parse: parseReply,
};

function parseReply(text: string): Result<MpsReply> {
  const lines = linesOf(text).filter((line) => line.trim() !== '');
  if (lines.length === 0) return ok({ reply: 'empty' });
  const [first = ''] = lines;
  const refusal = refusalOfLine(first);
  if (refusal !== null) {
    return err({ code: refusal.code, message: refusal.words, hint: refusal.hint });
  }
  const single = lines.length === 1 ? parseSingle(first.trim()) : null;
  if (single !== null) return ok(single);
  if (lines.length <= pidsMax && lines.every((line) => /^\s*\d{1,10}\s*$/.test(line))) {
    return ok({ reply: 'pids', pids: lines.map(Number) });
  }
  if (isTableHeader(first)) return ok(parseTable(lines));
  return err({
    code: 'UNREADABLE',
    message: `${JSON.stringify(first.slice(0, 80))} is no reply of nvidia-cuda-mps-control`,
    hint: 'give one reply a file, or control.log and server.log as they are',
  });
}

const pidsMax = 100_000;

function parseSingle(word: string): MpsReply | null {
  const status = parseServerStatus(word);
  if (status !== null) return { reply: 'server-status', status };
  const mib = parseMemoryLimit(word);
  if (mib !== null) return { reply: 'memory', mib };
  const percent = word.includes('.') ? parsePercent(word) : null;
  return percent === null ? null : { reply: 'percent', percent };
}

/** The manual's headers of `ps`, `device_query` and `lspart`; columns are apart by two blanks or more. */
function isTableHeader(line: string): boolean {
  return /^(?:PID\s+ID\s+SERVER\b|Device Ordinal\s{2,}PCI IDs?\b|GPU\s{2,}Partition\s{2,})/.test(
    line,
  );
}

function parseTable(lines: readonly string[]): MpsReply {
  const [header = '', ...rest] = lines;
  const separator = header.startsWith('PID') ? /\s+/ : /\s{2,}/;
  const columns = header.trim().split(separator);
  const rows = rest.map((line) => {
    const cells = line.trim().split(separator);
    // The last column is a command or a name: it may hold blanks.
    const last = cells.slice(columns.length - 1).join(' ');
    return Object.fromEntries(
      columns.map((column, at) => [column, (at === columns.length - 1 ? last : cells[at]) || null]),
    );
  });
  return { reply: 'table', columns, rows };
}

import { uptime } from 'node:os';
import type { Clock } from '../../../shared/platform/clock.ts';
import { isAppError } from '../../../shared/platform/errors.ts';
import { shortSignal } from '../../../shared/platform/short-signal.ts';
import { streamLines } from '../process/stream-lines.ts';
import {
  batchLinesMax,
  mayTellFault,
  type KernelBatch,
  type KernelLine,
  type KernelLogSource,
} from './kernel-log.ts';

/** A kernel may well say nothing for a day; then the command is started anew, in case it hangs. */
const stallMs = 24 * 60 * 60 * 1_000;
/** Lines that come so close together are told at once. */
const gatherMs = 250;

/** The systemd journal, all of this boot and on: for those who may read it and not /dev/kmsg. */
export function journal(
  clock: Clock,
  command: readonly string[] = ['journalctl'],
): KernelLogSource {
  const argv = [
    ...command,
    '--dmesg',
    '--boot',
    '--follow',
    '--no-tail',
    '--quiet',
    '--output=short-monotonic',
  ];
  return followedCommand('journal', argv, clock);
}

/** `dmesg` of util-linux. */
export function dmesg(clock: Clock, command: readonly string[] = ['dmesg']): KernelLogSource {
  return followedCommand('dmesg', [...command, '--follow', '--color=never'], clock);
}

/** Positions are the microseconds since boot that begin every line. */
function followedCommand(name: string, argv: readonly string[], clock: Clock): KernelLogSource {
  return {
    name,
    follow: (position, signal) => followLines(argv, { clock, after: position ?? -1 }, signal),
  };
}

interface Stamped extends KernelLine {
  readonly atUs: number;
}

async function* followLines(
  argv: readonly string[],
  { clock, after }: { readonly clock: Clock; readonly after: number },
  signal: AbortSignal,
): AsyncGenerator<KernelBatch, void, void> {
  const stop = new AbortController();
  const inner = AbortSignal.any([signal, stop.signal]);
  const lines = streamLines({ argv, stallMs, clock }, inner);
  let position = after;
  let next = lines.next();
  next.catch(() => {}); // Awaited below; a reader that leaves early must not leave an unhandled rejection.
  try {
    for (;;) {
      const gathered: Stamped[] = [];
      const first = await next;
      let ended = first.done === true;
      if (first.done !== true) keep(gathered, first.value, clock);
      while (!ended && gathered.length < batchLinesMax) {
        next = lines.next();
        next.catch(() => {});
        const more = await orLate(next, clock, inner);
        if (more === 'late') break;
        ended = more.done === true;
        if (more.done !== true) keep(gathered, more.value, clock);
      }
      const fresh = gathered.filter((each) => each.atUs > position);
      position = fresh.reduce((most, each) => Math.max(most, each.atUs), position);
      yield { lines: fresh.map(({ text, atMs }) => ({ text, atMs })), position };
      if (ended) return;
      if (gathered.length >= batchLinesMax) next = lines.next();
    }
  } catch (error) {
    if (!isAppError(error, 'PROCESS_TIMEOUT')) throw error;
  } finally {
    stop.abort(new Error('nobody reads on'));
    await next.catch(() => {});
  }
}

function keep(lines: Stamped[], text: string, clock: Clock): void {
  const stamp = /^\[ *(\d{1,12})\.(\d{1,9})\]/.exec(text);
  if (stamp === null || !mayTellFault(text)) return;
  const [, seconds = '0', fraction = '0'] = stamp;
  const atUs = Number(seconds) * 1_000_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
  const bootWallMs = clock.wallMs() - uptime() * 1_000;
  lines.push({ text, atUs, atMs: Math.round(bootWallMs + atUs / 1_000) });
}

async function orLate<T>(
  answer: Promise<T>,
  clock: Clock,
  signal: AbortSignal,
): Promise<T | 'late'> {
  const patience = shortSignal(signal);
  const late = clock
    .sleep(gatherMs, patience.signal)
    .then(() => 'late' as const)
    .catch(() => answer);
  try {
    return await Promise.race([answer, late]);
  } finally {
    patience.end();
  }
}

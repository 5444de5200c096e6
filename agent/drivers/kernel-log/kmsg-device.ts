import { closeSync, constants, openSync, readSync } from 'node:fs';
import { uptime } from 'node:os';
import type { Clock } from '../../../shared/platform/clock.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import {
  batchLinesMax,
  mayTellFault,
  type KernelBatch,
  type KernelLogSource,
} from './kernel-log.ts';

const pollMs = 1_000;
/** The kernel answers EINVAL when a record does not fit; it writes none above 8 KiB. */
const recordBytesMax = 16_384;

/**
 * `/dev/kmsg`: one read is one record, `priority,sequence,microseconds,flags;text`. Opened without blocking, since a
 * read that waits would hold one of Node's few threads for good. Reading needs CAP_SYSLOG where `dmesg_restrict` is on.
 */
export function kmsgDevice(clock: Clock, path = '/dev/kmsg'): KernelLogSource {
  return {
    name: path,
    follow: (position, signal) => followRecords(path, { clock, position }, signal),
  };
}

/** Whether this user may read it. */
export function kmsgReadable(path = '/dev/kmsg'): boolean {
  try {
    closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
}

async function* followRecords(
  path: string,
  { clock, position }: { readonly clock: Clock; readonly position: number | null },
  signal: AbortSignal,
): AsyncGenerator<KernelBatch, void, void> {
  const descriptor = openDevice(path);
  let last = position ?? -1;
  try {
    const buffer = Buffer.alloc(recordBytesMax);
    for (;;) {
      const batch = readBatch(descriptor, buffer, { clock, last });
      last = batch.position;
      yield batch;
      signal.throwIfAborted();
      if (!batch.more) await clock.sleep(pollMs, signal);
    }
  } finally {
    closeSync(descriptor);
  }
}

function openDevice(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw new AppError('DRIVER_AWAY', `cannot read ${path}`, {
      cause,
      hint: 'run the agent as root or with CAP_SYSLOG, or name another log with `health.kernelLog`',
    });
  }
}

function readBatch(
  descriptor: number,
  buffer: Buffer,
  { clock, last }: { readonly clock: Clock; readonly last: number },
): KernelBatch & { readonly more: boolean } {
  const lines: { text: string; atMs: number }[] = [];
  const bootWallMs = clock.wallMs() - uptime() * 1_000;
  let position = last;
  for (let records = 0; records < batchLinesMax; records += 1) {
    const text = readRecord(descriptor, buffer);
    if (text === null) return { lines, position, more: false };
    const head = /^\d+,(\d+),(\d+),/.exec(text);
    if (head === null) continue;
    const sequence = Number(head[1]);
    if (sequence <= last) continue;
    position = sequence;
    if (mayTellFault(text))
      lines.push({ text, atMs: Math.round(bootWallMs + Number(head[2]) / 1_000) });
  }
  return { lines, position, more: true };
}

/** One record without the lines of keys that follow it; null: there is none now. */
function readRecord(descriptor: number, buffer: Buffer): string | null {
  for (;;) {
    try {
      const bytes = readSync(descriptor, buffer, 0, buffer.length, null);
      if (bytes === 0) return null;
      return buffer.toString('utf8', 0, bytes).split('\n', 1)[0] ?? '';
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EAGAIN') return null;
      // The ring has overwritten what was to be read next: go on with the oldest that is left.
      if (code !== 'EPIPE' && code !== 'EINTR') throw error;
    }
  }
}

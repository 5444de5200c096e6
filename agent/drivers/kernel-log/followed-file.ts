import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Clock } from '../../../shared/platform/clock.ts';
import {
  lineBytesMax,
  mayTellFault,
  type KernelBatch,
  type KernelLogSource,
} from './kernel-log.ts';

const pollMs = 1_000;
/** Bounds a batch, too: a storm comes in several. */
const chunkBytes = 64 * 1024;

/**
 * A file that something else appends to: `/var/log/kern.log`, the simulator's `kmsg`. It may be rotated (another
 * inode) or cut (shorter than before), and need not be there yet. What stood in it before anybody looked is history.
 */
export function followedFile(clock: Clock, path: string): KernelLogSource {
  return {
    name: path,
    follow: (position, signal) => followFile(path, { clock, position }, signal),
  };
}

interface Place {
  readonly inode: number;
  /** Bytes up to the end of the last whole line. */
  readonly offset: number;
}

async function* followFile(
  path: string,
  { clock, position }: { readonly clock: Clock; readonly position: number | null },
  signal: AbortSignal,
): AsyncGenerator<KernelBatch, void, void> {
  const first = await stat(path).catch(() => null);
  // One that appears later is read from its beginning. Which file a position was of is not known after a restart: one
  // that is long enough is taken for the same.
  let place: Place = { inode: first?.ino ?? 0, offset: position ?? first?.size ?? 0 };
  yield { lines: [], position: place.offset };
  for (;;) {
    signal.throwIfAborted();
    const found = await stat(path).catch(() => null);
    if (found === null) place = { inode: 0, offset: 0 };
    else {
      if (found.ino !== place.inode || found.size < place.offset) {
        place = { inode: found.ino, offset: 0 };
      }
      if (found.size > place.offset) {
        const read = await readOn(path, place.offset, clock);
        place = { ...place, offset: read.position };
        yield { lines: read.lines, position: read.position };
        if (read.more) continue;
      }
    }
    await clock.sleep(pollMs, signal);
  }
}

async function readOn(
  path: string,
  offset: number,
  clock: Clock,
): Promise<KernelBatch & { readonly more: boolean }> {
  const buffer = Buffer.alloc(chunkBytes);
  const bytes = await withFile(
    path,
    async (file) => (await file.read(buffer, 0, chunkBytes, offset)).bytesRead,
  );
  const end = buffer.subarray(0, bytes).lastIndexOf(0x0a) + 1;
  // Half a line is read again when it is whole; one without an end is passed over.
  const whole = end > 0 ? end : bytes > lineBytesMax ? bytes : 0;
  const atMs = clock.wallMs();
  const lines = buffer
    .toString('utf8', 0, whole)
    .split('\n')
    .filter(mayTellFault)
    .map((text) => ({ text: text.slice(0, lineBytesMax).replace(/\r$/, ''), atMs }));
  return { lines, position: offset + whole, more: whole > 0 && bytes === chunkBytes };
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r');
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

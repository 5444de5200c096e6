import {
  closeSync,
  copyFileSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { parseMpsLogLine, type MpsLogEvent } from '../../formats/mps/mps-log.ts';
import type { CardFolders } from './control-pipe.ts';

/**
 * Every command on the pipe adds some 200 bytes to control.log, and no version rotates it. The daemon appends (seen:
 * O_APPEND on drivers 535 and 550), so that the file may be emptied under it.
 */
const logBytesMax = 16 * 1024 * 1024;
/** At most so much of a log is read at once. */
const readBytesMax = 256 * 1024;

export type MpsLogName = 'control.log' | 'server.log';

/** The events that were added to a log since it was last asked; the first time those of its end. */
export interface LogFollower {
  read(): readonly MpsLogEvent[];
}

/** Follows one log. A log that was emptied or made anew is read from its beginning. */
export function followLog(path: string): LogFollower {
  let inode = 0;
  let offset = 0;
  return {
    read: () => {
      const stat = statOf(path);
      if (stat === null || (stat.ino === inode && stat.size === offset)) return [];
      if (stat.ino !== inode || stat.size < offset) offset = 0;
      inode = stat.ino;
      const { text, end } = readPiece(path, Math.max(offset, stat.size - readBytesMax), stat.size);
      offset = end;
      return text
        .split('\n')
        .filter(isTelling)
        .map(parseMpsLogLine)
        .filter((event) => event !== null);
    },
  };
}

/** Most lines are about our own questions: they are dropped before anything costs. */
function isTelling(line: string): boolean {
  return /server|client|daemon|fault|fatal|fail/i.test(line) && !/\] Cmd:/.test(line);
}

/** The last lines of a log, oldest first; empty when there is none. */
export function tailLog(folders: CardFolders, name: MpsLogName, linesMax: number): string {
  const path = join(folders.log, name);
  const stat = statOf(path);
  if (stat === null) return '';
  const from = Math.max(0, stat.size - readBytesMax);
  const lines = readPiece(path, from, stat.size).text.split('\n');
  // The first one may be the end of a line.
  const whole = from > 0 ? lines.slice(1) : lines;
  return whole
    .filter((line) => line !== '')
    .slice(-linesMax)
    .join('\n');
}

/** Keeps a log that has grown too long as `<name>.1`, and empties it. Answers whether it did. */
export function capLog(folders: CardFolders, name: MpsLogName, bytesMax = logBytesMax): boolean {
  const path = join(folders.log, name);
  const stat = statOf(path);
  if (stat === null || stat.size <= bytesMax) return false;
  copyFileSync(path, `${path}.1`);
  truncateSync(path, 0);
  return true;
}

/** Whole lines only: what is being written now is read when it is complete. */
function readPiece(
  path: string,
  from: number,
  to: number,
): { readonly text: string; readonly end: number } {
  const buffer = Buffer.alloc(Math.max(0, to - from));
  const file = openSync(path, 'r');
  try {
    const bytes = readSync(file, buffer, 0, buffer.length, from);
    const last = buffer.subarray(0, bytes).lastIndexOf(0x0a);
    return { text: buffer.toString('utf8', 0, last + 1), end: from + last + 1 };
  } finally {
    closeSync(file);
  }
}

function statOf(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

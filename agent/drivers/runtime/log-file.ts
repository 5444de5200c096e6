import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { isDiskFull } from '../../../shared/platform/disk-full.ts';

/** The most that is ever read back of a log in one answer. */
const tailBytesMax = 256 * 1024;

/** The last `lines` lines of a file, at most 256 KiB of them; empty when there is no file. */
export function readTail(path: string, lines: number): string {
  if (!existsSync(path)) return '';
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    const length = Math.min(size, tailBytesMax);
    const buffer = Buffer.alloc(length);
    readSync(file, buffer, 0, length, size - length);
    return lastLines(buffer.toString('utf8'), lines);
  } finally {
    closeSync(file);
  }
}

/** The last `lines` lines of a text, without the newline at its end. */
export function lastLines(text: string, lines: number): string {
  return text.replace(/\n$/, '').split('\n').slice(-lines).join('\n');
}

/**
 * Keeps a log that another process appends to within `bytesMax`: what it holds is copied aside (one generation) and
 * the file is emptied; on a full disk nothing is copied. The writer must have opened it for appending. Lines written between the two steps are lost.
 */
export function rotateLog(path: string, bytesMax: number): boolean {
  if (!existsSync(path) || statSync(path).size <= bytesMax) return false;
  try {
    copyFileSync(path, `${path}.1`);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    // Room for the others is worth more than the older half of a log.
    rmSync(`${path}.1`, { force: true });
  }
  truncateSync(path, 0);
  return true;
}

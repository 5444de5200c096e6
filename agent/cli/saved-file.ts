import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { err, ok, type Problem, type Result } from '../../shared/domain/result.ts';

/** Both for the file and for what a packed one unpacks to. A kernel log of a bad month fits. */
const fileBytesMax = 64 * 1024 * 1024;

/** The text of a saved output: a file, a pipe, or `-` for standard input; gzip and UTF-16 (PowerShell) are unpacked. */
export async function readSavedFile(
  file: string,
  bytesMax: number = fileBytesMax,
): Promise<Result<string>> {
  try {
    if (file !== '-' && (await stat(file)).isDirectory()) {
      return err({
        code: 'IS_DIRECTORY',
        message: `${file} is a folder`,
        hint: `name the files in it: ${file.replace(/\/$/, '')}/*`,
      });
    }
    const bytes = await readBounded(file, bytesMax);
    if (bytes === null) return err(tooLarge(file, bytesMax));
    return await unpack(file, bytes, bytesMax);
  } catch (error) {
    return err(unreadable(file, error));
  }
}

/** Null: there is more than allowed. Never asks for the size first: a pipe has none, and a log grows. */
async function readBounded(file: string, bytesMax: number): Promise<Buffer | null> {
  const stream =
    file === '-' ? createReadStream('', { fd: 0, autoClose: false }) : createReadStream(file);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function unpack(file: string, bytes: Buffer, bytesMax: number): Promise<Result<string>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return ok(decode(bytes));
  try {
    return ok(decode(await promisify(gunzip)(bytes, { maxOutputLength: bytesMax })));
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return err(tooLarge(file, bytesMax));
    return err({
      code: 'BROKEN_ARCHIVE',
      message: `${file} begins as gzip but cannot be unpacked`,
      hint: 'copy it again: gzip -t tells whether it is whole',
    });
  }
}

/** Bytes that are no UTF-8 become U+FFFD: one odd process name must not hide a whole report. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return bytes.toString('utf8');
}

function tooLarge(file: string, bytesMax: number): Problem {
  return {
    code: 'TOO_LARGE',
    message: `${file} is larger than ${Math.floor(bytesMax / 1024 / 1024)} MiB`,
    hint: 'cut out the part that matters: head, tail, or grep -a NVRM for a kernel log',
  };
}

const reasons: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['NO_SUCH_FILE', 'is not there'],
  ENOTDIR: ['NO_SUCH_FILE', 'is not there'],
  EACCES: ['NO_PERMISSION', 'may not be read by this user'],
  EPERM: ['NO_PERMISSION', 'may not be read by this user'],
};

function unreadable(file: string, error: unknown): Problem {
  const code = codeOf(error) ?? 'unknown';
  const [problem, why] = reasons[code] ?? ['UNREADABLE_FILE', `cannot be read (${code})`];
  return { code: problem, message: `${file} ${why}`, hint: 'look at it with ls -l' };
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}

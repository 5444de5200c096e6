import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { AppError } from '../../shared/platform/errors.ts';
import { snapshotLineMax } from './snapshot-format.ts';

/** What a snapshot may unpack to: one of 5,000 nodes with all their replicas is a hundredth of it. */
const unpackedBytesMax = 8 * 1024 ** 3;

/**
 * Writes `lines`, compressed, to `path`, which is there whole and durable, or not at all. Readable by its owner only: it holds
 * sealed keys and hashes of tokens. Throws BACKUP_FAILED.
 */
export async function writeSnapshotFile(path: string, lines: AsyncIterable<string>): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(
      Readable.from(lines),
      createGzip(),
      createWriteStream(draft, { mode: 0o600, flush: true }),
    );
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(draft, { force: true });
    throw new AppError('BACKUP_FAILED', `cannot write the snapshot ${path}`, {
      cause,
      hint: 'nothing of it is left; the cluster goes on',
    });
  }
}

/** A name that was given to a file is durable only with its folder. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The lines of a compressed snapshot. Throws SNAPSHOT_INVALID for a file that cannot be read or unpacked. */
export async function* readSnapshotFile(path: string): AsyncIterable<string> {
  const unpacked = createReadStream(path).on('error', (error) => gunzip.destroy(error));
  const gunzip = unpacked.pipe(createGunzip());
  try {
    yield* splitLines(gunzip);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('SNAPSHOT_INVALID', `cannot read the snapshot ${path}`, {
      cause,
      hint: 'give a file that `tangram snapshot save` wrote; it is compressed with gzip',
    });
  } finally {
    unpacked.destroy();
    gunzip.destroy();
  }
}

/** Lines without their ends; the last one may lack its end. Throws SNAPSHOT_INVALID for one that is too long. */
async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let [rest, bytes] = ['', 0];
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > snapshotLineMax || bytes > unpackedBytesMax) {
      throw new AppError('SNAPSHOT_INVALID', 'the snapshot unpacks to more than one can be');
    }
    yield* lines;
  }
  if (rest !== '') yield rest;
}

import { createHash, type Hash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../shared/platform/errors.ts';
import { storeLimits } from '../store/store.ts';

/**
 * A snapshot as text, one line each: a header, the entries of the store in order of their keys, and an end that counts
 * them and holds the SHA-256 of all bytes before it. Gzip is for whoever stores it. Lines are JSON:
 *
 *     {"format":"tangram-snapshot/1","clusterId":"cluster-…","epoch":7,"revision":"812","takenAtMs":…,"version":"0.1.0"}
 *     ["models/vad","eyJzY2hlbWEiOjF9…"]
 *     {"entries":1,"sha256":"9f86…"}
 */
const snapshotFormat = 'tangram-snapshot/1';

const headerSchema = z.object({
  format: z.literal(snapshotFormat),
  clusterId: z.string().min(1).max(128),
  /** The term in which it was taken: the first one after a restore is above it. */
  epoch: z.int().min(0),
  revision: z.string().regex(/^\d+$/),
  takenAtMs: z.int(),
  /** Of the program that took it. */
  version: z.string().max(128),
});
const entrySchema = z.tuple([z.string().max(storeLimits.keyLengthMax), z.base64()]);
const endSchema = z.object({ entries: z.int().min(0), sha256: z.string() });

export type SnapshotHeader = Omit<z.infer<typeof headerSchema>, 'format'>;

export interface SnapshotEntry {
  readonly key: string;
  readonly value: Uint8Array;
}

/** A value, as text, with its key. */
export const snapshotLineMax = Math.ceil((storeLimits.txnBytesMax * 4) / 3) + 1_024;

/** The lines of a snapshot, each with its end of line. */
export async function* writeSnapshot(
  header: SnapshotHeader,
  entries: AsyncIterable<SnapshotEntry>,
): AsyncIterable<string> {
  const hash = createHash('sha256');
  let count = 0;
  const line = (value: unknown): string => {
    const text = `${JSON.stringify(value)}\n`;
    hash.update(text);
    return text;
  };
  yield line({ format: snapshotFormat, ...header });
  for await (const { key, value } of entries) {
    count += 1;
    yield line([key, Buffer.from(value).toString('base64')]);
  }
  yield `${JSON.stringify({ entries: count, sha256: hash.digest('hex') })}\n`;
}

/** What was read of a snapshot so far; `entry` null: it was the header or the end. */
export interface SnapshotRead {
  readonly header: SnapshotHeader;
  readonly entry: SnapshotEntry | null;
}

/**
 * Reads lines (without their ends) as a snapshot. Throws SNAPSHOT_INVALID for what is none, is damaged or ends too early:
 * whoever reads on to the end knows that it is whole.
 */
export async function* readSnapshot(lines: AsyncIterable<string>): AsyncIterable<SnapshotRead> {
  const hash = createHash('sha256');
  let header: SnapshotHeader | null = null;
  let [at, count, ended] = [0, 0, false];
  for await (const line of lines) {
    at += 1;
    if (ended) throw damaged(at, 'something follows its end');
    if (line.length > snapshotLineMax) throw damaged(at, 'the line is too long');
    const value = parse(line, at);
    if (header === null) {
      header = readHeader(value);
      hash.update(`${line}\n`);
      yield { header, entry: null };
    } else if (Array.isArray(value)) {
      const entry = entrySchema.safeParse(value);
      if (!entry.success) throw damaged(at, 'it is no entry');
      hash.update(`${line}\n`);
      count += 1;
      const [key, text] = entry.data;
      yield { header, entry: { key, value: Buffer.from(text, 'base64') } };
    } else {
      checkEnd(value, { at, count, hash });
      ended = true;
      yield { header, entry: null };
    }
  }
  if (ended) return;
  throw new AppError(
    'SNAPSHOT_INVALID',
    header === null ? 'the snapshot is empty' : `the snapshot ends early, after line ${at}`,
    { hint: 'it was not written or copied completely; use an earlier one' },
  );
}

function readHeader(value: unknown): SnapshotHeader {
  const header = headerSchema.safeParse(value);
  if (header.success) {
    const { format: _, ...rest } = header.data;
    return rest;
  }
  const found = z.object({ format: z.string() }).safeParse(value);
  throw new AppError(
    'SNAPSHOT_INVALID',
    found.success
      ? `the snapshot says that it is ${found.data.format.slice(0, 80)}, and this program reads ${snapshotFormat}`
      : 'this is no snapshot of a coordinator',
    { hint: 'give a file that `tangram snapshot save` wrote, and a program that is not older' },
  );
}

function checkEnd(
  value: unknown,
  { at, count, hash }: { readonly at: number; readonly count: number; readonly hash: Hash },
): void {
  const end = endSchema.safeParse(value);
  if (!end.success) throw damaged(at, 'it is neither an entry nor the end');
  if (end.data.entries !== count) {
    throw damaged(at, `it counts ${end.data.entries} entries, and there were ${count}`);
  }
  if (end.data.sha256 !== hash.digest('hex')) throw damaged(at, 'the sum of its bytes differs');
}

function parse(line: string, at: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    if (at > 1) throw damaged(at, 'it is no JSON', cause);
    throw new AppError('SNAPSHOT_INVALID', 'this is no snapshot of a coordinator', { cause });
  }
}

function damaged(line: number, why: string, cause?: unknown): AppError {
  return new AppError('SNAPSHOT_INVALID', `the snapshot is damaged at line ${line}: ${why}`, {
    cause,
    hint: 'nothing of a damaged snapshot is used; take an earlier one',
  });
}

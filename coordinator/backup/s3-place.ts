import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { AwsClient } from 'aws4fetch';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { withDeadline } from '../../shared/platform/deadline.ts';
import { AppError, errorChain } from '../../shared/platform/errors.ts';
import type { BackupConfig, BackupTarget } from './backup-config.ts';
import type { BackupPlace } from './backup-place.ts';

const callMsMax = 120_000;
const neverAborts = new AbortController().signal;
const retries = 4;
/** One object in one call; a snapshot of 5,000 nodes is a few percent of it. */
const objectBytesMax = 512 * 1024 * 1024;
/** 1,000 names each. */
const pagesMax = 100;

const text = z.coerce.string();
const listing = z.object({
  ListBucketResult: z.object({
    Contents: z.array(z.object({ Key: text })).default([]),
    NextContinuationToken: text.optional(),
  }),
});

/**
 * Snapshots in a bucket of an object store that speaks S3's API (signature 4, addresses with the bucket in the path).
 * Throws CONFIG_INVALID for keys that cannot be read.
 */
export function s3Place(
  target: Extract<BackupTarget, { kind: 's3' }>,
  options: NonNullable<BackupConfig['s3']>,
): BackupPlace {
  const aws = new AwsClient({
    ...readKeys(options.accessKeyFile),
    service: 's3',
    region: options.region,
    retries,
  });
  const bucket = `${options.endpoint.replace(/\/+$/, '')}/${target.bucket}`;
  const name = `s3://${target.bucket}${target.prefix === '' ? '' : `/${target.prefix}`}`;
  const folder = target.prefix === '' ? '' : `${target.prefix}/`;
  const urlOf = (key: string): string =>
    `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const call = async (what: string, url: string, init: RequestInit = {}): Promise<string> => {
    try {
      return await withDeadline({ signal: neverAborts, timeoutMs: callMsMax }, async (signal) => {
        const answer = await aws.fetch(url, { ...init, signal });
        const body = await answer.text();
        if (answer.ok || (init.method === 'DELETE' && answer.status === 404)) return body;
        throw new Error(`${answer.status}: ${body.slice(0, 300)}`);
      });
    } catch (cause) {
      throw new AppError('BACKUP_FAILED', `cannot ${what} in ${name}: ${errorChain(cause)}`, {
        hint: 'look at backup.s3: endpoint, region, keys, and whether the bucket exists',
      });
    }
  };
  return {
    name,
    put: async (file, lines) => {
      const body = await compress(lines);
      await call(`put ${file}`, urlOf(folder + file), {
        method: 'PUT',
        body,
        headers: { 'x-amz-content-sha256': createHash('sha256').update(body).digest('hex') },
      });
    },
    list: async () => {
      const keys: string[] = [];
      let next: string | undefined;
      for (let page = 0; page < pagesMax; page += 1) {
        const query = new URLSearchParams({ 'list-type': '2', prefix: folder });
        if (next !== undefined) query.set('continuation-token', next);
        const answer = await call('list', `${bucket}?${query.toString()}`);
        const { ListBucketResult: found } = readListing(answer, name);
        keys.push(...found.Contents.map(({ Key }) => Key.slice(folder.length)));
        next = found.NextContinuationToken;
        if (next === undefined) break;
      }
      return keys.filter((key) => key !== '' && !key.includes('/'));
    },
    remove: async (file) => {
      await call(`remove ${file}`, urlOf(folder + file), { method: 'DELETE' });
    },
  };
}

function readKeys(path: string): {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
} {
  let lines: readonly string[];
  try {
    lines = readFileSync(path, 'utf8').split('\n');
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `cannot read backup.s3.accessKeyFile ${path}`, { cause });
  }
  const [accessKeyId = '', secretAccessKey = ''] = lines.map((line) => line.trim());
  if (accessKeyId !== '' && secretAccessKey !== '') return { accessKeyId, secretAccessKey };
  throw new AppError('CONFIG_INVALID', `${path} holds no access key and secret`, {
    hint: 'write the access key in its first line and the secret in its second',
  });
}

async function compress(lines: AsyncIterable<string>): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of Readable.from(lines).pipe(createGzip())) {
    bytes += (chunk as Buffer).byteLength;
    if (bytes > objectBytesMax) {
      throw new AppError('BACKUP_FAILED', `a snapshot has more than ${objectBytesMax} bytes`, {
        hint: 'keep it in a folder',
      });
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function readListing(xml: string, name: string): z.infer<typeof listing> {
  const parser = new XMLParser({
    parseTagValue: false,
    isArray: (tag) => tag === 'Contents',
  });
  const read = listing.safeParse(parser.parse(xml));
  if (read.success) return read.data;
  throw new AppError('BACKUP_FAILED', `the listing of ${name} is not understood`, {
    hint: 'does backup.s3.endpoint speak S3?',
  });
}

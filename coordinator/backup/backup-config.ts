import { z } from 'zod';
import { durationBetween } from '../../shared/platform/config-duration.ts';

const bucketUrl = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w!.*'()/-]{0,512}))?$/;

/** Where backups go. */
export type BackupTarget =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

const target = z.string().transform((text, context): BackupTarget => {
  if (text.startsWith('/')) return { kind: 'folder', path: text.replace(/\/+$/, '') || '/' };
  const found = bucketUrl.exec(text);
  if (found?.[1] !== undefined) {
    return { kind: 's3', bucket: found[1], prefix: (found[2] ?? '').replace(/\/+$/, '') };
  }
  context.addIssue(
    `${JSON.stringify(text)} is no place for backups; give /a/folder or s3://bucket/prefix`,
  );
  return z.NEVER;
});

/** The coordinator's key `backup`. Absent: nobody takes snapshots but people. */
export const backupSchema = z.strictObject({
  to: target.describe('/a/folder or s3://bucket/prefix'),
  every: durationBetween('1m', '7d')
    .prefault('1h')
    .describe('time between two snapshots, 1m to 7d'),
  keep: z.int().min(1).max(10_000).default(48).describe('snapshots that are kept; older ones go'),
  s3: z
    .strictObject({
      endpoint: z.url({ protocol: /^https?$/ }).describe('address of the object store'),
      region: z
        .string()
        .min(1)
        .max(64)
        .default('us-east-1')
        .describe('as the object store calls it'),
      accessKeyFile: z
        .string()
        .min(1)
        .describe('file with two lines: the access key and its secret'),
    })
    .optional()
    .describe('how the object store is reached; needed for s3://'),
});

export type BackupConfig = z.infer<typeof backupSchema>;

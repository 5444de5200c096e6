import { z } from 'zod';
import { isPlainPath } from '../../shared/domain/host-mount.ts';

const patternsMax = 256;
const pattern = z.string().min(1).max(512);
const patterns = z.array(pattern).max(patternsMax);
const folders = z
  .array(
    z.string().refine(isPlainPath, 'no plain absolute path; write it without .., // or a final /'),
  )
  .max(patternsMax);

/** What this node's owner lets models be and do. No coordinator can change it or see past it. */
export const policySchema = z.strictObject({
  images: z
    .strictObject({
      allow: patterns
        .default(['*'])
        .describe(
          'Image references that may run: registry.example.com/team/*, docker.io/library/redis:7, or a digest such as sha256:…; * stands for any text.',
        ),
      requireDigest: z
        .boolean()
        .default(false)
        .describe(
          'true: only images that are named with their digest, so that nobody can exchange them.',
        ),
    })
    .prefault({})
    .describe('Which images may run.'),
  mounts: z
    .strictObject({
      readOnly: folders
        .default([])
        .describe('Directories of this host that models may read, with all below them.'),
      writable: folders
        .default([])
        .describe('Directories of this host that models may read and write, with all below them.'),
    })
    .prefault({})
    .describe('Which directories of this host models may see. Without an entry: none.'),
  env: z
    .strictObject({
      deny: patterns
        .default(['LD_*'])
        .describe('Variables that models may not set; * stands for any text.'),
    })
    .prefault({})
    .describe('Which variables models may set.'),
  writableRoot: z
    .enum(['allow', 'deny'])
    .default('allow')
    .describe('Whether a model may ask for a container that can write to its own image.'),
  processRuntime: z
    .enum(['allow', 'deny'])
    .default('deny')
    .describe(
      'Whether models may run as plain processes of this host, with the rights of the agent.',
    ),
});

export type NodePolicy = z.output<typeof policySchema>;

/** A node without a policy file. */
export const defaultPolicy: NodePolicy = policySchema.parse({});

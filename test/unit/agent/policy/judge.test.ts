import { describe, expect, test } from 'vitest';
import { policyRefusal } from '../../../../agent/policy/judge.ts';
import { policySchema } from '../../../../agent/policy/policy.ts';
import type { Workload } from '../../../../shared/domain/model.ts';
import { workload } from '../../../fakes/agent/targets.ts';

const digest = `sha256:${'a'.repeat(64)}`;

interface Case {
  readonly name: string;
  readonly policy?: unknown;
  readonly workload?: Partial<Workload>;
  readonly runtime?: 'docker' | 'process';
  /** What is not allowed, and by which rule; null: it may start. */
  readonly want: string | null;
}

const cases: readonly Case[] = [
  { name: 'any image by default', workload: { image: 'anyone/thing:1' }, want: null },
  {
    name: 'an image of an allowed registry',
    policy: { images: { allow: ['registry.example.com/nlp/*'] } },
    workload: { image: 'registry.example.com/nlp/sentiment:1.4.0' },
    want: null,
  },
  {
    name: 'an image of another folder of it',
    policy: { images: { allow: ['registry.example.com/nlp/*'] } },
    workload: { image: 'registry.example.com/nlp-evil/x:1' },
    want: 'the image registry.example.com/nlp-evil/x:1 (images.allow)',
  },
  {
    name: 'a registry whose name only begins like the allowed one',
    policy: { images: { allow: ['registry.example.com/*'] } },
    workload: { image: 'registry.example.com.evil.org/x:1' },
    want: 'the image registry.example.com.evil.org/x:1 (images.allow)',
  },
  {
    name: 'a short name is compared as the whole name that it stands for',
    policy: { images: { allow: ['registry.example.com/*'] } },
    workload: { image: 'redis' },
    want: 'the image docker.io/library/redis:latest (images.allow)',
  },
  {
    name: 'a short name that is allowed as a whole one',
    policy: { images: { allow: ['docker.io/library/redis:7'] } },
    workload: { image: 'redis:7' },
    want: null,
  },
  {
    name: 'another version of it',
    policy: { images: { allow: ['docker.io/library/redis:7'] } },
    workload: { image: 'redis:8' },
    want: 'the image docker.io/library/redis:8 (images.allow)',
  },
  {
    name: 'an image by an allowed digest, whatever it is called',
    policy: { images: { allow: [digest] } },
    workload: { image: `anyone/thing@${digest}` },
    want: null,
  },
  {
    name: 'an image by the allowed digest in its tag only',
    policy: { images: { allow: [digest] } },
    workload: { image: `anyone/thing:${'a'.repeat(64)}` },
    want: `the image docker.io/anyone/thing:${'a'.repeat(64)} (images.allow)`,
  },
  {
    name: 'a tag where digests are required',
    policy: { images: { requireDigest: true } },
    workload: { image: 'redis:7' },
    want: 'an image without its digest (redis:7) (images.requireDigest)',
  },
  {
    name: 'a digest where digests are required',
    policy: { images: { requireDigest: true } },
    workload: { image: `redis:7@${digest}` },
    want: null,
  },
  {
    name: 'what is no reference',
    workload: { image: 'UPPER CASE' },
    want: 'what is no image reference: UPPER CASE (images.allow)',
  },
  {
    name: 'a pattern with several stars',
    policy: { images: { allow: ['*.example.com/*/prod-*:v1*'] } },
    workload: { image: 'eu.example.com/nlp/prod-ocr:v1.2' },
    want: null,
  },
  {
    name: 'a pattern whose parts overlap in the text',
    policy: { images: { allow: ['docker.io/library/aa*aa:latest'] } },
    workload: { image: 'aaa' },
    want: 'the image docker.io/library/aaa:latest (images.allow)',
  },
  {
    name: 'foreign code by the loader',
    workload: { env: { LD_PRELOAD: '/tmp/x.so' } },
    want: 'the variable LD_PRELOAD (env.deny)',
  },
  {
    name: 'foreign code by the loader of a process',
    policy: { processRuntime: 'allow' },
    workload: { env: { LD_AUDIT: '/tmp/x.so' } },
    runtime: 'process',
    want: 'the variable LD_AUDIT (env.deny)',
  },
  {
    name: 'no directory of the host by default',
    workload: { mounts: [{ source: '/data', target: '/data', readOnly: true }] },
    want: 'the directory /data to read (mounts.readOnly)',
  },
  {
    name: 'a directory below an allowed one',
    policy: { mounts: { readOnly: ['/data/models'] } },
    workload: { mounts: [{ source: '/data/models/ocr', target: '/m', readOnly: true }] },
    want: null,
  },
  {
    name: 'a directory beside it',
    policy: { mounts: { readOnly: ['/data/models'] } },
    workload: { mounts: [{ source: '/data/models2', target: '/m', readOnly: true }] },
    want: 'the directory /data/models2 to read (mounts.readOnly)',
  },
  {
    name: 'writing where only reading is allowed',
    policy: { mounts: { readOnly: ['/data'] } },
    workload: { mounts: [{ source: '/data', target: '/m', readOnly: false }] },
    want: 'the directory /data to write (mounts.writable)',
  },
  {
    name: 'reading where writing is allowed',
    policy: { mounts: { writable: ['/data'] } },
    workload: { mounts: [{ source: '/data', target: '/m', readOnly: true }] },
    want: null,
  },
  {
    name: 'a writable root, by default',
    workload: { writableRoot: true },
    want: null,
  },
  {
    name: 'a writable root where it is denied',
    policy: { writableRoot: 'deny' },
    workload: { writableRoot: true },
    want: 'a writable root file system (writableRoot)',
  },
  {
    name: 'a plain process, by default',
    runtime: 'process',
    want: 'plain processes (processRuntime)',
  },
  {
    name: 'a plain process where they are allowed',
    policy: { processRuntime: 'allow' },
    runtime: 'process',
    want: null,
  },
];

describe('what the policy of a node lets start', () => {
  test.each(cases)('$name', ({ policy, workload: asked, runtime, want }) => {
    const refusal = policyRefusal(
      { ...workload, image: 'redis:7', ...asked },
      runtime ?? 'docker',
      policySchema.parse(policy ?? {}),
    );
    expect(refusal).toBe(want === null ? null : `the policy of this node does not allow ${want}`);
  });
});

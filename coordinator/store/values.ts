import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import type { AllocationSpec } from '../../shared/domain/allocation.ts';
import type { Change, Plan } from '../../shared/domain/change.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { ClaimId, ClusterId, NodeName, ReplicaId } from '../../shared/domain/ids.ts';
import type { ModelSpec, Workload } from '../../shared/domain/model.ts';
import type { ClaimTombstone } from '../../shared/domain/node-target.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { changeShape, planShape } from './change-shapes.ts';
import { ClaimReader } from './claim-reader.ts';
import {
  allocationSpecShape,
  claimShape,
  idShapes,
  modelSpecShape,
  tombstoneShape,
  workloadShape,
} from './value-shapes.ts';

/** `cluster`: written once, into an empty store. */
export interface ClusterRecord {
  readonly clusterId: ClusterId;
  readonly createdAtMs: number;
}

/** `lineage`: of a store that follows one that was lost, as an older copy of it or with nothing but its name. */
export interface LineageRecord {
  /** What agents were told in an earlier term they were told by the store that is lost. 0: it follows none. */
  readonly firstEpoch: number;
  /** Wall clock: when it began. */
  readonly sinceMs: number;
}

/** `leader/current`: who leads, for those who do not; written first thing in each term. */
export interface LeaderRecord {
  readonly epoch: number;
  readonly holder: string;
  /** `host:port` where callers reach it. */
  readonly address: string;
}

/** `models/<name>`. */
export interface ModelRecord {
  readonly spec: ModelSpec;
  /** Grows with each change of the spec. */
  readonly version: number;
  /** The version that last changed what runs: a replica of this or a later version need not be replaced. */
  readonly rolloutVersion: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly deleting: boolean;
}

/** `claims/<id>`. */
export interface ClaimRecord {
  readonly claim: Claim;
  /** What its replica runs: an older version keeps its own until it is replaced. */
  readonly workload: Workload;
  readonly processes: number;
  /** A replacement was placed while its node was lost: it ends once the replacement serves. */
  readonly superseded: boolean;
}

/** The replica that a claim is for, if it is for one. */
export function replicaOf(record: ClaimRecord): ReplicaId | null {
  return record.claim.holder.kind === 'replica' ? record.claim.holder.replica : null;
}

/** `allocations/<name>`: from the request on until the last of its slices is gone. */
export interface AllocationRecord {
  readonly spec: AllocationSpec;
  /** null: it waits for room. */
  readonly claim: ClaimId | null;
  readonly createdAtMs: number;
  /** Wall clock: when it ends unless it is renewed; while it waits, until when it does. */
  readonly deadlineMs: number;
  /** For how long it was granted last. */
  readonly ttlMs: number;
  /** null: it is not over. */
  readonly ended: { readonly why: 'released' | 'expired'; readonly atMs: number } | null;
}

/** What an operator wants of a drain. */
export interface DrainOrder {
  /** Wall clock: from then on what found no other place may be stopped. null: it waits as long as it takes. */
  readonly deadlineMs: number | null;
  /** At the deadline everything of ours is stopped, whatever its `disruption` says. */
  readonly force: boolean;
  readonly sinceMs: number;
  /** How many replicas the node held then. */
  readonly replicasAtStart: number;
}

/** `nodes/<name>`: what we know of a node when its agent is silent. */
export interface NodeRecord {
  readonly node: NodeName;
  readonly wanted: 'ready' | 'cordoned' | 'draining';
  /** null: it does not drain. */
  readonly drain: DrainOrder | null;
  /** As its agent says. */
  readonly labels: Readonly<Record<string, string>>;
  /** An operator's: they win over the agent's. */
  readonly ownLabels: Readonly<Record<string, string>>;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** `tombstones/<node>/<kind>/<id>`: kept until the agent reports it done. */
export interface TombstoneRecord {
  readonly node: NodeName;
  readonly tombstone: ClaimTombstone;
  readonly createdAtMs: number;
}

/** `generations/<node>`: durable before a target with it is sent. */
export interface GenerationRecord {
  readonly generation: number;
  /** Of the target's content without its epoch: the same content never takes a new generation. */
  readonly contentHash: string;
}

/** `plans/<id>`: a plan that somebody may carry out by its id, for a while. */
export interface PlanRecord {
  readonly plan: Plan;
  /** The model as it will be once the plan is begun; null: none is declared with it. */
  readonly model: ModelRecord | null;
  /** See `Change.startSeconds`. */
  readonly startSeconds: Readonly<Record<string, number>>;
  readonly createdAtMs: number;
}

/** `estimates/<subject>`: what this cluster has seen of one duration. */
export interface EstimateRecord {
  /** The newest last, whole milliseconds, in a limited number: what is old drops out. */
  readonly samplesMs: readonly number[];
  /** How many there ever were. */
  readonly count: number;
  /** Of a model's starts: the image that the samples are of; empty for a process and for steps. */
  readonly image: string;
  /** Wall clock of the newest. */
  readonly updatedAtMs: number;
}

/** `answers/<request id>`: what a call was answered, for when it comes again. */
export interface AnswerRecord {
  /** Of method, caller and request. */
  readonly fingerprint: string;
  /** The encoded response, base64. */
  readonly answer: string;
  readonly atMs: number;
}

/** How one kind of value is written and read. */
export interface ValueCodec<T> {
  readonly what: string;
  readonly schemaVersion: number;
  /** The oldest reader that understands what this program writes. */
  readonly leastReader: number;
  readonly shape: z.ZodType<T>;
  /** Reads many values quicker than the shape, and as it does; whatever it does not know is null. */
  readonly quick?: () => QuickReader<T>;
}

interface QuickReader<T> {
  read(text: string): T | null;
  /** Told what `text` was found to say. */
  learn(text: string, value: T): void;
}

const text = z.string().max(4_096);
const wholeNumber = z.number().int();

function codec<T>(what: string, shape: z.ZodType<T>): ValueCodec<T> {
  return { what, schemaVersion: 1, leastReader: 1, shape };
}

export const clusterCodec = codec<ClusterRecord>(
  'cluster',
  z.object({ clusterId: idShapes.clusterId, createdAtMs: wholeNumber }),
);

export const lineageCodec = codec<LineageRecord>(
  'lineage',
  z.object({ firstEpoch: wholeNumber, sinceMs: wholeNumber }),
);

export const leaderCodec = codec<LeaderRecord>(
  'leader',
  z.object({ epoch: wholeNumber, holder: text, address: text }),
);

const modelShape: z.ZodType<ModelRecord> = z.object({
  spec: modelSpecShape,
  version: wholeNumber,
  rolloutVersion: wholeNumber,
  createdAtMs: wholeNumber,
  updatedAtMs: wholeNumber,
  deleting: z.boolean(),
});

export const modelCodec = codec<ModelRecord>('model', modelShape);

export const claimCodec: ValueCodec<ClaimRecord> = {
  ...codec<ClaimRecord>(
    'claim',
    z.object({
      claim: claimShape,
      workload: workloadShape,
      processes: wholeNumber,
      superseded: z.boolean(),
    }),
  ),
  quick: () => new ClaimReader(),
};

export const allocationCodec = codec<AllocationRecord>(
  'allocation',
  z.object({
    spec: allocationSpecShape,
    claim: idShapes.claimId.nullable(),
    createdAtMs: wholeNumber,
    deadlineMs: wholeNumber,
    ttlMs: wholeNumber,
    ended: z.object({ why: z.enum(['released', 'expired']), atMs: wholeNumber }).nullable(),
  }),
);

export const nodeCodec = codec<NodeRecord>(
  'node',
  z.object({
    node: idShapes.nodeName,
    wanted: z.enum(['ready', 'cordoned', 'draining']),
    drain: z
      .object({
        deadlineMs: wholeNumber.nullable(),
        force: z.boolean(),
        sinceMs: wholeNumber,
        replicasAtStart: wholeNumber,
      })
      .nullable()
      .default(null),
    labels: z.record(z.string(), text),
    ownLabels: z.record(z.string(), text).default({}),
    firstSeenMs: wholeNumber,
    lastSeenMs: wholeNumber,
  }),
);

export const tombstoneCodec = codec<TombstoneRecord>(
  'tombstone',
  z.object({ node: idShapes.nodeName, tombstone: tombstoneShape, createdAtMs: wholeNumber }),
);

export const generationCodec = codec<GenerationRecord>(
  'generation',
  z.object({ generation: wholeNumber, contentHash: text }),
);

export const changeCodec = codec<Change>('change', changeShape);

export const planCodec = codec<PlanRecord>(
  'plan',
  z.object({
    plan: planShape,
    model: modelShape.nullable(),
    startSeconds: z.record(z.string(), wholeNumber),
    createdAtMs: wholeNumber,
  }),
);

export const estimateCodec = codec<EstimateRecord>(
  'estimate',
  z.object({
    samplesMs: z.array(wholeNumber),
    count: wholeNumber,
    image: text,
    updatedAtMs: wholeNumber,
  }),
);

export const answerCodec = codec<AnswerRecord>(
  'answer',
  z.object({ fingerprint: text, answer: z.base64(), atMs: wholeNumber }),
);

/** A value as bytes: JSON with its schema and least-reader versions. */
export function encodeValue<T>(kind: ValueCodec<T>, value: T): Uint8Array {
  const { schemaVersion, leastReader } = kind;
  return new TextEncoder().encode(JSON.stringify({ schemaVersion, leastReader, value }));
}

const envelope = z.object({
  schemaVersion: wholeNumber,
  leastReader: wholeNumber,
  value: z.unknown(),
});

/** `decodeValue` for very many values of one kind. */
export function valueReader<T>(kind: ValueCodec<T>): (key: string, bytes: Uint8Array) => T {
  const quick = kind.quick?.();
  if (quick === undefined) return (key, bytes) => decodeValue(kind, key, bytes);
  return (key, bytes) => {
    const json = isUtf8(bytes) ? textOf(bytes) : '';
    const known = quick.read(json);
    if (known !== null) return known;
    const value = decodeValue(kind, key, bytes);
    quick.learn(json, value);
    return value;
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** Throws STORE_UNREADABLE, naming the key, for what is corrupt or was written for a newer reader. */
export function decodeValue<T>(kind: ValueCodec<T>, key: string, bytes: Uint8Array): T {
  const opened = envelope.safeParse(parseJson(key, bytes));
  if (!opened.success) throw corrupt(key, opened.error);
  if (opened.data.leastReader > kind.schemaVersion) {
    throw new AppError(
      'STORE_UNREADABLE',
      `the ${kind.what} at ${key} needs a reader of schema ${opened.data.leastReader}, this program has ${kind.schemaVersion}`,
      { hint: 'a newer coordinator wrote it: start that version, or restore a backup from before' },
    );
  }
  const read = kind.shape.safeParse(opened.data.value);
  if (!read.success) throw corrupt(key, read.error);
  return read.data;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(key: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw corrupt(key, cause);
  }
}

function corrupt(key: string, cause: unknown): AppError {
  const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
  const detail =
    issue === undefined
      ? 'it is not JSON'
      : `${issue.path.join('.') || '(value)'}: ${issue.message}`;
  return new AppError('STORE_UNREADABLE', `the value at ${key} is corrupt: ${detail}`, {
    cause: issue === undefined ? cause : undefined,
    hint: 'restore the store from a backup, or move it away to begin with an empty one',
  });
}

export const storeKeys = {
  cluster: 'cluster',
  lineage: 'lineage',
  leader: 'leader/current',
  model: (name: string) => `models/${name}`,
  claim: (id: string) => `claims/${id}`,
  allocation: (name: string) => `allocations/${name}`,
  node: (name: string) => `nodes/${name}`,
  generation: (node: string) => `generations/${node}`,
  change: (id: string) => `changes/${id}`,
  plan: (id: string) => `plans/${id}`,
  estimate: (subject: string) => `estimates/${subject}`,
  answer: (requestId: string) => `answers/${requestId}`,
  tombstone: (node: string, tombstone: ClaimTombstone) =>
    tombstone.kind === 'replica'
      ? `tombstones/${node}/replica/${tombstone.replica}`
      : `tombstones/${node}/slice/${tombstone.slice}`,
} as const;

import { z } from 'zod';
import type { Tombstone } from '../../shared/domain/node-target.ts';
import {
  parseAllocationName,
  parseBootId,
  parseClaimId,
  parseClusterId,
  parseGpuUuid,
  parseModelName,
  parseNodeName,
  parseReplicaId,
  parseSliceId,
} from '../../shared/domain/ids.ts';
import { renderProblem, type Result } from '../../shared/domain/result.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { AcceptedTarget, ReplicaRecord } from './records.ts';
import type { Slice } from '../../shared/domain/slice.ts';

/** A string that one of the domain's id guards lets through. */
function id<T extends string>(parse: (text: string) => Result<T>) {
  return z.string().transform((text, context): T => {
    const parsed = parse(text);
    if (parsed.ok) return parsed.value;
    context.addIssue({ code: 'custom', message: renderProblem(parsed.problem) });
    return z.NEVER;
  });
}

export const bootIdSchema = id(parseBootId);
export const clusterIdSchema = id(parseClusterId);
export const gpuUuidSchema = id(parseGpuUuid);
const sliceIdSchema = id(parseSliceId);
export const replicaIdSchema = id(parseReplicaId);
const modelName = id(parseModelName);

const count = z.number().int().min(0);
const texts = z.record(z.string(), z.string());

const sliceShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('whole'), memoryMib: count }),
  z.strictObject({
    kind: z.literal('mig'),
    giProfileId: count,
    start: count,
    profile: z.string(),
    size: count,
    memoryMib: count,
  }),
  z.strictObject({ kind: z.literal('mps'), memoryMib: count, smPercent: count }),
  z.strictObject({ kind: z.literal('timeshare'), memoryMib: count }),
]);

const sliceSchema = z.strictObject({
  id: sliceIdSchema,
  incarnation: count,
  node: id(parseNodeName),
  gpu: gpuUuidSchema,
  shape: sliceShape,
});

const workload = z.strictObject({
  image: z.string().nullable(),
  command: z.array(z.string()).nullable(),
  args: z.array(z.string()),
  env: texts,
  port: count,
  health: z.strictObject({ path: z.string(), startupDeadlineMs: count }),
  cpuMillis: count,
  memoryMib: count,
  mounts: z.array(
    z.strictObject({ source: z.string(), target: z.string(), readOnly: z.boolean() }),
  ),
  writableRoot: z.boolean(),
});

const replicaTarget = z.strictObject({
  replica: replicaIdSchema,
  model: modelName,
  modelVersion: count,
  workload,
  slices: z.array(sliceIdSchema),
  processes: count,
});

const tombstoneSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('replica'), replica: replicaIdSchema }),
  z.strictObject({
    kind: z.literal('slice'),
    slice: sliceIdSchema,
    incarnation: count,
    gpu: gpuUuidSchema,
  }),
  z.strictObject({
    kind: z.literal('instance'),
    gpu: gpuUuidSchema,
    giProfileId: count,
    start: count,
    gpuInstanceId: count,
    layoutRevision: count,
  }),
]);

const gpuTarget = z.strictObject({
  gpu: gpuUuidSchema,
  layoutRevision: count,
  mode: z.enum(['idle', 'whole', 'mig', 'mps', 'timeshare']),
  slices: z.array(sliceSchema),
});

const allocationTarget = z.strictObject({
  claim: id(parseClaimId),
  allocation: id(parseAllocationName),
  slices: z.array(sliceIdSchema),
  processes: count,
  reclaiming: z.boolean(),
});

const leftClaim = z.strictObject({
  epoch: count,
  holder: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('replica'), target: replicaTarget }),
    z.strictObject({ kind: z.literal('allocation'), target: allocationTarget }),
  ]),
  slices: z.array(sliceSchema),
  declaration: z.string().nullable(),
});

const acceptedSchema = z.strictObject({
  target: z.strictObject({
    clusterId: clusterIdSchema,
    epoch: count,
    generation: count,
    node: id(parseNodeName),
    gpus: z.array(gpuTarget),
    replicas: z.array(replicaTarget),
    tombstones: z.array(tombstoneSchema),
    allocations: z.array(allocationTarget).exactOptional(),
    declarations: z.array(z.strictObject({ of: z.string(), text: z.string() })).exactOptional(),
  }),
  gpusInForce: z.array(gpuTarget),
  refusals: z.array(z.strictObject({ gpu: gpuUuidSchema, detail: z.string() })),
  left: z.array(leftClaim).exactOptional(),
});

const replicaRecord = z.strictObject({
  replica: replicaIdSchema,
  target: replicaTarget,
  specHash: z.string(),
  runtime: z.enum(['docker', 'process']),
  slices: z.array(sliceSchema),
  restarts: count,
  failures: count,
  startedAtMs: z.number().nullable(),
  startedInBoot: bootIdSchema.nullable(),
  notBeforeMs: z.number(),
  readyRuntimeId: z.string().nullable(),
  readyAtMs: z.number().nullable(),
  endedRuntimeId: z.string().nullable(),
  lastReason: z.string(),
  needsSomebody: z.boolean(),
});

export function decodeAccepted(text: string): AcceptedTarget {
  return decode('the accepted target', acceptedSchema, text);
}

export function decodeReplicaRecord(text: string): ReplicaRecord {
  return decode('a replica record', replicaRecord, text);
}

export function decodeSlice(text: string): Slice {
  return decode('a slice', sliceSchema, text);
}

export function decodeTombstone(text: string): Tombstone {
  return decode('a tombstone', tombstoneSchema, text);
}

/** Reads one stored value back. Throws STORE_UNREADABLE: what we wrote ourselves should always pass. */
export function decode<T>(what: string, schema: z.ZodType<T>, text: string): T {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw unreadable(what, cause);
  }
  return checked(what, schema, parsed);
}

/** `decode` for a value that is one column and no JSON. */
export function checked<T>(what: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const first = result.error.issues[0];
  throw unreadable(what, `${first?.path.join('.') ?? ''} ${first?.message ?? ''}`.trim());
}

function unreadable(what: string, cause: unknown): AppError {
  return new AppError('STORE_UNREADABLE', `cannot read ${what} from the agent's store`, {
    cause,
    hint: 'move the store away to begin with an empty one: what runs is kept and adopted',
  });
}

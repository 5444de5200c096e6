import { z } from 'zod';
import type { AllocationSpec } from '../../shared/domain/allocation.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import {
  parseAllocationName,
  parseChangeId,
  parseClaimId,
  parseClusterId,
  parseGpuUuid,
  parseModelName,
  parseNodeName,
  parsePlanId,
  parseReplicaId,
  parseSliceId,
} from '../../shared/domain/ids.ts';
import type { GpuNeed, ModelSpec, Workload } from '../../shared/domain/model.ts';
import type { ClaimTombstone } from '../../shared/domain/node-target.ts';
import type { Result } from '../../shared/domain/result.ts';
import type { Slice, SliceShape } from '../../shared/domain/slice.ts';

function id<T extends string>(parse: (text: string) => Result<T>): z.ZodType<T> {
  return z.string().transform((text, context) => {
    const parsed = parse(text);
    if (parsed.ok) return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.problem.message });
    return z.NEVER;
  });
}

/** Ids as they are stored: text that passes its own parser. */
export const idShapes = {
  clusterId: id(parseClusterId),
  nodeName: id(parseNodeName),
  modelName: id(parseModelName),
  replicaId: id(parseReplicaId),
  claimId: id(parseClaimId),
  allocationName: id(parseAllocationName),
  sliceId: id(parseSliceId),
  gpuUuid: id(parseGpuUuid),
  changeId: id(parseChangeId),
  planId: id(parsePlanId),
} as const;

const text = z.string();
const whole = z.number().int();
const texts = z.record(z.string(), text);

export const workloadShape: z.ZodType<Workload> = z.object({
  image: text.nullable(),
  command: z.array(text).nullable(),
  args: z.array(text),
  env: texts,
  port: whole,
  health: z.object({ path: text, startupDeadlineMs: whole }),
  cpuMillis: whole,
  memoryMib: whole,
  mounts: z.array(z.object({ source: text, target: text, readOnly: z.boolean() })),
  writableRoot: z.boolean(),
});

const gpuNeedShape: z.ZodType<GpuNeed> = z.object({
  memoryMib: whole,
  computePercent: whole,
  isolation: z.enum(['any', 'mps', 'mig', 'whole']),
  count: whole,
  processes: whole,
  models: z.array(text),
});

export const allocationSpecShape: z.ZodType<AllocationSpec> = z.object({
  name: idShapes.allocationName,
  labels: texts,
  gpu: gpuNeedShape,
  cpuMillis: whole,
  memoryMib: whole,
  constraints: texts,
  priority: whole,
  ttlMs: whole,
});

export const modelSpecShape: z.ZodType<ModelSpec> = z.object({
  name: idShapes.modelName,
  labels: texts,
  replicas: whole,
  workload: workloadShape,
  gpu: gpuNeedShape.nullable(),
  priority: whole,
  placement: z.object({
    spread: z.enum(['none', 'node', 'zone']),
    maxPerNode: whole,
    antiAffinity: z.array(idShapes.modelName),
    constraints: texts,
  }),
  disruption: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('never') }),
    z.object({ kind: z.literal('idle') }),
    z.object({ kind: z.literal('budget'), seconds: whole }),
  ]),
});

const sliceShapeShape: z.ZodType<SliceShape> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('whole'), memoryMib: whole }),
  z.object({
    kind: z.literal('mig'),
    giProfileId: whole,
    start: whole,
    profile: text,
    size: whole,
    memoryMib: whole,
  }),
  z.object({ kind: z.literal('mps'), memoryMib: whole, smPercent: whole }),
  z.object({ kind: z.literal('timeshare'), memoryMib: whole }),
]);

const sliceShape: z.ZodType<Slice> = z.object({
  id: idShapes.sliceId,
  incarnation: whole,
  node: idShapes.nodeName,
  gpu: idShapes.gpuUuid,
  shape: sliceShapeShape,
});

export const claimShape: z.ZodType<Claim> = z.object({
  id: idShapes.claimId,
  holder: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('replica'),
      replica: idShapes.replicaId,
      model: idShapes.modelName,
      modelVersion: whole,
    }),
    z.object({ kind: z.literal('allocation'), allocation: idShapes.allocationName }),
  ]),
  node: idShapes.nodeName,
  slices: z.array(sliceShape),
  cpuMillis: whole,
  memoryMib: whole,
  state: z.enum(['held', 'reclaiming']),
  apartFrom: z.array(idShapes.modelName).exactOptional(),
  createdAtMs: whole,
});

export const tombstoneShape: z.ZodType<ClaimTombstone> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('replica'), replica: idShapes.replicaId }),
  z.object({
    kind: z.literal('slice'),
    slice: idShapes.sliceId,
    incarnation: whole,
    gpu: idShapes.gpuUuid,
  }),
]);

import { z } from 'zod';
import type { Change, Plan, PlanPrice, PlanStep } from '../../shared/domain/change.ts';
import { claimShape, idShapes } from './value-shapes.ts';

const text = z.string();
const whole = z.number().int();
const texts = z.record(z.string(), text);

const onCard = { node: idShapes.nodeName, gpu: text };
const onReplica = { node: idShapes.nodeName, replica: idShapes.replicaId };
const counterpart = idShapes.replicaId.nullable();

const stepShape: z.ZodType<PlanStep> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('set-mode'), ...onCard, mode: text }),
  z.object({
    kind: z.literal('create-slice'),
    ...onCard,
    slice: idShapes.sliceId,
    shape: text,
  }),
  z.object({
    kind: z.literal('destroy-slice'),
    ...onCard,
    slice: idShapes.sliceId.nullable(),
    placement: z.object({ giProfileId: whole, start: whole }).nullable(),
    shape: text,
    // Plans that were kept before they could destroy what others made do not say it.
    seen: z.object({ gpuInstanceId: whole, layoutRevision: whole }).nullable().default(null),
  }),
  z.object({ kind: z.literal('start-replica'), ...onReplica, replaces: counterpart }),
  z.object({ kind: z.literal('stop-replica'), ...onReplica, replacedBy: counterpart }),
]);

const priceShape: z.ZodType<PlanPrice> = z.object({
  replicasInterrupted: whole,
  interruptions: z.array(
    z.object({
      replica: idShapes.replicaId,
      model: idShapes.modelName,
      seconds: z.number().nullable(),
      why: text,
    }),
  ),
  seconds: z.number(),
  estimates: z.enum(['stated', 'learned', 'mixed']),
  bytesToFetch: whole.nullable(),
  strandedBeforeMilli: whole,
  strandedAfterMilli: whole,
  moves: whole,
  preemptions: whole,
});

const abortCause = z.enum([
  'node-unavailable',
  'card-failed',
  'layout-moved-on',
  'replica-failed',
  'claim-moved-on',
  'deadline',
]);

export const planShape: z.ZodType<Plan> = z.object({
  id: idShapes.planId,
  kind: z.enum(['apply', 'make-room', 'defrag', 'drain']),
  stages: z.array(
    z.object({
      title: text,
      steps: z.array(stepShape),
      until: z.enum(['replicas-stopped', 'slices-gone', 'slices-ready', 'replicas-ready']),
      abortsOn: z.array(abortCause),
      deadlineSeconds: z.number(),
    }),
  ),
  price: priceShape,
  begins: z.array(claimShape),
  ends: z.array(idShapes.claimId),
  unplaced: z.string(),
  basis: texts,
});

export const changeShape: z.ZodType<Change> = z.object({
  id: idShapes.changeId,
  plan: planShape,
  exact: z.boolean(),
  model: idShapes.modelName.nullable(),
  stage: whole,
  stageSinceMs: whole,
  state: z.enum(['running', 'done', 'aborted']),
  reason: text,
  startedAtMs: whole,
  endedAtMs: whole.nullable(),
  marks: z.array(
    z.object({
      step: z.enum(['start', 'stop']),
      replica: idShapes.replicaId,
      atMs: whole,
      doneAtMs: whole.nullable(),
    }),
  ),
  startSeconds: z.record(z.string(), whole),
});

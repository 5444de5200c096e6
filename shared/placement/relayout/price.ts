import type { Interruption, PlanPrice, PlanStage, PlanStep } from '../../domain/change.ts';
import type { Claim } from '../../domain/claim.ts';
import type { Estimate, Estimates } from '../../domain/estimates.ts';
import type { ModelName, ReplicaId } from '../../domain/ids.ts';
import type { PlacementNode } from '../engine.ts';

/** The model of each replica that a plan speaks of. */
export type ModelOf = ReadonlyMap<ReplicaId, ModelName>;

/** The part of a price that durations make. */
export type Timing = Pick<
  PlanPrice,
  'replicasInterrupted' | 'interruptions' | 'seconds' | 'estimates' | 'moves'
>;

/**
 * Runs the stages against the clock of the estimates. A replica is interrupted from the moment its stop begins until
 * its successor is ready; one without a successor ends. `why` says for people why a replica has to stop.
 */
export function timingOf(
  stages: readonly PlanStage[],
  estimates: Estimates,
  told: { readonly modelOf: ModelOf; readonly why: ReadonlyMap<ReplicaId, string> },
): Timing {
  const readyAt = new Map<ReplicaId, number>();
  const stops: { readonly step: StopStep; readonly at: number }[] = [];
  let now = 0;
  for (const { steps } of stages) {
    for (const step of steps) {
      if (step.kind === 'stop-replica') stops.push({ step, at: now });
      if (step.kind !== 'start-replica') continue;
      readyAt.set(step.replica, now + estimateOf(step, estimates, told.modelOf).seconds);
    }
    now += stageSeconds(steps, estimates, told.modelOf);
  }
  const interruptions = stops.flatMap(({ step, at }): Interruption[] => {
    const { replica, replacedBy } = step;
    const model = told.modelOf.get(replica);
    const ready = replacedBy === null ? undefined : readyAt.get(replacedBy);
    if (model === undefined || (ready !== undefined && ready <= at)) return [];
    const seconds = ready === undefined ? null : ready - at;
    return [{ replica, model, seconds, why: told.why.get(replica) ?? defaultWhy(seconds) }];
  });
  return {
    replicasInterrupted: interruptions.length,
    interruptions,
    seconds: now,
    estimates: sourceOf(stages, estimates, told.modelOf),
    moves: stops.filter(({ step }) => step.replacedBy !== null).length,
  };
}

type StopStep = Extract<PlanStep, { kind: 'stop-replica' }>;

function defaultWhy(seconds: number | null): string {
  return seconds === null ? 'nothing takes its place' : 'its successor has no room beside it';
}

/** Cards and replicas work side by side; the steps of one card follow each other. */
export function stageSeconds(
  steps: readonly PlanStep[],
  estimates: Estimates,
  modelOf: ModelOf,
): number {
  const lanes = new Map<string, number>();
  for (const step of steps) {
    const lane = 'gpu' in step ? step.gpu : step.replica;
    lanes.set(lane, (lanes.get(lane) ?? 0) + estimateOf(step, estimates, modelOf).seconds);
  }
  return [...lanes.values()].reduce((most, seconds) => Math.max(most, seconds), 0);
}

function estimateOf(step: PlanStep, estimates: Estimates, modelOf: ModelOf): Estimate {
  const general = estimates.steps[step.kind];
  if (step.kind !== 'start-replica') return general;
  const model = modelOf.get(step.replica);
  return (model === undefined ? undefined : estimates.starts.get(model)) ?? general;
}

function sourceOf(
  stages: readonly PlanStage[],
  estimates: Estimates,
  modelOf: ModelOf,
): PlanPrice['estimates'] {
  const sources = new Set(
    stages.flatMap(({ steps }) => steps.map((step) => estimateOf(step, estimates, modelOf).source)),
  );
  if (sources.size > 1) return 'mixed';
  return sources.has('learned') ? 'learned' : 'stated';
}

/**
 * Bytes that nodes fetch before the new replicas can start; null: some size is not known. A node that has the image,
 * or runs the model already, fetches nothing. `imageOf` tells the image of a claim's workload, null for none.
 */
export function bytesToFetch(
  begins: readonly Claim[],
  known: {
    readonly nodes: readonly PlacementNode[];
    readonly claims: readonly Claim[];
    readonly estimates: Estimates;
    readonly imageOf: (claim: Claim) => string | null;
  },
): number | null {
  let bytes = 0;
  for (const claim of begins) {
    const { holder, node } = claim;
    if (holder.kind !== 'replica') continue;
    const runsIt = known.claims.some(
      (other) =>
        other.node === node &&
        other.holder.kind === 'replica' &&
        other.holder.model === holder.model &&
        other.holder.modelVersion === holder.modelVersion,
    );
    const image = known.imageOf(claim);
    const images = known.nodes.find(({ inventory }) => inventory.node === node)?.inventory.images;
    if (runsIt || (image !== null && (images ?? []).includes(image))) continue;
    const size = known.estimates.fetchBytes.get(holder.model);
    if (size === undefined) return null;
    bytes += size;
  }
  return bytes;
}

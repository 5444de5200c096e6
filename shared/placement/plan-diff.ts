import type { Plan, PlanStage, PlanStep } from '../domain/change.ts';
import type { Claim } from '../domain/claim.ts';
import type { PlanId } from '../domain/ids.ts';
import type { GpuInventory } from '../domain/inventory.ts';
import type { Slice } from '../domain/slice.ts';
import type { PlacementSnapshot } from './engine.ts';
import { renderShape } from './evidence.ts';
import { lintPlacement } from './lint.ts';
import { compareText } from './node-record.ts';

/** What a plan is made of. */
export interface PlanInput {
  readonly id: PlanId;
  /** Claims that are to begin. */
  readonly starts: readonly Claim[];
  /** Claims of `snapshot` that are to end. */
  readonly stops: readonly Claim[];
  /** The world before. */
  readonly snapshot: PlacementSnapshot;
  /** Revisions of the store that the decision was made from. */
  readonly basis: Readonly<Record<string, string>>;
}

/**
 * Estimated seconds of one step, said to be estimates: instances are made and destroyed in about a second and a
 * mode switch may reset the card; how long a model takes to load is not known, so a start is a guess.
 */
const stepSeconds: Readonly<Record<PlanStep['kind'], number>> = {
  'set-mode': 10,
  'create-slice': 1,
  'destroy-slice': 1,
  'start-replica': 20,
  'stop-replica': 10,
};

/**
 * Plans how to get from some claims to others. New replicas start before old ones stop, so that nothing is
 * interrupted, unless they need the place of the old ones: then these give it back first.
 */
export function planChange(input: PlanInput): Plan {
  const starts = sortClaims(input.starts);
  const stops = sortClaims(input.stops);
  const giveBack = stopStages(stops);
  const roomFirst = needsRoom(input);
  const take = startStages(starts, input.snapshot, roomFirst ? stops : []);
  const stages = roomFirst ? [...giveBack, ...take] : [...take, ...giveBack];
  return {
    id: input.id,
    stages,
    price: {
      replicasInterrupted: stops.filter(({ holder }) => holder.kind === 'replica').length,
      seconds: stages.reduce((sum, each) => sum + stageSeconds(each), 0),
    },
    unplaced: '',
    basis: input.basis,
  };
}

/** Whether the starts only fit once the stops are gone. */
function needsRoom({ starts, stops, snapshot }: PlanInput): boolean {
  if (starts.length === 0 || stops.length === 0) return false;
  const nodes = new Set([...starts, ...stops].map(({ node }) => node));
  const touched = snapshot.nodes.filter(({ inventory }) => nodes.has(inventory.node));
  const before = snapshot.claims.filter((claim) => nodes.has(claim.node));
  const known = lintPlacement({ nodes: touched, claims: before }).length;
  return lintPlacement({ nodes: touched, claims: [...before, ...starts] }).length > known;
}

function stopStages(stops: readonly Claim[]): PlanStage[] {
  const replicas = stops.flatMap(({ node, holder }): PlanStep[] =>
    holder.kind === 'replica' ? [{ kind: 'stop-replica', node, replica: holder.replica }] : [],
  );
  const slices = stops.flatMap((claim) =>
    claim.slices.map((slice) => sliceStep('destroy-slice', slice)),
  );
  return [
    stage('stop replicas', replicas, 'replicas-stopped'),
    stage('give slices back', slices, 'slices-gone'),
  ].filter(({ steps }) => steps.length > 0);
}

/** `gone`: claims that have ended by then. */
function startStages(
  starts: readonly Claim[],
  snapshot: PlacementSnapshot,
  gone: readonly Claim[],
): PlanStage[] {
  const slices = starts.flatMap((claim) => claim.slices);
  const create = slices.map((slice) => sliceStep('create-slice', slice));
  const replicas = starts.flatMap(({ node, holder }): PlanStep[] =>
    holder.kind === 'replica' ? [{ kind: 'start-replica', node, replica: holder.replica }] : [],
  );
  return [
    stage('make slices', [...modeSteps(slices, snapshot, gone), ...create], 'slices-ready'),
    stage('start replicas', replicas, 'replicas-ready'),
  ].filter(({ steps }) => steps.length > 0);
}

/** One step for each card that is not yet used the way its new slices need. */
function modeSteps(
  slices: readonly Slice[],
  snapshot: PlacementSnapshot,
  gone: readonly Claim[],
): PlanStep[] {
  const ended = new Set(gone.map(({ id }) => id));
  const staying = snapshot.claims
    .filter(({ id }) => !ended.has(id))
    .flatMap((claim) => claim.slices);
  const cards = new Map(
    snapshot.nodes.flatMap(({ inventory }) =>
      inventory.gpus.map((gpu) => [gpu.uuid, gpu] as const),
    ),
  );
  const steps = new Map<string, PlanStep>();
  for (const { gpu, node, shape } of slices) {
    const used = staying.find((slice) => slice.gpu === gpu)?.shape.kind ?? modeOf(cards.get(gpu));
    if (used !== shape.kind) steps.set(gpu, { kind: 'set-mode', node, gpu, mode: shape.kind });
  }
  return [...steps.values()];
}

function modeOf(gpu: GpuInventory | undefined): string {
  if (gpu === undefined) return 'idle';
  return gpu.migEnabled === true ? 'mig' : gpu.mode;
}

function sliceStep(kind: 'create-slice' | 'destroy-slice', slice: Slice): PlanStep {
  const { node, gpu, id, shape } = slice;
  return { kind, node, gpu, slice: id, shape: renderShape(shape) };
}

function stage(title: string, steps: readonly PlanStep[], until: PlanStage['until']): PlanStage {
  return { title, steps, until };
}

/** Cards and replicas work side by side; the steps of one card follow each other. */
function stageSeconds({ steps }: PlanStage): number {
  const lanes = new Map<string, number>();
  for (const step of steps) {
    const lane = 'gpu' in step ? step.gpu : step.replica;
    lanes.set(lane, (lanes.get(lane) ?? 0) + stepSeconds[step.kind]);
  }
  return [...lanes.values()].reduce((most, seconds) => Math.max(most, seconds), 0);
}

function sortClaims(claims: readonly Claim[]): readonly Claim[] {
  return claims.toSorted((a, b) => compareText(a.node, b.node) || compareText(a.id, b.id));
}

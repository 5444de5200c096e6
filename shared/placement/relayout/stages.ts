import type { AbortCause, PlanStage, PlanStep } from '../../domain/change.ts';
import type { Claim } from '../../domain/claim.ts';
import type { Estimates } from '../../domain/estimates.ts';
import type { GpuUuid, NodeName, ReplicaId } from '../../domain/ids.ts';
import type { GpuInventory, MigInstance } from '../../domain/inventory.ts';
import type { Slice } from '../../domain/slice.ts';
import type { PlacementNode } from '../engine.ts';
import { renderShape } from '../evidence.ts';
import { compareText } from '../node-record.ts';
import { stageSeconds, type ModelOf } from './price.ts';

/** An idle MIG instance that is nobody's slice, on a card whose layout may be changed. */
export interface IdleInstance {
  readonly node: NodeName;
  readonly gpu: GpuUuid;
  readonly instance: MigInstance;
}

/** Claims that begin and end together, in one order: what a plan is put together from. */
export interface Wave {
  readonly begins: readonly Claim[];
  readonly ends: readonly Claim[];
  /** Destroyed before anything begins. */
  readonly recuts: readonly IdleInstance[];
  /** `begin`: the new replicas are ready before an old one stops, so nobody notices. */
  readonly first: 'begin' | 'end';
}

/** What stages are made from beside their waves. */
export interface StageInput {
  /** Those that the waves touch, or more. */
  readonly nodes: readonly PlacementNode[];
  /** The claims on these nodes before the first wave. */
  readonly claims: readonly Claim[];
  /** For each new replica the one that it replaces. */
  readonly replaces: ReadonlyMap<ReplicaId, ReplicaId>;
  readonly estimates: Estimates;
}

/** The stages that carry out `waves` one after another. Empty stages are left out. */
export function stagesOf(waves: readonly Wave[], input: StageInput): readonly PlanStage[] {
  const modelOf = modelsOf([...input.claims, ...waves.flatMap(({ begins }) => begins)]);
  let claims = input.claims;
  return waves.flatMap((wave) => {
    const staying = wave.first === 'begin' ? claims : without(claims, wave.ends);
    const take = takeStages(wave, staying, input);
    const give = giveStages(wave, input);
    claims = [...without(claims, wave.ends), ...wave.begins];
    const drafts = wave.first === 'begin' ? [...take, ...give] : [...give, ...take];
    return drafts
      .filter(({ steps }) => steps.length > 0)
      .map((draft) => finish(draft, input.estimates, modelOf));
  });
}

/** The model of each replica that the claims are for. */
export function modelsOf(claims: readonly Claim[]): ModelOf {
  return new Map(
    claims.flatMap(({ holder }) =>
      holder.kind === 'replica' ? [[holder.replica, holder.model] as const] : [],
    ),
  );
}

type Draft = Pick<PlanStage, 'title' | 'steps' | 'until'>;

function takeStages(wave: Wave, staying: readonly Claim[], input: StageInput): Draft[] {
  const begins = sortClaims(wave.begins);
  const slices = begins.flatMap((claim) => claim.slices);
  const create = slices.map((slice): PlanStep => ({ kind: 'create-slice', ...stepOf(slice) }));
  const modes = modeSteps(slices, staying, input.nodes);
  const starts = begins.flatMap(({ node, holder }): PlanStep[] => {
    if (holder.kind !== 'replica') return [];
    const { replica } = holder;
    return [
      { kind: 'start-replica', node, replica, replaces: input.replaces.get(replica) ?? null },
    ];
  });
  return [
    {
      title: 'clear idle slices',
      steps: wave.recuts.map((each) => recutStep(each, input.nodes)),
      until: 'slices-gone',
    },
    { title: 'make slices', steps: [...modes, ...create], until: 'slices-ready' },
    { title: 'start replicas', steps: starts, until: 'replicas-ready' },
  ];
}

function giveStages(wave: Wave, input: StageInput): Draft[] {
  const successors = new Map([...input.replaces].map(([next, old]) => [old, next]));
  const ends = sortClaims(wave.ends);
  const stops = ends.flatMap(({ node, holder }): PlanStep[] => {
    if (holder.kind !== 'replica') return [];
    const { replica } = holder;
    return [{ kind: 'stop-replica', node, replica, replacedBy: successors.get(replica) ?? null }];
  });
  const slices = ends.flatMap((claim) =>
    claim.slices.map((slice): PlanStep => {
      const { shape } = slice;
      const placement =
        shape.kind === 'mig' ? { giProfileId: shape.giProfileId, start: shape.start } : null;
      return { kind: 'destroy-slice', ...stepOf(slice), placement, seen: null };
    }),
  );
  return [
    { title: 'stop replicas', steps: stops, until: 'replicas-stopped' },
    { title: 'give slices back', steps: slices, until: 'slices-gone' },
  ];
}

function stepOf({ node, gpu, id, shape }: Slice) {
  return { node, gpu, slice: id, shape: renderShape(shape) };
}

function recutStep(
  { node, gpu, instance }: IdleInstance,
  nodes: readonly PlacementNode[],
): PlanStep {
  const { giProfileId, start, profile, gpuInstanceId } = instance;
  const placement = { giProfileId, start };
  const shape = `${profile} at ${start}`;
  const card = nodes
    .find(({ inventory }) => inventory.node === node)
    ?.inventory.gpus.find(({ uuid }) => uuid === gpu);
  const seen = card === undefined ? null : { gpuInstanceId, layoutRevision: card.layoutRevision };
  return { kind: 'destroy-slice', node, gpu, slice: null, placement, shape, seen };
}

/** One step for each card that is not yet used the way its new slices need. */
function modeSteps(
  slices: readonly Slice[],
  staying: readonly Claim[],
  nodes: readonly PlacementNode[],
): PlanStep[] {
  const held = new Map(
    staying.flatMap((claim) => claim.slices.map((slice) => [slice.gpu, slice.shape.kind] as const)),
  );
  const cards = new Map(
    nodes.flatMap(({ inventory }) => inventory.gpus.map((gpu) => [gpu.uuid, gpu] as const)),
  );
  const steps = new Map<string, PlanStep>();
  for (const { gpu, node, shape } of slices) {
    const used = held.get(gpu) ?? modeOf(cards.get(gpu));
    if (used !== shape.kind) steps.set(gpu, { kind: 'set-mode', node, gpu, mode: shape.kind });
  }
  return [...steps.values()];
}

function modeOf(gpu: GpuInventory | undefined): string {
  if (gpu === undefined) return 'idle';
  return gpu.migEnabled === true ? 'mig' : gpu.mode;
}

const abortsOn: Readonly<Record<PlanStage['until'], readonly AbortCause[]>> = {
  'replicas-stopped': ['claim-moved-on', 'node-unavailable', 'deadline'],
  'slices-gone': ['node-unavailable', 'card-failed', 'deadline'],
  'slices-ready': [
    'claim-moved-on',
    'layout-moved-on',
    'node-unavailable',
    'card-failed',
    'deadline',
  ],
  'replicas-ready': [
    'claim-moved-on',
    'replica-failed',
    'node-unavailable',
    'card-failed',
    'deadline',
  ],
};

/** A stage may take so many times its estimate, and longer by `deadlineFloorSeconds`: images are pulled in it. */
const deadlineFactor = 10;
const deadlineFloorSeconds = 600;

function finish(draft: Draft, estimates: Estimates, modelOf: ModelOf): PlanStage {
  const seconds = stageSeconds(draft.steps, estimates, modelOf);
  // Only what others made can be refused by its agent, or be cut anew by them meanwhile.
  const ofOthers = draft.steps.some((step) => step.kind === 'destroy-slice' && step.slice === null);
  const causes = abortsOn[draft.until];
  return {
    ...draft,
    abortsOn: ofOthers ? ['layout-moved-on', ...causes] : causes,
    deadlineSeconds: deadlineFloorSeconds + deadlineFactor * seconds,
  };
}

function without(claims: readonly Claim[], ended: readonly Claim[]): readonly Claim[] {
  const gone = new Set(ended.map(({ id }) => id));
  return claims.filter(({ id }) => !gone.has(id));
}

function sortClaims(claims: readonly Claim[]): readonly Claim[] {
  return claims.toSorted((a, b) => compareText(a.node, b.node) || compareText(a.id, b.id));
}

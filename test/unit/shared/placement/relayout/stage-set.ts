import { assert } from '../../../../../shared/domain/assert.ts';
import type { Plan } from '../../../../../shared/domain/change.ts';
import type { Claim } from '../../../../../shared/domain/claim.ts';
import { statedEstimates } from '../../../../../shared/domain/estimates.ts';
import { parseClaimId, parsePlanId, parseReplicaId } from '../../../../../shared/domain/ids.ts';
import type { GpuInventory } from '../../../../../shared/domain/inventory.ts';
import type { ModelSpec } from '../../../../../shared/domain/model.ts';
import type { SliceShape } from '../../../../../shared/domain/slice.ts';
import type { PlacementNode, PlacementSnapshot } from '../../../../../shared/placement/engine.ts';
import {
  zeroInterruption,
  type RelayoutBudget,
  type Running,
} from '../../../../../shared/placement/relayout/budget.ts';
import type { PlanFacts } from '../../../../../shared/placement/relayout/lint-plan.ts';
import {
  makeRoom,
  type MakeRoomInput,
  type MakeRoomResult,
} from '../../../../../shared/placement/relayout/make-room.ts';
import type { NameReplica } from '../../../../../shared/placement/relayout/christen.ts';
import { claim, instance, model, request, sure } from '../builders.ts';

/** A cluster in which every replica's model is known, as a planner sees it. */
export interface StageSet {
  readonly snapshot: PlacementSnapshot;
  readonly running: ReadonlyMap<string, Running>;
}

/** A replica that runs: on which node and card, as which slice, of which model. */
export interface Placed {
  readonly spec: ModelSpec;
  readonly node: string;
  readonly at: readonly (readonly [number, SliceShape])[];
  readonly idle?: boolean;
}

/** Puts replicas on nodes; MIG slices exist as instances, and cards are in the mode that their slices need. */
export function stageSet(
  nodes: readonly PlacementNode[],
  placed: readonly Placed[],
  prefix = '',
): StageSet {
  const claims = placed.map(({ spec, node, at }, number) =>
    claim(`${prefix}${spec.name}-${number}`, node, at, {
      holder: {
        kind: 'replica',
        replica: sure(parseReplicaId(`${prefix}${spec.name}-${number}`)),
        model: spec.name,
        modelVersion: 1,
      },
      cpuMillis: spec.workload.cpuMillis,
      memoryMib: spec.workload.memoryMib,
    }),
  );
  const running = new Map(
    placed.map(({ spec, idle = false }) => [spec.name as string, { spec, idle }] as const),
  );
  return { snapshot: { nodes: nodes.map((node) => cut(node, claims)), claims }, running };
}

/** The node with the instances and modes that the claims on it need. */
function cut(node: PlacementNode, claims: readonly Claim[]): PlacementNode {
  const slices = claims.flatMap((each) => each.slices);
  const gpus = node.inventory.gpus.map((gpu): GpuInventory => {
    const own = slices.filter((slice) => slice.gpu === gpu.uuid);
    const first = own[0];
    if (first === undefined) return gpu;
    const made = own.flatMap(({ id, shape }) =>
      shape.kind === 'mig'
        ? [{ ...instance('A30', '1g.6gb', 0), ...shape, gpuInstanceId: shape.start + 1, slice: id }]
        : [],
    );
    const isMig = first.shape.kind === 'mig';
    return {
      ...gpu,
      mode: first.shape.kind,
      migEnabled: gpu.migEnabled === null ? null : isMig,
      instances: [...gpu.instances, ...made],
    };
  });
  return { ...node, inventory: { ...node.inventory, gpus } };
}

/** Names successors `<model>-new-<n>`. */
export function namer(): NameReplica {
  let count = 0;
  return (name) => {
    count += 1;
    const text = `${name}-new-${count}`;
    return { replica: sure(parseReplicaId(text)), claim: sure(parseClaimId(text)) };
  };
}

/** Everything that making room for one more replica takes. */
export function roomInput(
  { snapshot, running }: StageSet,
  wanted: ModelSpec,
  budget: Partial<RelayoutBudget> = {},
): MakeRoomInput {
  return {
    id: sure(parsePlanId('plan-1')),
    request: request('wanted', wanted),
    snapshot,
    runningOf: (each) =>
      each.holder.kind === 'replica' ? (running.get(each.holder.model) ?? null) : null,
    budget: { ...zeroInterruption, ...budget },
    estimates: statedEstimates,
    name: namer(),
    basis: {},
  };
}

/** What lint must know to judge a plan of this cluster. */
export function factsOf({ running }: StageSet, wanted?: ModelSpec): PlanFacts {
  return {
    specOf: ({ holder }) => {
      if (holder.kind !== 'replica') return null;
      if (wanted?.name === holder.model) return wanted;
      return running.get(holder.model)?.spec ?? null;
    },
    idle: ({ holder }) => holder.kind === 'replica' && running.get(holder.model)?.idle === true,
    // Who asks for room there has no replicas yet.
    askedFor: () => false,
  };
}

export function roomFor(
  set: StageSet,
  wanted: ModelSpec,
  budget?: Partial<RelayoutBudget>,
): MakeRoomResult {
  return makeRoom(roomInput(set, wanted, budget));
}

/** The plan of a result that is one. */
export function planIn(result: MakeRoomResult): Plan {
  assert(result.kind === 'fits', 'there is a plan');
  return result.plan;
}

/** A plan in one line a stage: `stop replicas: - ocr-0`. */
export function toldStages({ stages }: Plan): readonly string[] {
  return stages.map(({ title, steps }) => {
    const texts = steps.map((step) => {
      if (step.kind === 'start-replica') return `${step.replica} on ${step.node}`;
      if (step.kind === 'stop-replica') return step.replica;
      if (step.kind === 'set-mode') return `${step.mode} on ${step.gpu}`;
      return `${step.shape} on ${step.gpu}`;
    });
    return `${title}: ${texts.join(', ')}`;
  });
}

/** May be moved, and not interrupted for as long as that takes. */
export const movedOnly: Pick<ModelSpec, 'disruption'> = {
  disruption: { kind: 'budget', seconds: 1 },
};

/** A model that asks for so much of a card as MIG, or as anything at all. */
export const asMig = (
  name: string,
  memoryMib: number,
  changes: Partial<ModelSpec> = {},
): ModelSpec => {
  const base = model(name, null, { ...movedOnly, ...changes });
  return {
    ...base,
    gpu: { memoryMib, computePercent: 0, isolation: 'mig', count: 1, processes: 1, models: [] },
  };
};

export const asShare = (
  name: string,
  memoryMib: number,
  changes: Partial<ModelSpec> = {},
): ModelSpec => {
  const base = model(name, null, { ...movedOnly, ...changes });
  return {
    ...base,
    gpu: { memoryMib, computePercent: 1, isolation: 'mps', count: 1, processes: 1, models: [] },
  };
};

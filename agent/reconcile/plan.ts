import type { GpuUuid, ReplicaId } from '../../shared/domain/ids.ts';
import type { GpuActual } from '../observe/world.ts';
import { recordOf, type PlanInput, type WantedReplica } from './plan-input.ts';
import { planReclaiming } from './allocation-use.ts';
import { planCutShort } from './cut-short.ts';
import { planInstanceGone } from './instance-plan.ts';
import { planMpsGone } from './mps-daemon-plan.ts';
import { planMpsDefaults } from './mps-plan.ts';
import { planMpsRecovery, planMpsUsers } from './mps-recovery-plan.ts';
import { grantFor, planReplaced, planReplicaGone, planStart } from './replica-plan.ts';
import { planCard, planSliceGone } from './slice-plan.ts';
import type { Step, UnitPlan } from './steps.ts';

/**
 * What the node does next, by unit: pure, complete, in order. Only a tombstone (or a changed target of the same
 * replica) stops anything, and only a tombstone destroys. Units do not wait for each other.
 */
export function planNode(input: PlanInput): readonly UnitPlan[] {
  return unitsOf(input).map((unit) => ({
    key: unit.gpus[0] ?? unit.replicas[0] ?? '',
    ...unit,
    steps: planUnit(input, unit),
  }));
}

/** The cards that replicas join, or one replica on CPU. */
export interface Unit {
  readonly gpus: readonly GpuUuid[];
  readonly replicas: readonly ReplicaId[];
}

function planUnit(input: PlanInput, unit: Unit): readonly Step[] {
  const steps = [...planTeardown(input, unit)];
  // Give back before you take: nothing is made or started on these cards before.
  if (steps.some(isAction)) return steps;
  const cards = input.gpuTargets.filter((target) => unit.gpus.includes(target.gpu));
  steps.push(...cards.flatMap((target) => planCard(input, target)));
  const limits = planMpsDefaults(input, unit.gpus);
  const after = foreseen(input, [...limits, ...steps]);
  const wanted = input.wanted.filter((each) => unit.replicas.includes(each.target.replica));
  const startAll = (some: readonly WantedReplica[]): readonly Step[] =>
    some.flatMap((each) => planStart(after, each, cardsOf(after, each.slices)));
  // What has its slices already does not wait for those of others, which may fail.
  const hasSlices = (each: WantedReplica): boolean => grantFor(input, each).ok;
  return [
    ...limits,
    ...startAll(wanted.filter(hasSlices)),
    ...steps,
    ...planMpsDefaults(after, unit.gpus),
    ...startAll(wanted.filter((each) => !hasSlices(each))),
    ...planReclaiming(input, unit.gpus),
  ];
}

/**
 * The world as steps leave it that either do what they say or stop the unit: slices bound, daemons that answer and
 * are told. A new MIG instance is not among them, because its name must be read first.
 */
function foreseen(input: PlanInput, steps: readonly Step[]): PlanInput {
  const { bootId } = input.world;
  const bound = steps
    .filter((step) => step.kind === 'bindSlice')
    .map(({ slice, gpuInstanceId, deviceUuid, adopted }) => ({
      slice,
      gpuInstanceId,
      deviceUuid,
      adopted,
      bootId,
    }));
  const daemons = new Set(steps.flatMap((step) => (step.kind === 'startMps' ? [step.gpu] : [])));
  const gpus = input.world.gpus.map((gpu) =>
    daemons.has(gpu.uuid)
      ? // A new daemon: whatever its predecessor was told, it was not.
        { ...gpu, mps: { ...gpu.mps, state: 'answering' as const, incarnation: null } }
      : gpu,
  );
  const told = steps.flatMap((step) => {
    if (step.kind !== 'setMpsDefaults') return [];
    const { kind: _kind, ...limits } = step;
    const incarnation = gpus.find((gpu) => gpu.uuid === step.gpu)?.mps.incarnation ?? null;
    return incarnation === null ? [] : [{ ...limits, incarnation }];
  });
  return {
    ...input,
    bindings: [...bound, ...input.bindings],
    mpsDefaults: [...told, ...input.mpsDefaults],
    world: { ...input.world, gpus },
  };
}

/** Stops first; slices only once nothing of what is to stop runs on them. */
function planTeardown(input: PlanInput, unit: Unit): readonly Step[] {
  const gone = unit.replicas.filter((replica) => input.replicasGone.has(replica));
  const cards = input.world.gpus.filter((gpu) => unit.gpus.includes(gpu.uuid));
  const recovery = cards.flatMap((gpu) => planMpsRecovery(input, gpu));
  if (recovery.some(isAction)) return recovery;
  const replicas = [
    ...gone.flatMap((replica) => planReplicaGone(input, replica, cardsUsedBy(input, replica))),
    ...input.wanted
      .filter((wanted) => unit.replicas.includes(wanted.target.replica))
      .flatMap((wanted) => planReplaced(input, wanted, cardsOf(input, wanted.slices))),
  ];
  if (replicas.some((step) => step.kind === 'stopReplica')) return replicas;
  const cutShort = planCutShort(input, cards);
  if (cutShort.length > 0) return [...replicas, ...cutShort];
  const slices = input.slicesGone
    .filter((each) => unit.gpus.includes(each.gpu))
    .flatMap((each) => planSliceGone(input, each));
  const instances = input.instancesGone
    .filter((each) => unit.gpus.includes(each.gpu))
    .flatMap((each) => planInstanceGone(input, each));
  const daemons = cards.flatMap((gpu) => planMpsGone(input, gpu));
  const users = cards.flatMap((gpu) => planMpsUsers(input, gpu));
  return [...replicas, ...slices, ...instances, ...daemons, ...recovery, ...users];
}

function isAction(step: Step): boolean {
  return step.kind !== 'wait';
}

function cardsOf(
  input: PlanInput,
  slices: readonly { readonly gpu: GpuUuid }[],
): readonly GpuActual[] {
  return input.world.gpus.filter((gpu) => slices.some((slice) => slice.gpu === gpu.uuid));
}

/** The cards of a replica that may have left the target: by its record and by what it was handed. */
function cardsUsedBy(input: PlanInput, replica: ReplicaId): readonly GpuActual[] {
  const held = recordOf(input, replica)?.slices.map((slice) => slice.gpu) ?? [];
  const handed = input.world.running
    .filter((each) => each.replica === replica)
    .flatMap((each) => each.deviceUuids);
  return input.world.gpus.filter(
    (gpu) =>
      held.includes(gpu.uuid) ||
      handed.some(
        (device) =>
          device === gpu.uuid || gpu.inventory.instances.some((each) => each.uuid === device),
      ),
  );
}

/** Connected components over cards and the replicas that join them; sorted, so that equal worlds give equal plans. */
export function unitsOf(input: PlanInput): readonly Unit[] {
  const joined = new Map<string, Set<string>>();
  const node = (name: string): Set<string> => {
    const found = joined.get(name) ?? new Set<string>([name]);
    joined.set(name, found);
    return found;
  };
  const join = (a: string, b: string): void => {
    const into = node(a);
    for (const member of node(b)) {
      into.add(member);
      joined.set(member, into);
    }
  };
  const gpus = [
    ...input.gpuTargets.map((each) => each.gpu),
    ...input.slicesGone.map((each) => each.gpu),
    ...input.instancesGone.map((each) => each.gpu),
    ...input.world.gpus.map((each) => each.uuid),
  ];
  for (const gpu of gpus) node(gpu);
  const replicas = [...input.wanted.map((each) => each.target.replica), ...input.replicasGone];
  for (const replica of replicas) {
    node(replica);
    const wanted = input.wanted.find((each) => each.target.replica === replica);
    const cards = [
      ...(wanted?.slices ?? []).map((slice) => slice.gpu),
      ...cardsUsedBy(input, replica).map((gpu) => gpu.uuid),
    ];
    for (const gpu of cards) join(gpu, replica);
  }
  return [...new Set(joined.values())]
    .map((members) => ({
      gpus: [...new Set(gpus)].filter((gpu) => members.has(gpu)).sort(),
      replicas: [...new Set(replicas)].filter((replica) => members.has(replica)).sort(),
    }))
    .sort((a, b) =>
      (a.gpus[0] ?? a.replicas[0] ?? '') < (b.gpus[0] ?? b.replicas[0] ?? '') ? -1 : 1,
    );
}

import type { GpuUuid, SliceId } from '../../shared/domain/ids.ts';
import { isSamePlacement } from '../../shared/domain/mig-layout.ts';
import { tombstoneKey } from '../../shared/domain/node-target.ts';
import type { MpsControl } from '../drivers/mps/mps-control.ts';
import type { ReplicaRecord, SliceBinding, World } from '../observe/world.ts';
import type { AgentStore } from '../store/agent-store.ts';
import type { AcceptedTarget } from '../store/records.ts';
import { specHash } from '../target/spec-hash.ts';
import { wantedReplicas } from '../target/ledger.ts';
import type { AgentCoreDeps } from './core-deps.ts';
import type {
  AllocationUse,
  PlanConfig,
  PlanInput,
  SliceTombstone,
  WantedReplica,
} from './plan-input.ts';

/** Gathers everything that one round's plan depends on. */
export function planInput(
  world: World,
  accepted: AcceptedTarget | null,
  sources: {
    readonly store: AgentStore;
    readonly mps: MpsControl | null;
    readonly config: PlanConfig;
    readonly allocations: readonly AllocationUse[];
  },
): PlanInput {
  const { store, mps, config, allocations } = sources;
  const done = new Set(store.tombstonesDone().map(tombstoneKey));
  const tombstones = accepted?.target.tombstones ?? [];
  const slicesNamed = tombstones.filter((each) => each.kind === 'slice');
  const running = new Set<string>(world.running.map((each) => each.replica));
  const gpuTargets = (accepted?.gpusInForce ?? []).map((part) => ({
    ...part,
    slices: part.slices.filter((slice) => !isGone(slice, slicesNamed)),
  }));
  return {
    world,
    gpuTargets,
    wanted: wantedOf(accepted, gpuTargets),
    allocations,
    // What is done and gone is done; what has come back is to go again.
    replicasGone: new Set(
      tombstones.flatMap((each) =>
        each.kind === 'replica' && (!done.has(tombstoneKey(each)) || running.has(each.replica))
          ? [each.replica]
          : [],
      ),
    ),
    slicesGone: slicesNamed.filter((each) => !done.has(tombstoneKey(each))),
    instancesGone: tombstones
      .filter((each) => each.kind === 'instance')
      .filter((each) => !done.has(tombstoneKey(each))),
    bindings: store.bindings(),
    records: store.replicas(),
    intents: store.openIntents(),
    slicesCutAway: slicesCutAway(world, store),
    layoutsRecorded: store.recordedLayouts(),
    layoutsChanging: new Set(store.openLayoutChanges().map(({ gpu }) => gpu)),
    mpsPipes: mpsPipes(world, mps),
    mpsDefaults: store.mpsDefaults(),
    computeModes: store.computeModes(),
    mpsRecoveries: store.mpsRecoveries(),
    config,
  };
}

/** The replicas that are to run, with the slices in force that they are to run on. */
export function wantedOf(
  accepted: AcceptedTarget | null,
  gpuTargets: PlanInput['gpuTargets'],
): readonly WantedReplica[] {
  if (accepted === null) return [];
  const slices = gpuTargets.flatMap((part) => part.slices);
  return wantedReplicas(accepted.target).map((target) => {
    const held = target.slices.flatMap((id) => slices.filter((slice) => slice.id === id));
    return { target, slices: held, specHash: specHash(target, held) };
  });
}

/** The newest change that touched a place tells who took away what stood there. */
function slicesCutAway(world: World, store: AgentStore): ReadonlySet<SliceId> {
  const lost = store.bindings().filter((binding) => isLost(world, binding));
  return new Set(
    lost.flatMap(({ slice: { id, gpu, shape } }) => {
      if (shape.kind !== 'mig') return [];
      const touching = store
        .layoutChanges(gpu)
        .filter(({ state }) => state !== 'undone')
        .map(({ steps }) =>
          steps.filter((step) => 'instance' in step && isSamePlacement(step.instance, shape)),
        )
        .find((steps) => steps.length > 0);
      return touching?.at(-1)?.kind === 'destroy' ? [id] : [];
    }),
  );
}

function isLost(world: World, { bootId, slice: { gpu, shape } }: SliceBinding): boolean {
  const card = world.gpus.find((each) => each.uuid === gpu);
  if (card === undefined || bootId !== world.bootId || shape.kind !== 'mig') return false;
  return !card.inventory.instances.some((each) => isSamePlacement(each, shape));
}

function mpsPipes(world: World, mps: MpsControl | null): ReadonlyMap<GpuUuid, string> {
  if (mps === null) return new Map();
  return new Map(world.gpus.map((gpu) => [gpu.uuid, mps.pipeDirectory(gpu.uuid)]));
}

function isGone(
  slice: { readonly id: string; readonly incarnation: number },
  gone: readonly SliceTombstone[],
): boolean {
  return gone.some((each) => each.slice === slice.id && slice.incarnation <= each.incarnation);
}

/** The runtimes that configuration and policy let models use. */
export function allowedRuntimes(
  config: AgentCoreDeps['config'],
): readonly ('docker' | 'process')[] {
  if (config.runtime !== 'auto') return [config.runtime];
  return config.policy.processRuntime === 'allow' ? ['docker', 'process'] : ['docker'];
}

/** What is asked whether it serves. */
export function probeTargets(world: World, records: readonly ReplicaRecord[]) {
  return world.running.flatMap((entry) => {
    const record = records.find((each) => each.replica === entry.replica);
    if (entry.state !== 'running' || entry.address === null || record === undefined) return [];
    const { replica, runtimeId, address } = entry;
    return [{ replica, runtimeId, address, path: record.target.workload.health.path }];
  });
}

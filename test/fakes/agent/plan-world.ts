import type {
  GpuActual,
  MpsActual,
  ReplicaRecord,
  RunningActual,
  World,
} from '../../../agent/observe/world.ts';
import type { PlanInput } from '../../../agent/reconcile/plan-input.ts';
import { planNode } from '../../../agent/reconcile/plan.ts';
import type { Step } from '../../../agent/reconcile/steps.ts';
import type { SliceBinding } from '../../../agent/store/records.ts';
import { cardByProductName, geometryOf } from '../../../shared/domain/card.ts';
import { parseBootId, type GpuUuid } from '../../../shared/domain/ids.ts';
import type { GpuInventory, MigInstance } from '../../../shared/domain/inventory.ts';
import type { InstanceTombstone, ReplicaTarget } from '../../../shared/domain/node-target.ts';
import type { Slice } from '../../../shared/domain/slice.ts';
import { gpuA, must, node } from './fake-core.ts';
import { openPolicy } from './open-policy.ts';
import { replica, replicaGone, sliceGone, target } from './targets.ts';

export const bootId = must(parseBootId('boot-1'));
const productName = 'NVIDIA A100-SXM4-40GB';
const known = cardByProductName(productName);
const geometry = known === undefined ? null : geometryOf(known);

/** A card without a daemon. */
export const silentMps: MpsActual = {
  owned: false,
  state: 'silent',
  incarnation: null,
  servers: [],
  clientPids: [],
  waiting: [],
  fault: null,
  orphans: [],
};

export interface CardOver {
  readonly inventory?: Partial<GpuInventory>;
  readonly actual?: Partial<Omit<GpuActual, 'inventory'>>;
}

/** A card of which a test names only what it is about: an idle A100-40GB with MIG on, and authority to cut. */
export function card(uuid: GpuUuid, { inventory, actual }: CardOver = {}): GpuActual {
  return {
    uuid,
    blind: null,
    blindRounds: 0,
    verdict: { gpu: uuid, state: 'ok', action: 'record', sinceMs: null, reasons: [], slices: [] },
    look: { error: null, migEnabled: true, migPending: true, eccUncorrectedVolatile: 0 },
    migPending: inventory?.migEnabled === undefined ? true : inventory.migEnabled,
    foreignProcesses: [],
    computeMode: null,
    nvlinkPeers: null,
    mps: silentMps,
    ...actual,
    inventory: {
      uuid,
      index: 0,
      productName,
      pciBusId: '0',
      memoryTotalMib: 40_960,
      memoryForeignMib: 0,
      smCount: 108,
      mode: 'idle',
      authority: 'cut',
      health: { state: 'ok' },
      migEnabled: true,
      layoutRevision: 1,
      geometry,
      instances: [],
      mpsActive: false,
      mpsOffered: true,
      nvlinkPeers: [],
      numaNode: null,
      ...inventory,
    },
  };
}

/** A 3g.20gb at `start`. */
export function instance(start: number, over: Partial<MigInstance> = {}): MigInstance {
  return {
    giProfileId: 9,
    start,
    size: 4,
    profile: '3g.20gb',
    memoryMib: 19_968,
    gpuInstanceId: start + 1,
    computeInstanceIds: [0],
    uuid: `MIG-${start}`,
    slice: null,
    ...over,
  };
}

/** A slice that exists in this boot. */
export function bound(
  held: Slice,
  deviceUuid: string,
  over: Partial<SliceBinding> = {},
): SliceBinding {
  return { slice: held, bootId, gpuInstanceId: null, deviceUuid, adopted: false, ...over };
}

/** A replica that runs, called by its model’s name. */
export function running(name: string, over: Partial<RunningActual> = {}): RunningActual {
  const { replica: id, model } = replica(name, []);
  return {
    runtime: 'process',
    replica: id,
    model,
    modelVersion: 1,
    specHash: name,
    runtimeId: `run-${name}`,
    state: 'running',
    exitCode: null,
    pids: [1],
    address: null,
    deviceUuids: [],
    startedAtMs: 0,
    lastOutput: '',
    ...over,
  };
}

/** What the agent remembers of a replica. */
export function recordOf(
  name: string,
  slices: readonly Slice[],
  over: Partial<ReplicaRecord> = {},
): ReplicaRecord {
  const wanted = replica(name, slices);
  return {
    replica: wanted.replica,
    target: wanted,
    specHash: name,
    runtime: 'process',
    slices,
    restarts: 0,
    failures: 0,
    startedAtMs: 1,
    startedInBoot: bootId,
    notBeforeMs: 0,
    readyRuntimeId: null,
    readyAtMs: null,
    endedRuntimeId: null,
    lastReason: '',
    needsSomebody: false,
    ...over,
  };
}

/** What a plan depends on; everything else is quiet. */
export interface Case {
  readonly cards?: readonly GpuActual[];
  readonly slices?: readonly Slice[];
  readonly replicas?: readonly ReplicaTarget[];
  readonly running?: readonly RunningActual[];
  readonly bindings?: readonly SliceBinding[];
  readonly records?: readonly ReplicaRecord[];
  readonly replicasGone?: readonly string[];
  readonly slicesGone?: readonly Slice[];
  readonly instancesGone?: readonly InstanceTombstone[];
  readonly world?: Partial<World>;
  readonly input?: Partial<PlanInput>;
}

/** The whole input of a plan. */
export function inputOf(given: Case): PlanInput {
  const gpus = given.cards ?? [card(gpuA)];
  const wanted = target(1, { slices: given.slices ?? [], replicas: given.replicas ?? [] });
  return {
    world: {
      wallMs: 1_000_000,
      bootId,
      inventory: {
        node,
        bootId,
        agentVersion: '0',
        driverVersion: null,
        cpuMillis: 1,
        memoryMib: 1,
        labels: {},
        runtimes: [],
        handout: 'env',
        metricsAddress: null,
        images: [],
        gpus: gpus.map((each) => each.inventory),
      },
      gpus,
      cardsBlind: null,
      runtimesBlind: new Map([['process', null]]),
      runtimesMet: new Set(['process']),
      running: given.running ?? [],
      marked: [],
      layouts: [],
      ...given.world,
    },
    gpuTargets: wanted.gpus,
    wanted: wanted.replicas.map((each) => ({
      target: each,
      slices: (given.slices ?? []).filter((held) => each.slices.includes(held.id)),
      specHash: each.model,
    })),
    replicasGone: new Set(
      (given.replicasGone ?? [])
        .map(replicaGone)
        .flatMap((each) => (each.kind === 'replica' ? [each.replica] : [])),
    ),
    slicesGone: (given.slicesGone ?? []).map(sliceGone).filter((each) => each.kind === 'slice'),
    instancesGone: given.instancesGone ?? [],
    bindings: given.bindings ?? [],
    records: given.records ?? [],
    intents: [],
    slicesCutAway: new Set(),
    layoutsRecorded: [],
    layoutsChanging: new Set(),
    mpsPipes: new Map(gpus.map((each) => [each.uuid, '/pipe'])),
    mpsDefaults: [],
    computeModes: [],
    mpsRecoveries: [],
    allocations: [],
    config: {
      runtime: 'auto',
      policy: openPolicy,
      stopGraceMs: 10_000,
      mpsComputeMode: 'exclusive',
      mpsShmDirectory: null,
    },
    ...given.input,
  };
}

/** Every step of every unit. */
export function stepsOf(given: Case): readonly Step[] {
  return planNode(inputOf(given)).flatMap((unit) => unit.steps);
}

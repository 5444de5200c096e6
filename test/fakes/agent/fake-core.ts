import type { Authority } from '../../../shared/domain/gpu.ts';
import type {
  GpuUuid,
  ModelName,
  NodeName,
  ReplicaId,
  SliceId,
} from '../../../shared/domain/ids.ts';
import {
  parseBootId,
  parseClusterId,
  parseGpuUuid,
  parseModelName,
  parseNodeName,
  parseReplicaId,
  parseSliceId,
} from '../../../shared/domain/ids.ts';
import type { GpuInventory, Inventory } from '../../../shared/domain/inventory.ts';
import type { RecordedLayout } from '../../../shared/domain/mig-layout.ts';
import type { NodeStatus, NodeTarget } from '../../../shared/domain/node-target.ts';
import type { ReplicaStatus } from '../../../shared/domain/replica-state.ts';
import type { Result } from '../../../shared/domain/result.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import type { GpuRow } from '../../../agent/drivers/nvidia-smi/nvidia-smi.ts';
import type { Attribution } from '../../../agent/reconcile/attribution.ts';
import type { CoreMetrics, RoundView } from '../../../agent/reconcile/core-deps.ts';
import type { AgentCore, AgentEvent, CoreChange } from '../../../agent/reconcile/core.ts';
import type { AcceptOutcome } from '../../../agent/target/ledger.ts';

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

export const node: NodeName = must(parseNodeName('n1'));
export const gpuA: GpuUuid = must(parseGpuUuid('GPU-aaaaaaaa-0000-0000-0000-000000000001'));
export const gpuB: GpuUuid = must(parseGpuUuid('GPU-bbbbbbbb-0000-0000-0000-000000000002'));
export const cluster = must(parseClusterId('c1'));
export const modelName: ModelName = must(parseModelName('vad'));
export const replicaId: ReplicaId = must(parseReplicaId('vad-1a2b3c4d'));
export const sliceId: SliceId = must(parseSliceId('s-1'));

export function gpuRow(over: Partial<GpuRow> = {}): GpuRow {
  return {
    index: 0,
    uuid: gpuA,
    productName: 'NVIDIA L40S',
    pciBusId: '00000000:01:00.0',
    driverVersion: '550.163.01',
    memoryTotalMib: 46_068,
    memoryUsedMib: 1_024,
    utilizationPercent: 50,
    memoryUtilizationPercent: 10,
    temperatureCelsius: 40,
    powerDrawWatts: 100,
    powerLimitWatts: 350,
    smClockMhz: 2_000,
    memoryClockMhz: 9_001,
    eccUncorrectedVolatile: 0,
    computeMode: 'Default',
    persistenceMode: true,
    migEnabled: null,
    migPending: null,
    error: null,
    ...over,
  };
}

export function gpuInventory(over: Partial<GpuInventory> = {}): GpuInventory {
  return {
    uuid: gpuA,
    index: 0,
    productName: 'NVIDIA L40S',
    pciBusId: '00000000:01:00.0',
    memoryTotalMib: 46_068,
    memoryForeignMib: 0,
    smCount: 142,
    mode: 'idle',
    authority: 'cut',
    health: { state: 'ok' },
    migEnabled: null,
    layoutRevision: 1,
    geometry: null,
    instances: [],
    mpsActive: false,
    mpsOffered: true,
    nvlinkPeers: [],
    numaNode: null,
    ...over,
  };
}

export function inventoryOf(gpus: readonly GpuInventory[]): Inventory {
  return {
    node,
    bootId: must(parseBootId('boot-1')),
    agentVersion: '0.1.0',
    driverVersion: '550.163.01',
    cpuMillis: 8_000,
    memoryMib: 32_768,
    labels: {},
    runtimes: ['process'],
    handout: 'env',
    metricsAddress: '127.0.0.1:9420',
    images: [],
    gpus,
  };
}

/** An MPS replica on card A, as a coordinator would ask for it. */
export function mpsTarget(generation = 1): NodeTarget {
  return {
    clusterId: cluster,
    epoch: 1,
    generation,
    node,
    gpus: [
      {
        gpu: gpuA,
        layoutRevision: 1,
        mode: 'mps',
        slices: [
          {
            id: sliceId,
            incarnation: 1,
            node,
            gpu: gpuA,
            shape: { kind: 'mps', memoryMib: 4_096, smPercent: 25 },
          },
        ],
      },
    ],
    replicas: [
      {
        replica: replicaId,
        model: modelName,
        modelVersion: 3,
        workload: {
          image: null,
          command: ['/bin/true'],
          args: [],
          env: {},
          port: 8_000,
          health: { path: '/healthz', startupDeadlineMs: 60_000 },
          cpuMillis: 0,
          memoryMib: 0,
          mounts: [],
          writableRoot: false,
        },
        slices: [sliceId],
        processes: 1,
      },
    ],
    tombstones: [],
  };
}

export const readyReplica: ReplicaStatus = {
  replica: replicaId,
  model: modelName,
  generation: 1,
  phase: 'ready',
  reason: '',
  runtime: 'process',
  runtimeId: '4242',
  address: '127.0.0.1:31000',
  restarts: 2,
  startedAtMs: 1_700_000_000_000,
  readyAtMs: 1_700_000_004_000,
  idleSeconds: null,
};

export const heldSlice: Attribution = {
  replica: replicaId,
  model: modelName,
  modelVersion: 3,
  runtimeId: '4242',
  pids: [4242],
  slices: [
    {
      slice: sliceId,
      gpu: gpuA,
      shape: { kind: 'mps', memoryMib: 4_096, smPercent: 25 },
      deviceUuid: gpuA,
      gpuInstanceId: null,
    },
  ],
};

/** A core whose views a test sets; it keeps the targets that it accepts and tells its listeners. */
export class FakeCore implements AgentCore {
  seen: Inventory | null = inventoryOf([gpuInventory()]);
  accepted: NodeTarget | null = null;
  targets: NodeTarget[] = [];
  replicaList: ReplicaStatus[] = [];
  held: Attribution[] = [];
  readonly cardsHeld = new Set<GpuUuid>();
  readonly replicasStopped: ReplicaId[] = [];
  eventList: AgentEvent[] = [];
  statusNow: NodeStatus = {
    node,
    acceptedEpoch: 0,
    acceptedGeneration: 0,
    gpus: [],
    slices: [],
    tombstonesDone: [],
  };
  round: RoundView | null = null;
  recorded: RecordedLayout[] = [];
  mpsCards: ReturnType<AgentCore['mps']> = [];
  numbers: CoreMetrics = {
    roundsTotal: { blind: 0, converged: 0, waiting: 0, progressed: 0, failed: 0 },
    lastSuccessMs: null,
    drivers: {},
  };
  acceptWith: (target: NodeTarget) => AcceptOutcome = () => ({ kind: 'accepted' });
  readonly #listeners = new Set<(change: CoreChange) => void>();

  async run(): Promise<void> {}

  acceptTarget(target: NodeTarget): AcceptOutcome {
    this.targets.push(target);
    const outcome = this.acceptWith(target);
    if (outcome.kind === 'accepted') {
      this.accepted = target;
      this.statusNow = {
        ...this.statusNow,
        acceptedEpoch: target.epoch,
        acceptedGeneration: target.generation,
      };
      this.change({ inventory: false, status: true });
    }
    return outcome;
  }

  target(): NodeTarget | null {
    return this.accepted;
  }

  allegiance(): ReturnType<AgentCore['allegiance']> {
    const { clusterId = null, epoch = 0, generation = 0 } = this.accepted ?? {};
    return { clusterId, epoch, generation };
  }

  inventory(): Inventory | null {
    return this.seen;
  }

  status(): NodeStatus {
    return this.statusNow;
  }

  replicas(): readonly ReplicaStatus[] {
    return this.replicaList;
  }

  attribution(): readonly Attribution[] {
    return this.held;
  }

  events({ limit }: { readonly limit: number }): readonly AgentEvent[] {
    return this.eventList.slice(-limit);
  }

  async logs(replica: ReplicaId, tailLines: number): Promise<string> {
    if (!this.replicaList.some((each) => each.replica === replica)) {
      throw new AppError('REPLICA_UNKNOWN', `no replica ${replica} on this node`);
    }
    return `${tailLines} lines of ${replica}\n`;
  }

  mps(): ReturnType<AgentCore['mps']> {
    return this.mpsCards;
  }

  recordedLayouts(): readonly RecordedLayout[] {
    return this.recorded;
  }

  lastRound(): RoundView | null {
    return this.round;
  }

  metrics(): CoreMetrics {
    return this.numbers;
  }

  holdCard(gpu: GpuUuid): { readonly settled: Promise<void>; release(): void } {
    this.cardsHeld.add(gpu);
    return { settled: Promise.resolve(), release: () => void this.cardsHeld.delete(gpu) };
  }

  stopReplica(replica: ReplicaId): Promise<void> {
    this.replicasStopped.push(replica);
    return Promise.resolve();
  }

  setAuthority(gpu: GpuUuid, authority: Authority | null): Authority {
    const card = this.seen?.gpus.find((each) => each.uuid === gpu);
    if (this.seen === null || card === undefined) {
      throw new AppError('GPU_UNKNOWN', `no card ${gpu} on this node`);
    }
    const held = authority ?? 'observe';
    const gpus = this.seen.gpus.map((each) =>
      each.uuid === gpu ? { ...each, authority: held } : each,
    );
    this.seen = { ...this.seen, gpus };
    return held;
  }

  poke(): void {}

  onChange(listener: (change: CoreChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  change(change: CoreChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

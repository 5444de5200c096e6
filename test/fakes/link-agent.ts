import { createHash } from 'node:crypto';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { geometryOf, parseCards } from '../../shared/domain/card.ts';
import {
  parseBootId,
  parseGpuUuid,
  parseNodeName,
  type GpuUuid,
  type NodeName,
  type ReplicaId,
} from '../../shared/domain/ids.ts';
import type { GpuInventory, Inventory, MigInstance } from '../../shared/domain/inventory.ts';
import type {
  GpuStatus,
  GpuTarget,
  NodeTarget,
  SliceStatus,
  Tombstone,
} from '../../shared/domain/node-target.ts';
import type { ReplicaStatus } from '../../shared/domain/replica-state.ts';
import type { Result } from '../../shared/domain/result.ts';
import type { Slice } from '../../shared/domain/slice.ts';
import { encodeInventory } from '../../shared/wire/inventory-codec.ts';
import { createLinkClient } from '../../shared/wire/services.ts';
import { encodeStatus } from '../../shared/wire/status-codec.ts';
import { decodeTarget } from '../../shared/wire/target-codec.ts';
import type { ControlRequest } from '../../shared/wire/generated/tangram/link/v1/ControlRequest.ts';
import type { ControlResponse__Output } from '../../shared/wire/generated/tangram/link/v1/ControlResponse.ts';
import type { LinkServiceClient } from '../../shared/wire/generated/tangram/link/v1/LinkService.ts';

export interface LinkAgentOptions {
  /** `host:port` of the coordinator. */
  readonly coordinator: string;
  readonly node: string;
  /** `2xA100-40GB,L40S`; empty: no cards. */
  readonly cards: string;
  readonly metricsAddress?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly protocolVersion?: number;
  readonly clusterId?: string;
  /** Sees each target after it was obeyed, for tests that count or time them. */
  readonly onTarget?: (target: NodeTarget) => void;
}

export type Ending =
  { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly error: ServiceError };

function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problem.message);
}

/** The inventory that a healthy node with these cards reports: every card idle and ours to cut. */
export function inventoryOf(options: {
  readonly node: string;
  readonly cards: string;
  readonly metricsAddress?: string;
  readonly labels?: Readonly<Record<string, string>>;
}): Inventory {
  const cards = options.cards === '' ? [] : must(parseCards(options.cards));
  return {
    node: must(parseNodeName(options.node)),
    bootId: must(parseBootId(`boot-${options.node}`)),
    agentVersion: '0.1.0',
    driverVersion: '550.163.01',
    cpuMillis: 64_000,
    memoryMib: 262_144,
    labels: options.labels ?? {},
    runtimes: ['docker', 'process'],
    handout: 'env',
    metricsAddress: options.metricsAddress ?? null,
    images: [],
    gpus: cards.map((card, index) => ({
      uuid: uuidOf(options.node, index),
      index,
      productName: card.productName,
      pciBusId: `00000000:${(index + 1).toString(16).padStart(2, '0').toUpperCase()}:00.0`,
      memoryTotalMib: card.memoryMib,
      memoryForeignMib: 0,
      smCount: card.smCount,
      mode: 'idle',
      authority: 'cut',
      health: { state: 'ok' },
      migEnabled: card.migGeometry === null ? null : false,
      layoutRevision: 1,
      geometry: geometryOf(card),
      instances: [],
      mpsActive: false,
      mpsOffered: true,
      nvlinkPeers: [],
      numaNode: null,
    })),
  };
}

function uuidOf(node: string, index: number): GpuUuid {
  const hex = createHash('sha256').update(`${node}/${index}`).digest('hex');
  return must(
    parseGpuUuid(
      `GPU-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`,
    ),
  );
}

/**
 * An agent that speaks the real protocol over real gRPC and obeys every target at once, with cards and replicas
 * that exist only in its memory. As the real one: only a tombstone ends anything, and an older target is ignored.
 */
export class LinkAgent {
  readonly node: NodeName;
  readonly #options: LinkAgentOptions;
  readonly #client: LinkServiceClient;
  #inventory: Inventory;
  #slices = new Map<string, SliceStatus>();
  #replicas = new Map<ReplicaId, ReplicaStatus>();
  #gone: Tombstone[] = [];
  #gpuStatus: readonly GpuStatus[] = [];
  #accepted = { epoch: 0, generation: 0 };
  #stream: ClientDuplexStream<ControlRequest, ControlResponse__Output> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #restarts = 0;

  constructor(options: LinkAgentOptions) {
    this.#options = options;
    this.#client = createLinkClient(options.coordinator);
    this.#inventory = inventoryOf(options);
    this.node = this.#inventory.node;
  }

  get inventory(): Inventory {
    return this.#inventory;
  }

  get replicas(): readonly ReplicaStatus[] {
    return [...this.#replicas.values()];
  }

  get accepted(): { readonly epoch: number; readonly generation: number } {
    return this.#accepted;
  }

  /** Dials and says hello. Resolves once welcomed; rejects with what the coordinator answered instead. */
  async connect(): Promise<void> {
    const stream = this.#client.Control();
    this.#stream = stream;
    await new Promise<void>((resolve, reject) => {
      stream.on('error', (error: ServiceError) => {
        this.#stopBeating();
        reject(error);
      });
      stream.on('end', () => this.#stopBeating());
      stream.on('data', (message: ControlResponse__Output) => {
        if (message.welcome) {
          this.#beat(message.welcome.heartbeatMs);
          resolve();
        } else if (message.target) {
          this.#obey(must(decodeTarget(message.target)));
        } else if (message.logs) {
          const { id, replica } = message.logs;
          stream.write({ logs: this.#answerLogs(id, replica) });
        }
      });
      stream.write({
        hello: {
          protocolVersion: this.#options.protocolVersion ?? 1,
          capabilities: ['mig', 'mps', 'docker', 'process', 'logs'],
          clusterId: this.#options.clusterId ?? '',
          epochSeen: this.#accepted.epoch,
          generationSeen: this.#accepted.generation,
          inventory: encodeInventory(this.#inventory),
        },
      });
    });
    this.#report();
  }

  /** How the stream ended; waits for it. */
  async ending(): Promise<Ending> {
    const stream = this.#stream;
    if (stream === undefined) return { kind: 'ended' };
    return new Promise<Ending>((resolve) => {
      stream.on('error', (error: ServiceError) => resolve({ kind: 'failed', error }));
      stream.on('end', () => resolve({ kind: 'ended' }));
    });
  }

  /** Says nothing more, not even heartbeats, and keeps the connection: what a hung agent looks like. */
  fallSilent(): void {
    this.#stopBeating();
  }

  /** Changes what a replica is said to be and reports it, as a crash or a failing probe would. */
  setReplica(replica: ReplicaId, change: Partial<ReplicaStatus>): void {
    const present = this.#replicas.get(replica);
    if (present === undefined) throw new Error(`no replica ${replica}`);
    this.#replicas.set(replica, { ...present, ...change });
    this.#report();
  }

  /** Changes what the node is said to have and reports it. */
  setInventory(change: Partial<Inventory>): void {
    this.#inventory = { ...this.#inventory, ...change };
    this.#stream?.write({ inventory: encodeInventory(this.#inventory) });
  }

  /** Sends any message, for tests of bad ones. */
  send(message: ControlRequest): void {
    this.#stream?.write(message);
  }

  /** Cuts the connection as a killed process does; what runs is kept for the next `connect`. */
  disconnect(): void {
    this.#stopBeating();
    this.#stream?.on('error', () => undefined);
    this.#stream?.cancel();
    this.#stream = undefined;
  }

  close(): void {
    this.disconnect();
    this.#client.close();
  }

  #beat(heartbeatMs: number): void {
    this.#timer = setInterval(() => this.#stream?.write({ heartbeat: {} }), heartbeatMs);
  }

  #stopBeating(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #answerLogs(id: string, replica: string) {
    const known = this.replicas.some((each) => each.replica === replica);
    return known
      ? { id, text: `${replica} line 1\n${replica} line 2\n`, error: '' }
      : { id, text: '', error: `no replica ${replica} here` };
  }

  #obey(target: NodeTarget): void {
    const older =
      target.epoch < this.#accepted.epoch ||
      (target.epoch === this.#accepted.epoch && target.generation < this.#accepted.generation);
    if (older) return;
    this.#accepted = { epoch: target.epoch, generation: target.generation };
    this.#gone = target.tombstones.map((tombstone) => this.#bury(tombstone));
    this.#gpuStatus = target.gpus.map((gpu) => this.#cut(gpu));
    for (const wanted of target.replicas) {
      if (this.#gone.some((each) => each.kind === 'replica' && each.replica === wanted.replica))
        continue;
      const present = this.#replicas.get(wanted.replica);
      const ready = wanted.slices.every((slice) => this.#slices.get(slice)?.phase === 'ready');
      this.#replicas.set(wanted.replica, {
        replica: wanted.replica,
        model: wanted.model,
        generation: target.generation,
        phase: ready ? 'ready' : 'waiting',
        reason: ready ? '' : 'its slice is not there yet',
        runtime: 'process',
        runtimeId: String(10_000 + this.#replicas.size),
        address: ready ? `127.0.0.1:${20_000 + this.#replicas.size}` : null,
        restarts: this.#restarts,
        startedAtMs: present?.startedAtMs ?? Date.now(),
        readyAtMs: ready ? (present?.readyAtMs ?? Date.now()) : null,
        idleSeconds: null,
      });
    }
    this.#stream?.write({ inventory: encodeInventory(this.#inventory) });
    this.#report();
    this.#options.onTarget?.(target);
  }

  #bury(tombstone: Tombstone): Tombstone {
    if (tombstone.kind === 'replica') {
      this.#replicas.delete(tombstone.replica);
      return tombstone;
    }
    if (tombstone.kind === 'instance') {
      this.#setGpu(tombstone.gpu, (gpu) => {
        const instances = gpu.instances.filter(
          ({ giProfileId, start }) =>
            giProfileId !== tombstone.giProfileId || start !== tombstone.start,
        );
        return { ...gpu, instances, layoutRevision: gpu.layoutRevision + 1 };
      });
      return tombstone;
    }
    const status = this.#slices.get(tombstone.slice);
    if (status?.incarnation === tombstone.incarnation) {
      this.#slices.delete(tombstone.slice);
      this.#setGpu(tombstone.gpu, (gpu) => {
        const instances = gpu.instances.filter((each) => each.slice !== tombstone.slice);
        const cut = instances.length !== gpu.instances.length;
        return { ...gpu, instances, layoutRevision: gpu.layoutRevision + (cut ? 1 : 0) };
      });
    }
    return tombstone;
  }

  #cut(target: GpuTarget): GpuStatus {
    const gpu = this.#inventory.gpus.find((each) => each.uuid === target.gpu);
    if (gpu === undefined) return { gpu: target.gpu, outcome: 'failed', detail: 'no such card' };
    const missing = target.slices.filter((slice) => !this.#slices.has(slice.id));
    const recut = missing.some((slice) => slice.shape.kind === 'mig') || gpu.mode !== target.mode;
    if (recut && target.layoutRevision !== gpu.layoutRevision) {
      const detail = `planned from layout ${target.layoutRevision}, the card has ${gpu.layoutRevision}`;
      return { gpu: target.gpu, outcome: 'refused', detail };
    }
    for (const slice of missing) this.#slices.set(slice.id, readySlice(slice));
    const made = missing.flatMap((slice) => instanceOf(slice, gpu.instances.length));
    this.#setGpu(target.gpu, (before) => ({
      ...before,
      mode: target.mode,
      mpsActive: target.mode === 'mps',
      migEnabled: before.migEnabled === null ? null : target.mode === 'mig',
      instances: [...before.instances, ...made],
      layoutRevision: before.layoutRevision + (recut ? 1 : 0),
    }));
    return { gpu: target.gpu, outcome: 'converged', detail: '' };
  }

  #setGpu(uuid: GpuUuid, change: (gpu: GpuInventory) => GpuInventory): void {
    this.#inventory = {
      ...this.#inventory,
      gpus: this.#inventory.gpus.map((gpu) => (gpu.uuid === uuid ? change(gpu) : gpu)),
    };
  }

  #report(): void {
    this.#stream?.write({
      status: encodeStatus(
        {
          node: this.node,
          acceptedEpoch: this.#accepted.epoch,
          acceptedGeneration: this.#accepted.generation,
          gpus: this.#gpuStatus,
          slices: [...this.#slices.values()],
          tombstonesDone: this.#gone,
        },
        this.replicas,
      ),
    });
  }
}

function readySlice(slice: Slice): SliceStatus {
  return {
    slice: slice.id,
    incarnation: slice.incarnation,
    gpu: slice.gpu,
    phase: 'ready',
    deviceUuid: slice.shape.kind === 'mig' ? `MIG-${slice.id}` : slice.gpu,
    reason: '',
  };
}

function instanceOf(slice: Slice, existing: number): MigInstance[] {
  const { shape } = slice;
  if (shape.kind !== 'mig') return [];
  return [
    {
      giProfileId: shape.giProfileId,
      start: shape.start,
      size: shape.size,
      profile: shape.profile,
      memoryMib: shape.memoryMib,
      gpuInstanceId: existing + 1,
      computeInstanceIds: [0],
      uuid: `MIG-${slice.id}`,
      slice: slice.id,
    },
  ];
}

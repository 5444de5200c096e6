import { geometryOf, parseCards } from '../../../shared/domain/card.ts';
import {
  parseBootId,
  parseGpuUuid,
  parseNodeName,
  type ClaimId,
  type ClusterId,
  type GpuUuid,
  type NodeName,
  type ReplicaId,
  type SliceId,
} from '../../../shared/domain/ids.ts';
import type { GpuInventory, Inventory, MigInstance } from '../../../shared/domain/inventory.ts';
import { placementMask } from '../../../shared/domain/mig-profile.ts';
import {
  compareTargets,
  tombstoneKey,
  type AllocationStatus,
  type AllocationTarget,
  type GpuTarget,
  type InstanceTombstone,
  type LeftClaim,
  type NodeTarget,
  type ReplicaTarget,
  type Tombstone,
} from '../../../shared/domain/node-target.ts';
import type { ReplicaPhase, ReplicaStatus } from '../../../shared/domain/replica-state.ts';
import type { Result } from '../../../shared/domain/result.ts';
import type { Slice } from '../../../shared/domain/slice.ts';
import { leftClaims, toldOf } from '../../../agent/target/left-claims.ts';
import type { CoordinatorCore, NodeSession } from '../../../coordinator/fleet/core.ts';

interface RunningReplica {
  readonly target: ReplicaTarget;
  readonly phase: ReplicaPhase;
}

export function valueOf<T>(parsed: Result<T>): T {
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

/**
 * An agent that obeys its target as a real one does, one step a `step`: stops and destroys only what a tombstone
 * names, gives back before it takes, refuses what is older, and keeps everything while nobody speaks to it.
 * It watches the coordinator: whatever would hold a slice twice goes to `violations`.
 */
export class FakeAgent {
  readonly node: NodeName;
  readonly violations: string[] = [];
  /** Replicas that ran and were ended, in order. */
  readonly ended: ReplicaId[] = [];
  readonly received: NodeTarget[] = [];
  /** Of an epoch below the one that it obeys: a deposed leader spoke. */
  readonly refused: NodeTarget[] = [];
  readonly #core: () => CoordinatorCore;
  #gpus: GpuInventory[];
  /** The cards as the coordinator last heard of them. */
  #told: readonly GpuInventory[] = [];
  #boot = 1;
  #session: NodeSession | null = null;
  #target: NodeTarget | null = null;
  /** As the real one: what earlier targets gave it and this one does not name. */
  #left: readonly LeftClaim[] = [];
  #clusterId: ClusterId | null = null;
  #slices = new Map<SliceId, Slice>();
  #replicas = new Map<ReplicaId, RunningReplica>();
  #done = new Map<string, Tombstone>();
  /** Says and does nothing, as a stopped process. */
  paused = false;
  /** How long its replicas have had nothing to do; null: it cannot tell. */
  idleSeconds: number | null = null;
  /** As its configuration says. */
  labels: Readonly<Record<string, string>> = {};
  /** As the real one: an instance is seen on its card before the agent has noted whose slice it is. */
  bindsLate = false;
  #unbound = new Map<SliceId, GpuUuid>();
  /** Replicas of these images start and never answer. */
  readonly brokenImages = new Set<string>();
  /** What others have cut, by card. */
  readonly #others = new Map<GpuUuid, readonly MigInstance[]>();
  /** Why it destroys nothing that others made; null: nothing speaks against it. */
  keepsOthers: string | null = null;
  /** Cards that cannot be read now: nothing of theirs is given back. */
  readonly unreadable = new Set<GpuUuid>();
  /** Instances of others that it has destroyed, in order. */
  readonly recut: string[] = [];
  #refused = new Map<GpuUuid, string>();
  /** Processes that clients run, by the name of their allocation. */
  readonly clients = new Map<string, readonly number[]>();
  readonly #quiet = new Map<ClaimId, number>();

  constructor(name: string, cards: string, core: () => CoordinatorCore) {
    this.node = valueOf(parseNodeName(name));
    this.#core = core;
    this.#gpus = valueOf(parseCards(cards)).map((card, index) => ({
      uuid: valueOf(parseGpuUuid(`GPU-${name}-${index}`)),
      index,
      productName: card.productName,
      pciBusId: `0000:0${index}:00.0`,
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
    }));
  }

  get connected(): boolean {
    return this.#session !== null;
  }

  get running(): readonly { readonly replica: ReplicaId; readonly phase: ReplicaPhase }[] {
    return [...this.#replicas].map(([replica, { phase }]) => ({ replica, phase }));
  }

  get slices(): readonly Slice[] {
    return [...this.#slices.values()];
  }

  inventory(): Inventory {
    return {
      node: this.node,
      bootId: valueOf(parseBootId(`boot-${this.node}-${this.#boot}`)),
      agentVersion: '0.1.0',
      driverVersion: '550.163.01',
      cpuMillis: 64_000,
      memoryMib: 512 * 1024,
      labels: this.labels,
      runtimes: ['docker'],
      handout: 'toolkit',
      metricsAddress: null,
      images: [],
      gpus: this.#gpus,
    };
  }

  /** Dials in and says what there is; throws what the coordinator throws. */
  connect(): void {
    const agent = { clusterId: this.#clusterId, epochSeen: this.#target?.epoch ?? 0 };
    this.#told = this.#gpus;
    this.#session = this.#core().openSession(this.inventory(), agent, (target) => {
      this.#receive(target);
    });
    this.#report();
  }

  disconnect(): void {
    this.#session?.closed('the stream ended');
    this.#session = null;
  }

  /** The coordinator's process is gone: no word of it reaches anybody. */
  forget(): void {
    this.#session = null;
  }

  /** As if an operator had cleared or set whom the agent belongs to; what runs goes on. */
  adoptCluster(clusterId: ClusterId | null): void {
    this.#clusterId = clusterId;
    this.#target = null;
  }

  /** As if this were what it had been told of its holders. */
  tellDeclared(text: string): void {
    const declarations = (this.#target?.declarations ?? []).map((each) => ({ ...each, text }));
    if (this.#target !== null) this.#target = { ...this.#target, declarations };
  }

  /** As if a later leader had spoken to it. */
  rememberEpoch(epoch: number): void {
    if (this.#target !== null) this.#target = { ...this.#target, epoch };
  }

  /** A new kernel: nothing that ran survived, and the agent's own records did. */
  reboot(): void {
    this.#session = null;
    this.#boot += 1;
    this.clients.clear();
    this.#quiet.clear();
    this.#replicas = new Map();
  }

  /** Somebody else cut the card: its layout moves on without us. */
  touchLayout(at: number): void {
    this.#gpus = this.#gpus.map((gpu, index) =>
      index === at ? { ...gpu, layoutRevision: gpu.layoutRevision + 1 } : gpu,
    );
    this.#tellLayouts();
  }

  /** Somebody else cuts an instance, or takes theirs away with `[]`. */
  cutByOthers(at: number, instances: readonly MigInstance[]): void {
    const gpu = this.#gpus[at];
    if (gpu === undefined) throw new Error(`no card ${at}`);
    this.#others.set(gpu.uuid, instances);
    this.#gpus = this.#gpus.map((each) =>
      each === gpu ? { ...each, migEnabled: true, mode: 'mig' } : each,
    );
    this.#relayout(gpu.uuid);
    this.#tellLayouts();
  }

  /** One round of the agent's loop. */
  step(): void {
    if (this.paused) return;
    const late = [...new Set(this.#unbound.values())];
    this.#unbound.clear();
    for (const gpu of late) this.#relayout(gpu);
    this.#refused.clear();
    for (const tombstone of this.#target?.tombstones ?? []) this.#obey(tombstone);
    for (const gpu of this.#target?.gpus ?? []) this.#makeSlices(gpu);
    for (const replica of this.#target?.replicas ?? []) this.#takeOn(replica);
    this.#lookAtClients();
    this.#check();
    if (this.#session === null) return;
    this.#tellLayouts();
    this.#report();
  }

  #tellLayouts(): void {
    if (this.#told === this.#gpus) return;
    this.#told = this.#gpus;
    this.#session?.inventory(this.inventory());
  }

  #receive(target: NodeTarget): void {
    this.received.push(target);
    this.#clusterId ??= target.clusterId;
    if (target.clusterId !== this.#clusterId) {
      this.violations.push(`a target of cluster ${target.clusterId}`);
      return;
    }
    const last = this.#target;
    if (last !== null && target.epoch < last.epoch) {
      this.refused.push(target);
      return;
    }
    if (last !== null && compareTargets(last, target) !== 'newer') {
      const same = JSON.stringify(last) === JSON.stringify(target);
      if (!same) {
        this.violations.push(`generation ${target.generation} with other content or going back`);
      }
      return;
    }
    const before =
      last === null
        ? null
        : { target: last, gpusInForce: last.gpus, refusals: [], left: this.#left };
    this.#left = leftClaims(before, target, ({ holder, slices }) =>
      holder.kind === 'replica'
        ? this.#replicas.has(holder.target.replica)
        : slices.some(({ id }) => this.#slices.has(id)),
    );
    this.#target = target;
    const wanted = new Set(target.tombstones.map((tombstone) => tombstoneKey(tombstone)));
    for (const key of this.#done.keys()) if (!wanted.has(key)) this.#done.delete(key);
  }

  #obey(tombstone: Tombstone): void {
    const key = tombstoneKey(tombstone);
    if (this.#done.has(key)) return;
    if (tombstone.kind === 'replica') {
      const running = this.#replicas.get(tombstone.replica);
      if (running !== undefined && running.phase !== 'stopping') {
        this.#replicas.set(tombstone.replica, { ...running, phase: 'stopping' });
        return;
      }
      if (running !== undefined) this.ended.push(tombstone.replica);
      this.#replicas.delete(tombstone.replica);
      this.#done.set(key, tombstone);
      return;
    }
    if (tombstone.kind === 'instance') {
      this.#recut(tombstone);
      return;
    }
    const client = this.#target?.allocations?.find((each) => each.slices.includes(tombstone.slice));
    if (client !== undefined && this.#pidsOf(client).length > 0) {
      this.violations.push(`slice ${tombstone.slice} is to go while ${client.allocation} uses it`);
      return;
    }
    const held = this.#slices.get(tombstone.slice);
    if (held !== undefined && this.unreadable.has(held.gpu)) return;
    const users = [...this.#replicas.values()].filter((replica) =>
      replica.target.slices.includes(tombstone.slice),
    );
    if (users.length > 0) {
      this.violations.push(`slice ${tombstone.slice} is to go while a replica holds it`);
      return;
    }
    if (held !== undefined) {
      this.#slices.delete(tombstone.slice);
      this.#relayout(held.gpu);
    }
    this.#done.set(key, tombstone);
  }

  #pidsOf({ allocation }: AllocationTarget): readonly number[] {
    return this.clients.get(allocation) ?? [];
  }

  /** One look a step at who is left of those whose time is over. */
  #lookAtClients(): void {
    for (const target of this.#target?.allocations ?? []) {
      const { claim, reclaiming } = target;
      const quiet = reclaiming && this.#pidsOf(target).length === 0;
      this.#quiet.set(claim, quiet ? Math.min(2, (this.#quiet.get(claim) ?? 0) + 1) : 0);
    }
  }

  #allocationStatus(target: AllocationTarget): AllocationStatus {
    const held = target.slices.flatMap((id) => this.#slices.get(id) ?? []);
    const ready = held.length === target.slices.length;
    const devices = held.map((slice) => deviceOf(slice));
    return {
      claim: target.claim,
      ready,
      reason: ready ? '' : 'its slices are being made',
      deviceUuids: ready ? devices : [],
      env: ready
        ? { CUDA_VISIBLE_DEVICES: devices.join(), TANGRAM_ALLOCATION: target.allocation }
        : {},
      mounts: [],
      processes: this.#pidsOf(target).map((pid) => ({ pid, name: 'python3', certain: true })),
      reclaiming: target.reclaiming,
      quietLooks: this.#quiet.get(target.claim) ?? 0,
    };
  }

  #recut(gone: InstanceTombstone): void {
    const card = this.#gpus.find((each) => each.uuid === gone.gpu);
    const others = this.#others.get(gone.gpu) ?? [];
    const found = others.find(
      ({ giProfileId, start }) => giProfileId === gone.giProfileId && start === gone.start,
    );
    if (found === undefined) {
      this.#done.set(tombstoneKey(gone), gone);
      return;
    }
    const other = found.gpuInstanceId !== gone.gpuInstanceId;
    const why = other ? 'it is another one now' : this.keepsOthers;
    if (why !== null) {
      this.#refused.set(gone.gpu, why);
      return;
    }
    if (card === undefined || card.authority !== 'cut' || gone.layoutRevision > card.layoutRevision)
      this.violations.push(`${found.profile} at ${found.start} is not to be destroyed`);
    this.recut.push(`${found.profile} at ${found.start}`);
    this.#others.set(
      gone.gpu,
      others.filter((each) => each !== found),
    );
    this.#relayout(gone.gpu);
  }

  #makeSlices(target: GpuTarget): void {
    const gpu = this.#gpus.find((each) => each.uuid === target.gpu);
    if (gpu === undefined || gpu.layoutRevision !== target.layoutRevision) return;
    const missing = target.slices.filter((slice) => !this.#slices.has(slice.id));
    for (const slice of missing) {
      this.#slices.set(slice.id, slice);
      if (this.bindsLate) this.#unbound.set(slice.id, slice.gpu);
    }
    if (missing.length > 0) this.#relayout(target.gpu);
  }

  #relayout(uuid: GpuUuid): void {
    const own = this.slices.filter((slice) => slice.gpu === uuid);
    this.#gpus = this.#gpus.map((gpu) => {
      if (gpu.uuid !== uuid) return gpu;
      const instances = own.flatMap((slice) =>
        slice.shape.kind === 'mig'
          ? [
              {
                giProfileId: slice.shape.giProfileId,
                start: slice.shape.start,
                size: slice.shape.size,
                profile: slice.shape.profile,
                memoryMib: slice.shape.memoryMib,
                gpuInstanceId: slice.shape.start + 1,
                computeInstanceIds: [0],
                uuid: `MIG-${slice.id}`,
                slice: this.#unbound.has(slice.id) ? null : slice.id,
              },
            ]
          : [],
      );
      const kind = own[0]?.shape.kind ?? (gpu.migEnabled === true ? 'mig' : 'idle');
      const mig = kind === 'mig' || gpu.migEnabled === true;
      const all = [...instances, ...(this.#others.get(uuid) ?? [])];
      return {
        ...gpu,
        instances: all,
        mode: kind,
        migEnabled: gpu.migEnabled === null ? null : mig,
        mpsActive: kind === 'mps',
        layoutRevision: gpu.layoutRevision + 1,
      };
    });
  }

  #takeOn(target: ReplicaTarget): void {
    const running = this.#replicas.get(target.replica);
    if (running === undefined) {
      if (!target.slices.every((slice) => this.#slices.has(slice))) return;
      this.#replicas.set(target.replica, { target, phase: 'starting' });
    } else if (
      running.phase === 'starting' &&
      !this.brokenImages.has(target.workload.image ?? '')
    ) {
      this.#replicas.set(target.replica, { ...running, phase: 'ready' });
    }
  }

  #check(): void {
    const held = [
      ...[...this.#replicas.values()].map(({ target }) => target),
      ...(this.#target?.allocations ?? []),
    ].flatMap((holder) => holder.slices);
    if (new Set(held).size !== held.length) this.violations.push('a slice is held twice');
    for (const gpu of this.#gpus) {
      const own = this.slices.filter((slice) => slice.gpu === gpu.uuid);
      const kinds = new Set(own.map((slice) => slice.shape.kind));
      if (kinds.size > 1) this.violations.push(`${gpu.uuid} is used in two ways`);
      if (kinds.has('whole') && own.length > 1) this.violations.push(`${gpu.uuid} is held twice`);
      let mask = 0;
      let memoryMib = 0;
      for (const { id, shape } of own) {
        memoryMib += shape.memoryMib;
        if (shape.kind !== 'mig') continue;
        const units = placementMask(shape.start, shape.size);
        if ((mask & units) !== 0) this.violations.push(`${id} overlaps another instance`);
        mask |= units;
      }
      for (const other of this.#others.get(gpu.uuid) ?? []) {
        const units = placementMask(other.start, other.size);
        if ((mask & units) !== 0) this.violations.push(`${other.profile} of others is overlapped`);
      }
      if (memoryMib > gpu.memoryTotalMib) this.violations.push(`${gpu.uuid} is promised twice`);
    }
  }

  #report(): void {
    const target = this.#target;
    const session = this.#session;
    if (session === null) return;
    session.status(
      {
        node: this.node,
        acceptedEpoch: target?.epoch ?? 0,
        acceptedGeneration: target?.generation ?? 0,
        gpus: this.#gpus.map(({ uuid: gpu }) => {
          const detail = this.#refused.get(gpu);
          return detail === undefined
            ? { gpu, outcome: 'converged', detail: '' }
            : { gpu, outcome: 'refused', detail };
        }),
        slices: this.slices.map((slice) => ({
          slice: slice.id,
          incarnation: slice.incarnation,
          gpu: slice.gpu,
          phase: 'ready',
          deviceUuid: deviceOf(slice),
          reason: '',
        })),
        tombstonesDone: [...this.#done.values()],
        allocations: (target?.allocations ?? []).map((each) => this.#allocationStatus(each)),
        ...(this.#left.length === 0 ? {} : { left: toldOf(this.#left) }),
      },
      [...this.#replicas].map(([replica, { target: of, phase }]) =>
        statusOf(replica, of, {
          phase,
          generation: target?.generation ?? 0,
          idleSeconds: phase === 'ready' ? this.idleSeconds : null,
        }),
      ),
    );
  }
}

function deviceOf({ id, gpu, shape }: Slice): string {
  return shape.kind === 'mig' ? `MIG-${id}` : gpu;
}

function statusOf(
  replica: ReplicaId,
  target: ReplicaTarget,
  now: {
    readonly phase: ReplicaPhase;
    readonly generation: number;
    readonly idleSeconds: number | null;
  },
): ReplicaStatus {
  return {
    replica,
    model: target.model,
    generation: now.generation,
    phase: now.phase,
    reason: '',
    runtime: 'docker',
    runtimeId: `container-${replica}`,
    address: now.phase === 'ready' ? '127.0.0.1:4000' : null,
    restarts: 0,
    startedAtMs: 1,
    readyAtMs: now.phase === 'ready' ? 2 : null,
    idleSeconds: now.idleSeconds,
  };
}

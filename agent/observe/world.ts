import type { CardVerdict } from '../../shared/domain/card-health.ts';
import type { Authority } from '../../shared/domain/gpu.ts';
import type { BootId, GpuUuid, NodeName } from '../../shared/domain/ids.ts';
import type {
  GpuHandout,
  GpuInventory,
  Inventory,
  RuntimeKind,
} from '../../shared/domain/inventory.ts';
import type { MigGeometry } from '../../shared/domain/mig-profile.ts';
import type { HostFacts } from '../drivers/host/host.ts';
import type { MpsDaemonState } from '../drivers/mps/mps-control.ts';
import type { ComputeProcess, GpuRow, MigInstanceRow } from '../drivers/nvidia-smi/nvidia-smi.ts';
import type { MarkedProcess } from '../drivers/process/marked-processes.ts';
import type { CardTopologies } from '../drivers/nvidia-smi/slow-queries.ts';
import type { RunningReplica } from '../drivers/runtime/runtime.ts';
import type { CardLook } from '../health/conditions.ts';
import type { HealthMemory } from '../health/memory.ts';
import type { LayoutRecord, SliceBinding } from '../store/records.ts';

// What pure files may know of the drivers and the store: the shape of their answers, and nothing that acts.
export type { ComputeProcess, GpuRow, MigInstanceRow } from '../drivers/nvidia-smi/nvidia-smi.ts';
export type { CardTopology } from '../drivers/nvidia-smi/slow-queries.ts';
export type { MpsFault } from '../drivers/mps/mps-control.ts';
export type { RunningReplica, StartSpec } from '../drivers/runtime/runtime.ts';
export type { Intent, LayoutRecord, ReplicaRecord, SliceBinding } from '../store/records.ts';
export type { ComputeModeRecord, MpsDefaultsRecord, MpsRecovery } from '../store/mps-records.ts';

/** One part of the world: read, or not readable now (nothing is concluded from that). */
export type Part<T> =
  | { readonly kind: 'seen'; readonly value: T }
  | { readonly kind: 'blind'; readonly reason: string };

/** What `nvidia-smi` told in one round. */
export interface CardAnswers {
  readonly gpus: readonly GpuRow[];
  readonly processes: Part<readonly ComputeProcess[]>;
  readonly instances: Part<readonly MigInstanceRow[]>;
  /** By card index; a card that is absent could not tell. */
  readonly geometries: ReadonlyMap<number, MigGeometry>;
  /** null: not known. */
  readonly topology: CardTopologies | null;
}

/** The answers of all drivers in one round. */
export interface Answers {
  /** Wall clock at the end of the round's questions. */
  readonly wallMs: number;
  readonly host: Part<HostFacts>;
  readonly cards: Part<CardAnswers>;
  readonly mps: ReadonlyMap<GpuUuid, Part<MpsDaemonState>>;
  readonly runtimes: ReadonlyMap<RuntimeKind, Part<readonly RunningReplica[]>>;
  /** Image references that the node holds, as its inventory tells them. */
  readonly images: readonly string[];
  /** By driver, for metrics. */
  readonly timings: Readonly<
    Record<string, { readonly success: boolean; readonly durationMs: number }>
  >;
}

/** What the node knows besides the answers. */
export interface NodeMemory {
  readonly node: NodeName;
  readonly agentVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly handout: GpuHandout;
  readonly metricsAddress: string | null;
  readonly authority: Authority;
  readonly authorityByGpu: Readonly<Record<string, Authority>>;
  /** Whether this node shares cards through MPS. */
  readonly mpsOffered: boolean;
  /** The runtimes that configuration lets models use. */
  readonly runtimesAllowed: readonly RuntimeKind[];
  readonly bindings: readonly SliceBinding[];
  readonly layouts: readonly LayoutRecord[];
  readonly mpsCards: readonly GpuUuid[];
  /** Cards that a step is changing now: their layout is looked at when it is done. */
  readonly busyGpus: ReadonlySet<GpuUuid>;
  readonly health: HealthMemory;
  /** Who carries the mark of an allocation; null: nobody could look. */
  readonly marked: readonly MarkedProcess[] | null;
  /** Those of them that hold a slice of the card. */
  readonly allocatedPids: ReadonlyMap<GpuUuid, ReadonlySet<number>>;
  /** The last round's world: stands in for parts that cannot be read now. */
  readonly previous: World | null;
}

/** A process on a card that belongs to no replica of ours. */
export interface ForeignProcess {
  readonly pid: number;
  readonly name: string;
  readonly memoryMib: number;
}

/** A card's MPS daemon as it is now. What is not known while it is silent or blind is empty. */
export interface MpsActual extends Omit<MpsDaemonState, 'gpu' | 'pipeDirectory' | 'answering'> {
  readonly owned: boolean;
  readonly state: 'answering' | 'silent' | 'blind';
}

/** One card as it is now, with what planning needs beyond the inventory. */
export interface GpuActual {
  readonly uuid: GpuUuid;
  readonly inventory: GpuInventory;
  /** null: everything of the card was read in this round. Else why it was not; the rest is older then. */
  readonly blind: string | null;
  /** How many rounds in a row it was blind. */
  readonly blindRounds: number;
  /** How it is, and why; the inventory tells placement the short of it. */
  readonly verdict: CardVerdict;
  /** What the verdict is about, of what the tool said last. */
  readonly look: CardLook;
  /** What a reset or reboot will make of MIG mode. */
  readonly migPending: boolean | null;
  readonly foreignProcesses: readonly ForeignProcess[];
  /** As the tool says it: `Default`, `Exclusive_Process`, `Prohibited`; null: it does not. */
  readonly computeMode: string | null;
  /** Cards that NVLink joins with this one, by index; null: not known. */
  readonly nvlinkPeers: readonly number[] | null;
  readonly mps: MpsActual;
}

/** A replica that a runtime tells of. */
export interface RunningActual extends RunningReplica {
  readonly runtime: RuntimeKind;
}

/** Everything that planning depends on, in one snapshot. */
export interface World {
  readonly wallMs: number;
  readonly bootId: BootId;
  readonly inventory: Inventory;
  readonly gpus: readonly GpuActual[];
  /** null: the cards were asked and answered. */
  readonly cardsBlind: string | null;
  /** Of every runtime that this node has: null when it answered, else why it did not. */
  readonly runtimesBlind: ReadonlyMap<RuntimeKind, string | null>;
  /** Runtimes that have answered at least once since this agent began: the others hold nothing of ours. */
  readonly runtimesMet: ReadonlySet<RuntimeKind>;
  /** Of blind runtimes: what they told last. */
  readonly running: readonly RunningActual[];
  /** Who carries the mark of an allocation; null: nobody could look. */
  readonly marked: readonly MarkedProcess[] | null;
  /** Layouts as of this round; to be stored before anybody is told of them. */
  readonly layouts: readonly LayoutRecord[];
}

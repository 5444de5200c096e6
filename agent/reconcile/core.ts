import type { Authority } from '../../shared/domain/gpu.ts';
import type {
  ClusterId,
  GpuUuid,
  ModelName,
  NodeName,
  ReplicaId,
  SliceId,
} from '../../shared/domain/ids.ts';
import type { GpuHandout, Inventory } from '../../shared/domain/inventory.ts';
import type { NodeStatus, NodeTarget } from '../../shared/domain/node-target.ts';
import type { ReplicaStatus } from '../../shared/domain/replica-state.ts';
import type { Problem } from '../../shared/domain/result.ts';
import type { SliceShape } from '../../shared/domain/slice.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { Host } from '../drivers/host/host.ts';
import type { MpsControl } from '../drivers/mps/mps-control.ts';
import type { NvidiaSmi } from '../drivers/nvidia-smi/nvidia-smi.ts';
import type { Runtime } from '../drivers/runtime/runtime.ts';
import type { AgentStore } from '../store/agent-store.ts';
import type { HttpGet } from './probe.ts';

/** What the node's configuration says to the core. */
export interface AgentCoreConfig {
  readonly node: NodeName;
  readonly agentVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly handout: GpuHandout;
  /** Where Prometheus finds this agent; asked each round, because the port may be known late. */
  readonly metricsAddress: () => string | null;
  readonly authority: Authority;
  /** Exceptions from `authority`, by GPU UUID. */
  readonly authorityByGpu: Readonly<Record<string, Authority>>;
  /** `auto`: Docker where it answers and the model has an image, else a process where `processRuntime` allows it. */
  readonly runtime: 'auto' | 'docker' | 'process';
  /** Whether models that bring a command may run as plain processes of this host. */
  readonly processRuntime: boolean;
  /** How long a replica is asked to end before it is made to. */
  readonly stopGraceMs: number;
}

/** The telemetry sampler's hold on the cards: it lets go while the core changes a card's MIG mode or layout. */
export interface CardHandles {
  release(signal: AbortSignal): Promise<void>;
  resume(): void;
}

/** Everything from outside, as arguments. */
export interface AgentCoreDeps {
  readonly config: AgentCoreConfig;
  readonly clock: Clock;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
  readonly log: Log;
  readonly store: AgentStore;
  readonly host: Host;
  /** null: this host has no NVIDIA cards to look for. */
  readonly nvidiaSmi: NvidiaSmi | null;
  /** null: this host shares no card through MPS. */
  readonly mps: MpsControl | null;
  readonly runtimes: readonly Runtime[];
  readonly httpGet: HttpGet;
  /** null: nobody else holds the cards open. */
  readonly cardHandles: CardHandles | null;
}

/** What became of a target that was handed to this node. */
export type AcceptOutcome =
  | { readonly kind: 'accepted' }
  /** The same version with the same content: nothing to do. */
  | { readonly kind: 'unchanged' }
  /** CLUSTER_MISMATCH, TARGET_OLDER, TARGET_CONFLICT or TARGET_INVALID; the accepted target stays in force. */
  | { readonly kind: 'refused'; readonly problem: Problem };

export type RoundOutcome = 'blind' | 'converged' | 'waiting' | 'progressed' | 'failed';

/** The last round of the loop, for `agentctl`, `/healthz` and metrics. */
export interface RoundView {
  readonly outcome: RoundOutcome;
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** What the round did or waits for, one line a step. */
  readonly steps: readonly string[];
  /** Parts of the world that could not be read, one line each. */
  readonly blindParts: readonly string[];
}

export interface CoreMetrics {
  readonly roundsTotal: Readonly<Record<RoundOutcome, number>>;
  /** Wall clock of the last round that was not blind; null: none yet. */
  readonly lastSuccessMs: number | null;
  /** By driver: did the last observation of it succeed, and how long did it take. */
  readonly drivers: Readonly<
    Record<string, { readonly success: boolean; readonly durationMs: number }>
  >;
}

/** Which processes belong to which replica and on which slice: labels of telemetry and rows of `agentctl ps`. */
export interface Attribution {
  readonly replica: ReplicaId;
  readonly model: ModelName;
  readonly modelVersion: number;
  readonly pids: readonly number[];
  /** Empty: a replica on CPU. */
  readonly slices: readonly AttributedSlice[];
}

export interface AttributedSlice {
  /** null: it runs, but the accepted target does not say on which slice. */
  readonly slice: SliceId | null;
  readonly gpu: GpuUuid;
  readonly shape: SliceShape | null;
  /** What the replica sees: `MIG-…`, or the card's UUID. */
  readonly deviceUuid: string;
  /** null: not a MIG slice. */
  readonly gpuInstanceId: number | null;
}

export interface AgentEvent {
  readonly id: number;
  readonly atMs: number;
  /** Stable word: `replica-started`, `replica-ready`, `slice-created`, `target-accepted`, … */
  readonly kind: string;
  /** `replicas/x`, `gpus/GPU-…`, `slices/y`, `node`. */
  readonly subject: string;
  readonly message: string;
}

/** What has changed since the last call; the listener reads the views it needs. */
export interface CoreChange {
  readonly inventory: boolean;
  readonly status: boolean;
}

/** The agent's core as its doors (link, local API, metrics, CLI) see it. All views are values, never live. */
export interface AgentCore {
  /** Reconciles until `signal` aborts. Resolves then; running replicas stay. Call once. */
  run(signal: AbortSignal): Promise<void>;
  /** Durable before it answers; acted on by the next round. */
  acceptTarget(target: NodeTarget): AcceptOutcome;
  /** The accepted target; null: none yet. */
  target(): NodeTarget | null;
  /** For the link's hello: whose commands this node takes, and the newest version that it has seen. */
  allegiance(): {
    readonly clusterId: ClusterId | null;
    readonly epoch: number;
    readonly generation: number;
  };
  /** null until the host and its cards have been read once. */
  inventory(): Inventory | null;
  status(): NodeStatus;
  /** Every replica of the target, and those that still run without being in it. */
  replicas(): readonly ReplicaStatus[];
  attribution(): readonly Attribution[];
  /** Oldest first, the last `limit` of them. */
  events(options: {
    readonly limit: number;
    readonly subject: string | null;
  }): readonly AgentEvent[];
  /** Throws REPLICA_UNKNOWN. */
  logs(replica: ReplicaId, tailLines: number, signal: AbortSignal): Promise<string>;
  lastRound(): RoundView | null;
  metrics(): CoreMetrics;
  /** Looks again at once: something outside has happened. */
  poke(): void;
  /** Called after a round that changed what the core tells, and after a target was accepted. Answers how to stop listening. */
  onChange(listener: (change: CoreChange) => void): () => void;
}

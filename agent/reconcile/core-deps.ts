import type { Authority } from '../../shared/domain/gpu.ts';
import type { GpuUuid, NodeName } from '../../shared/domain/ids.ts';
import type { GpuHandout } from '../../shared/domain/inventory.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { Host } from '../drivers/host/host.ts';
import type { MpsControl } from '../drivers/mps/mps-control.ts';
import type { FindMarked } from '../drivers/process/marked-processes.ts';
import type { Runtime } from '../drivers/runtime/runtime.ts';
import type { HealthMemory } from '../health/memory.ts';
import type { CardTool } from '../observe/observe.ts';
import type { ReadImages } from '../observe/images-now-and-then.ts';
import type { World } from '../observe/world.ts';
import type { NodePolicy } from '../policy/policy.ts';
import type { AgentStore } from '../store/agent-store.ts';
import type { QuietMs } from './idle.ts';
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
  /** `auto`: Docker where it answers and the model has an image, else a process where the policy allows it. */
  readonly runtime: 'auto' | 'docker' | 'process';
  /** What may run here at all. */
  readonly policy: NodePolicy;
  /** How long a replica is asked to end before it is made to. */
  readonly stopGraceMs: number;
  /** Whether a card that is shared through MPS is made exclusive to its daemon, where authority is `cut`. */
  readonly mpsComputeMode: 'exclusive' | 'keep';
  /** What MPS clients in containers must see of the host's shared memory; null: nothing. */
  readonly mpsShmDirectory: string | null;
}

/** The telemetry sampler's hold on the cards: it lets go while the core changes a card's MIG mode or layout. */
export interface CardHandles {
  release(signal: AbortSignal): Promise<void>;
  resume(): void;
}

/** Keeps the loop's hands off some cards until the answer is called; null: one of them is being changed now. */
export type HoldCards = (gpus: readonly GpuUuid[]) => (() => void) | null;

/** Who judges the cards' health, as the loop sees it. */
export interface RoundHealth {
  /** What a round cannot see for itself. */
  memory(): HealthMemory;
  /** After each round that saw the node. Returns at once. */
  roundEnded(world: World, hold: HoldCards): void;
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
  readonly nvidiaSmi: CardTool | null;
  /** null: this host shares no card through MPS. */
  readonly mps: MpsControl | null;
  readonly runtimes: readonly Runtime[];
  /** null: the node has no Docker. */
  readonly images: ReadImages | null;
  readonly httpGet: HttpGet;
  /** Who carries the mark of an allocation; asked only while there is one. */
  readonly findMarked: FindMarked;
  /** null: nobody else holds the cards open. */
  readonly cardHandles: CardHandles | null;
  readonly quietMs: QuietMs;
  /** Tells others of new devices, such as CDI's files, once for all instances that a unit made or destroyed. null: nobody. */
  readonly afterCut: ((signal: AbortSignal) => Promise<void>) | null;
  /** null: cards are judged by what a round sees, and nothing is remembered. */
  readonly health: RoundHealth | null;
}

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
  /** Why nothing can be written down, so that nothing is done; null: it can. */
  readonly refusal: string | null;
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

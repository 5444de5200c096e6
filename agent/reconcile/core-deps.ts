import type { Authority } from '../../shared/domain/gpu.ts';
import type { NodeName } from '../../shared/domain/ids.ts';
import type { GpuHandout } from '../../shared/domain/inventory.ts';
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

import type { ModelName, ReplicaId } from '../../../shared/domain/ids.ts';
import type { RuntimeKind } from '../../../shared/domain/inventory.ts';
import type { Workload } from '../../../shared/domain/model.ts';

/** How a started replica reaches its slice, decided before it starts. */
export interface DeviceGrant {
  /** GPU or MIG UUIDs; empty for a model on CPU. */
  readonly deviceUuids: readonly string[];
  /** null: not an MPS client. */
  readonly mps: {
    readonly pipeDirectory: string;
    readonly smPercent: number;
    readonly memoryMib: number;
  } | null;
}

/** All that a runtime needs to start one replica. Closed: raw engine options never come from the wire. */
export interface StartSpec {
  readonly replica: ReplicaId;
  readonly model: ModelName;
  readonly modelVersion: number;
  /** Changes when anything that needs a restart changes. */
  readonly specHash: string;
  readonly workload: Workload;
  readonly grant: DeviceGrant;
}

/** A replica as its runtime sees it now. */
export interface RunningReplica {
  readonly replica: ReplicaId;
  readonly model: ModelName;
  readonly modelVersion: number;
  readonly specHash: string;
  /** Container id or process id. */
  readonly runtimeId: string;
  readonly state: 'running' | 'exited';
  /** null: it runs, or its code is not known (it was not our child any more). */
  readonly exitCode: number | null;
  /** Pids on this host, for attribution. */
  readonly pids: readonly number[];
  /** `127.0.0.1:p`; null until known. */
  readonly address: string | null;
  readonly deviceUuids: readonly string[];
  readonly startedAtMs: number;
  /** The last lines that it wrote, for a reason when it exits; bounded. */
  readonly lastOutput: string;
}

export type StartOutcome =
  | { readonly kind: 'started' }
  | { readonly kind: 'already-there' }
  /** Begun, observed by the next round: an image pull, for instance. */
  | { readonly kind: 'pulling'; readonly detail: string };

/** Starts and stops replicas: Docker Engine, or plain processes. Throws AppError DOCKER_AWAY, DOCKER_REFUSED, IMAGE_UNKNOWN, PROCESS_FAILED. */
export interface Runtime {
  readonly kind: RuntimeKind;
  /** false: it does not answer now; nothing is concluded about what it runs. */
  available(signal: AbortSignal): Promise<boolean>;
  /** Every replica of ours, running or exited, found by label or record: also those of an earlier agent process. */
  list(signal: AbortSignal): Promise<readonly RunningReplica[]>;
  start(spec: StartSpec, signal: AbortSignal): Promise<StartOutcome>;
  /** Asks it to end, then insists after `graceMs`; removes what is left of it. */
  stop(
    replica: ReplicaId,
    graceMs: number,
    signal: AbortSignal,
  ): Promise<'stopped' | 'already-gone'>;
  logs(
    replica: ReplicaId,
    options: { readonly tailLines: number },
    signal: AbortSignal,
  ): Promise<string>;
}

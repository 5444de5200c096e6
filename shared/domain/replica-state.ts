import type { ModelName, ReplicaId } from './ids.ts';
import type { RuntimeKind } from './inventory.ts';

/** Where one copy of a model is in its life, as its node's agent sees it. */
export type ReplicaPhase =
  /** Not begun: something must happen first (`reason`). */
  | 'waiting'
  | 'pulling'
  | 'starting'
  /** Answers its health probe. */
  | 'ready'
  /** Runs, but its probe fails now. */
  | 'unhealthy'
  /** Ended and will be started again after a back-off. */
  | 'backoff'
  /** Cannot run here until somebody changes something. */
  | 'failed'
  | 'stopping'
  /** Gone: no process of it is left. The only phase that frees its slice. */
  | 'stopped';

/** Written by the agent alone. */
export interface ReplicaStatus {
  readonly replica: ReplicaId;
  readonly model: ModelName;
  /** The target generation that this status answers. */
  readonly generation: number;
  readonly phase: ReplicaPhase;
  /** One line for people; empty when there is nothing to say. */
  readonly reason: string;
  readonly runtime: RuntimeKind | null;
  /** Container id or process id. */
  readonly runtimeId: string | null;
  /** `host:port` that clients reach it at; null until it listens. */
  readonly address: string | null;
  readonly restarts: number;
  /** Wall clock, ms since the epoch; null: never started. */
  readonly startedAtMs: number | null;
  /** Wall clock, ms since the epoch: the first healthy answer of the run that `startedAtMs` began; null: none yet. */
  readonly readyAtMs: number | null;
  /**
   * For how long nothing has been computed for it, whole tens of seconds up to `idleSecondsMax`: told coarsely, so that
   * reports do not churn. null: not known, which counts as busy.
   */
  readonly idleSeconds: number | null;
}

/** An idle time longer than this is told as this. */
export const idleSecondsMax = 3_600;

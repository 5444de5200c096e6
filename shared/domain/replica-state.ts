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
   * For at least how long nothing has been computed on its slices, one of `idleSteps`; 0: something is. null: not known,
   * which counts as busy: on CPU, not ready, or nobody measures the slice.
   */
  readonly idleSeconds: number | null;
}

/** Idle times are told coarsely, seconds: a node that rests for an hour tells so ten times, not once a second. */
export const idleSteps = [0, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600] as const;

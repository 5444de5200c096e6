import type { GpuUuid } from '../../../shared/domain/ids.ts';

export interface MpsDaemonState {
  readonly gpu: GpuUuid;
  readonly pipeDirectory: string;
  readonly answering: boolean;
  /** Another one means another daemon, which knows nothing of what its predecessor was told; null: none answers. */
  readonly incarnation: string | null;
  /** Pids of the clients of all its servers; empty when there is no server yet. */
  readonly clientPids: readonly number[];
}

/** What one client process may use at most: its own environment can ask for less, never for more. */
export interface MpsDefaults {
  readonly smPercent: number;
  readonly memoryMib: number;
}

/** The MPS control daemons of this node: one for each shared card. Throws AppError MPS_FAILED, PROCESS_TIMEOUT. */
export interface MpsControl {
  /** Where clients of this card find their daemon, whether it runs or not. */
  pipeDirectory(gpu: GpuUuid): string;
  observe(gpu: GpuUuid, signal: AbortSignal): Promise<MpsDaemonState>;
  /** Starts the daemon in a session of its own, so that it outlives the agent, and waits until it answers. */
  start(gpu: GpuUuid, signal: AbortSignal): Promise<'started' | 'already-running'>;
  /** Asks it to quit. Refuses (MPS_FAILED) while clients are connected. */
  stop(gpu: GpuUuid, signal: AbortSignal): Promise<'stopped' | 'already-gone'>;
  /**
   * Bounds the clients that connect from now on, those of the running servers too, and compares every echo with the
   * request. Clients that are connected keep what they have. Answers the incarnation of the daemon that was told.
   */
  setDefaults(gpu: GpuUuid, defaults: MpsDefaults, signal: AbortSignal): Promise<string>;
}

import type { GpuUuid } from '../../../shared/domain/ids.ts';

export interface MpsDaemonState {
  readonly gpu: GpuUuid;
  readonly pipeDirectory: string;
  readonly answering: boolean;
  /** Pids of the clients of all its servers; empty when there is no server yet. */
  readonly clientPids: readonly number[];
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
  /** Sets the defaults for servers started later, and compares the echo with the request. */
  setDefaults(
    gpu: GpuUuid,
    defaults: { readonly smPercent: number; readonly memoryMib: number },
    signal: AbortSignal,
  ): Promise<void>;
}

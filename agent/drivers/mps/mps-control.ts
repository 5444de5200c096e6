import type { GpuUuid } from '../../../shared/domain/ids.ts';
import type { MpsServerStatus } from '../../formats/mps/mps-reply.ts';
import type { MpsCapabilities } from './capabilities.ts';
import type { MpsLogName } from './daemon-logs.ts';
import type { MpsFault } from './server-history.ts';

export type { MpsFault } from './server-history.ts';

/** A process that uses a card through its daemon, or wants to. */
export interface MpsClient {
  readonly pid: number;
  /** null: it has ended meanwhile. */
  readonly uid: number | null;
}

/** What issues the work of a daemon's clients. One user at a time has one, unless the daemon is multi-user. */
export interface MpsServer {
  readonly pid: number;
  readonly uid: number | null;
  /** null: this version does not tell. */
  readonly status: MpsServerStatus | null;
  readonly clients: readonly MpsClient[];
}

export interface MpsDaemonState {
  readonly gpu: GpuUuid;
  readonly pipeDirectory: string;
  readonly answering: boolean;
  /** Another one means another daemon, which knows nothing of what its predecessor was told; null: none answers. */
  readonly incarnation: string | null;
  /** Empty before the first client, too: a daemon without a server is healthy. */
  readonly servers: readonly MpsServer[];
  /** Pids of the clients of all its servers; empty when there is no server yet. */
  readonly clientPids: readonly number[];
  /** Clients that wait for the server of another user to lose its last client. */
  readonly waiting: readonly MpsClient[];
  /** The last fault of this daemon's servers; null: none that its logs still tell of. */
  readonly fault: MpsFault | null;
  /** Servers that outlived a daemon which is dead: they hold the card against those of the next one. */
  readonly orphans: readonly number[];
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
  /**
   * Starts the daemon in a session of its own, so that it outlives the agent, and waits until it answers. Servers that a
   * dead daemon has left behind are ended first: their clients must be gone by then.
   */
  start(gpu: GpuUuid, signal: AbortSignal): Promise<'started' | 'already-running'>;
  /** Asks it to quit. Refuses (MPS_FAILED) while clients are connected. */
  stop(gpu: GpuUuid, signal: AbortSignal): Promise<'stopped' | 'already-gone'>;
  /**
   * Bounds the clients that connect from now on, those of the running servers too, and compares every echo with the
   * request. Clients that are connected keep what they have. Answers the incarnation of the daemon that was told.
   */
  setDefaults(gpu: GpuUuid, defaults: MpsDefaults, signal: AbortSignal): Promise<string>;
  /** The end of one of the daemon's logs; empty when there is none. */
  tailLog(gpu: GpuUuid, name: MpsLogName, linesMax: number): string;
  /** What this version can do beyond protocol 2's limits. Asks a daemon that answers; without one much is not known. */
  capabilities(gpus: readonly GpuUuid[], signal: AbortSignal): Promise<MpsCapabilities>;
}

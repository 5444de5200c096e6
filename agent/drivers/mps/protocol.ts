import type { MpsServerStatus } from '../../formats/mps/mps-reply.ts';
import type { ControlPipe } from './control-pipe.ts';
import type { MpsDefaults } from './mps-control.ts';

/** One server as its daemon tells of it. */
export interface ToldServer {
  readonly pid: number;
  /** null: this version does not tell (`get_server_status` came after driver 535). */
  readonly status: MpsServerStatus | null;
  readonly clientPids: readonly number[];
}

/**
 * How one version of MPS is spoken: what the daemon is started with, and what is said on its control pipe. The rest of
 * the agent knows daemons, servers, clients and limits, and no command. Version 2 is every driver's default; version 3
 * (opt-in, one daemon a host, named servers) would be another value of this type.
 */
export interface MpsProtocol {
  readonly version: 2 | 3;
  /** What stands behind the program's name to start a daemon in the background. */
  daemonArgs(options: { readonly multiUser: boolean }): readonly string[];
  /** null: no daemon answers. */
  listServers(pipe: ControlPipe, signal: AbortSignal): Promise<readonly ToldServer[] | null>;
  /** Compares every echo with the request. Throws MPS_FAILED when the daemon refuses, or none answers. */
  setLimits(pipe: ControlPipe, limits: MpsDefaults, signal: AbortSignal): Promise<void>;
  /** Ends the daemon and its servers; those that still run after `withinSeconds` are made to. */
  quit(pipe: ControlPipe, withinSeconds: number, signal: AbortSignal): Promise<void>;
}

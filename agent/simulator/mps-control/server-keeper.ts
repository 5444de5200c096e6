import { spawn, type ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { mpsServerName, type GpuUser } from '../processes/gpu-users.ts';
import type { MpsClient, MpsDefaults, MpsServer, MpsStatus } from './commands.ts';
import type { MpsLogs } from './logs.ts';
import type { SimulatedHost } from './simulated-host.ts';

/** The protocol revision that newer servers tell of themselves. */
const driverLine = (major: number): string => `Display Driver version: ${major}`;

export interface ServerKeeperOptions {
  readonly logs: MpsLogs;
  readonly host: SimulatedHost;
  readonly defaults: () => MpsDefaults;
  /** Every process that is a client of this daemon now. */
  readonly find: () => readonly GpuUser[];
}

interface RunningServer {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly uid: number;
  status: MpsStatus;
  percentage: number;
  pinnedMemory: MpsServer['pinnedMemory'];
}

/**
 * The server process and who talks to it.
 *
 * Invariants: at most one server, for one user; a client of another user waits until the last client of the
 * present one is gone; in a fault nobody is taken, and when all who saw it have ended the server is active again.
 */
export class ServerKeeper {
  readonly #options: ServerKeeperOptions;
  #server: RunningServer | undefined;
  /** Clients of the running server. */
  #attached: ReadonlyMap<number, MpsClient> = new Map();
  /** Those who wait for a server. */
  #pending: ReadonlyMap<number, MpsClient> = new Map();
  #isClosed = false;

  constructor(options: ServerKeeperOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#attached.size === 0;
  }

  /** From now on no new client is taken. */
  close(): void {
    this.#isClosed = true;
  }

  view(): MpsServer | undefined {
    if (this.#server === undefined) return undefined;
    const { pid, uid, status, percentage, pinnedMemory } = this.#server;
    const clients = [...this.#attached.values()];
    return { pid, uid, status, activeThreadPercentage: percentage, pinnedMemory, clients };
  }

  set(change: { readonly percentage: number } | Pick<MpsServer, 'pinnedMemory'>): void {
    if (this.#server === undefined) return;
    if ('percentage' in change) this.#server.percentage = change.percentage;
    else this.#server.pinnedMemory = change.pinnedMemory;
  }

  /** Finds who came and who went, and lets happen what was injected. */
  look(): void {
    const found = new Map(
      this.#options
        .find()
        .map(({ pid, uid, name }) => [pid, { pid, uid, name: basename(name) }] as const),
    );
    this.#settle();
    this.#forget(found);
    for (const client of found.values()) this.#meet(client);
    this.#strike();
    this.#serve();
  }

  /** Those who have gone. */
  #forget(found: ReadonlyMap<number, MpsClient>): void {
    const server = this.#server;
    for (const client of this.#attached.values()) {
      if (found.has(client.pid) || server === undefined) continue;
      this.#say(server, 'Receive command failed, assuming client exit');
      this.#say(server, 'Client process disconnected');
    }
    this.#attached = kept(this.#attached, found);
    this.#pending = kept(this.#pending, found);
    if (server?.status === 'FAULT' && this.#attached.size === 0) {
      server.status = 'ACTIVE';
      this.#say(server, 'Volta MPS: Creating server context on device 0');
    }
  }

  #meet(client: MpsClient): void {
    if (this.#isClosed || this.#attached.has(client.pid) || this.#pending.has(client.pid)) return;
    const { logs } = this.#options;
    logs.control('Accepting connection...');
    logs.control('User did not send valid credentials');
    logs.control('Accepting connection...');
    const isReady = this.#server?.status === 'ACTIVE' && this.#server.uid === client.uid;
    logs.control(
      `NEW CLIENT ${client.pid} from user ${client.uid}: ${
        isReady ? 'Server already exists' : 'Server is not ready, push client to pending list'
      }`,
    );
    this.#pending = new Map([...this.#pending, [client.pid, client]]);
  }

  /** Takes those who wait, as far as the server may; starts one for the first of them where there is none. */
  #serve(): void {
    const [first] = this.#pending.values();
    if (first === undefined) return;
    const server = this.#server;
    if (server === undefined) {
      this.start(first.uid);
      this.#settle();
      return;
    }
    if (server.status !== 'ACTIVE') return;
    const mine = [...this.#pending.values()].filter(({ uid }) => uid === server.uid);
    if (mine.length === 0 && this.#attached.size === 0) {
      this.stop();
      this.#options.logs.control(`Server ${server.pid} exited with status 0`);
      this.start(first.uid);
      return;
    }
    for (const client of mine) {
      this.#say(server, 'Volta MPS Server: Received new client request');
      this.#say(server, `Volta MPS: status of client {${client.pid}, 1} is ACTIVE`);
    }
    this.#attached = new Map([...this.#attached, ...mine.map((each) => [each.pid, each] as const)]);
    this.#pending = new Map([...this.#pending].filter(([pid]) => !this.#attached.has(pid)));
  }

  /** A fatal fault of one client is everybody's: the server cannot tell whose it was. */
  #strike(): void {
    const server = this.#server;
    const { host, logs } = this.#options;
    if (server === undefined || server.status !== 'ACTIVE') return;
    if (this.#attached.size > 0 && host.strikes('mps-fault')) {
      server.status = 'FAULT';
      this.#say(server, 'Volta MPS: Server is handling a fatal GPU exception.');
      for (const pid of this.#attached.keys()) {
        this.#say(server, `Volta MPS: status of client {${pid}, 1} is INACTIVE`);
      }
    }
    if (host.strikes('mps-crash')) {
      logs.control('Server encountered a fatal exception. Shutting down');
      this.stop();
      logs.control(`Server ${server.pid} exited with status 1`);
    }
  }

  /** A real process, so that it has a pid, shows in `/proc` with the daemon's card, and can be killed. */
  start(uid: number): void {
    if (this.#server !== undefined) return;
    const { logs, defaults, host } = this.#options;
    // `cat` on a pipe of ours costs nothing and ends with us, whatever ends us.
    const child = spawn('cat', [], {
      argv0: mpsServerName,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, CUDA_MPS_PIPE_DIRECTORY: '' },
    });
    child.once('error', () => undefined); // Without a pid it is told below.
    const { pid } = child;
    if (pid === undefined) {
      logs.control('Failed to start : cannot start a server process');
      return;
    }
    const { activeThreadPercentage: percentage, pinnedMemory } = defaults();
    this.#server = { child, pid, uid, status: 'INITIALIZING', percentage, pinnedMemory };
    logs.control(`Starting new server ${pid} for user ${uid}`);
    logs.server('Server', pid, driverLine(host.major));
    logs.server('Server', pid, `Active Threads Percentage set to ${percentage.toFixed(1)}`);
    child.once('exit', (code) => {
      if (this.#server?.pid !== pid) return;
      logs.control(`Server ${pid} exited with status ${code ?? 1}`);
      this.#release();
    });
  }

  stop(): void {
    const server = this.#server;
    this.#release();
    server?.child.kill('SIGTERM');
  }

  /** A server that was starting is ready by now, unless it was told to take its time. */
  #settle(): void {
    const server = this.#server;
    if (server?.status !== 'INITIALIZING' || this.#options.host.has('mps-initializing')) return;
    server.status = 'ACTIVE';
    this.#options.logs.control(`NEW SERVER ${server.pid}: Ready`);
    this.#options.logs.server('Server', server.pid, 'Server has started');
  }

  /** Without a server its clients have to come again. */
  #release(): void {
    this.#server = undefined;
    this.#attached = new Map();
  }

  #say(server: RunningServer, text: string): void {
    this.#options.logs.server('Other', server.pid, text);
  }
}

function kept(
  clients: ReadonlyMap<number, MpsClient>,
  found: ReadonlyMap<number, MpsClient>,
): ReadonlyMap<number, MpsClient> {
  return new Map([...clients].filter(([pid]) => found.has(pid)));
}

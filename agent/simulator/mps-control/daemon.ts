import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { basename, join } from 'node:path';
import type { Clock } from '../../../shared/platform/clock.ts';
import { localTime } from '../local-time.ts';
import { gpuUsers, gpuVariables, mpsServerName, type GpuUser } from '../processes/gpu-users.ts';
import { openProc } from '../processes/proc.ts';
import {
  answerMps,
  type MpsAnswer,
  type MpsClient,
  type MpsDefaults,
  type MpsServer,
} from './commands.ts';

/** How often the daemon looks for clients by itself; the real one is told by them. */
const lookMs = 2_000;
const quitLookMs = 200;
/** A longer command is no command: the connection is dropped. */
const commandBytesMax = 4_096;

export interface DaemonOptions {
  readonly pipeDirectory: string;
  readonly logDirectory: string;
  /** What `CUDA_VISIBLE_DEVICES` named when the daemon was started. */
  readonly devices: string;
  readonly clock: Clock;
  readonly procRoot: string;
  readonly pid: number;
  readonly signal: AbortSignal;
}

/**
 * The control daemon: listens at `<pipe directory>/control`, starts a server when the first client shows up in
 * `/proc`, and logs as the real one does. Returns when it was told to quit.
 *
 * Invariants: at most one server; it runs while a client needs it or until `quit`; a command is answered
 * before the next one of the same connection is read.
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const daemon = new Daemon(options);
  await daemon.run();
}

interface RunningServer {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly uid: number;
  percentage: number;
  pinnedMemory: MpsServer['pinnedMemory'];
}

class Daemon {
  readonly #options: DaemonOptions;
  readonly #socketPath: string;
  readonly #proc;
  #defaults: MpsDefaults = { activeThreadPercentage: 100, pinnedMemory: new Map() };
  #server: RunningServer | undefined;
  #clients: readonly MpsClient[] = [];
  #known: ReadonlySet<number> = new Set();
  readonly #quit = new AbortController();
  #quitting = false;
  readonly #sockets = new Set<Socket>();

  constructor(options: DaemonOptions) {
    this.#options = options;
    this.#socketPath = join(options.pipeDirectory, 'control');
    this.#proc = openProc(options.procRoot, gpuVariables);
  }

  async run(): Promise<void> {
    const { pipeDirectory, signal } = this.#options;
    rmSync(this.#socketPath, { force: true });
    const server = createServer((socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#socketPath, resolve);
    });
    writeFileSync(join(pipeDirectory, 'nvidia-cuda-mps-control.pid'), `${this.#options.pid}\n`);
    this.#log(`Starting control daemon using socket ${this.#socketPath}`);
    this.#log(
      `To connect CUDA applications to this daemon, set env CUDA_MPS_PIPE_DIRECTORY=${pipeDirectory}`,
    );
    const stop = AbortSignal.any([signal, this.#quit.signal]);
    const own = inodeOf(this.#socketPath);
    // Without its socket nobody could ever ask it to quit.
    while (!stop.aborted && inodeOf(this.#socketPath) === own) {
      this.#look();
      try {
        await this.#options.clock.sleep(lookMs, stop);
      } catch {
        break;
      }
    }
    this.#stopServer();
    // Another daemon may have taken the place meanwhile: closing ours would remove its socket.
    if (inodeOf(this.#socketPath) !== own) server.unref();
    else {
      server.close();
      rmSync(this.#socketPath, { force: true });
      rmSync(join(pipeDirectory, 'nvidia-cuda-mps-control.pid'), { force: true });
    }
    this.#log('Exit with status 0');
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#log('Accepting connection...');
    this.#log('NEW UI');
    let text = '';
    let answering: Promise<void> = Promise.resolve();
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > commandBytesMax) {
        socket.destroy();
        return;
      }
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        if (line.trim() !== '') answering = answering.then(() => this.#command(socket, line));
      }
    });
    socket.on('end', () => {
      void this.#close(socket, answering);
    });
  }

  async #close(socket: Socket, answering: Promise<void>): Promise<void> {
    await answering;
    this.#log('UI closed');
    // `quit` is synchronous: its caller is let go when the daemon has cleaned up.
    if (!this.#quitting) socket.end();
  }

  async #command(socket: Socket, line: string): Promise<void> {
    this.#log(`Cmd:${line.trim()}`);
    this.#look();
    const answer = answerMps(line, {
      server: this.#serverView(),
      defaults: this.#defaults,
      gpu: this.#options.devices === '' ? '0' : this.#options.devices,
    });
    for (const each of answer.logged) this.#log(each);
    await this.#apply(answer);
    if (answer.lines.length > 0) socket.write(`${answer.lines.join('\n')}\n`);
  }

  async #apply({ effect }: MpsAnswer): Promise<void> {
    switch (effect.kind) {
      case 'none':
        return;
      case 'defaults':
        this.#defaults = effect.defaults;
        return;
      case 'server-percentage':
        if (this.#server !== undefined) this.#server.percentage = effect.percentage;
        return;
      case 'server-pinned':
        if (this.#server !== undefined) this.#server.pinnedMemory = effect.pinnedMemory;
        return;
      case 'start-server':
        if (this.#server === undefined) await this.#startServer(effect.uid);
        return;
      case 'stop-server':
        this.#stopServer();
        return;
      case 'terminate':
        endProcess(effect.pid);
        return;
      case 'quit':
        this.#quitting = true;
        await this.#waitForClients(effect.waitMs);
        this.#quit.abort();
    }
  }

  async #waitForClients(waitMs: number | undefined): Promise<void> {
    const { clock, signal } = this.#options;
    const startedMs = clock.monotonicMs();
    for (;;) {
      this.#look();
      if (this.#clients.length === 0) return;
      if (waitMs !== undefined && clock.monotonicMs() - startedMs >= waitMs) return;
      try {
        await clock.sleep(quitLookMs, signal);
      } catch {
        return; // Told to stop at once, by a signal.
      }
    }
  }

  /** Finds the clients; the first one starts the server, which takes its user id. */
  #look(): void {
    const found = gpuUsers(this.#proc.scan(), this.#options.pid).filter(
      (user) =>
        this.#isClient(user) &&
        // While it is told to quit, the daemon takes no new client.
        (!this.#quitting || this.#known.has(user.pid)),
    );
    this.#clients = found.map(({ pid, uid, name }) => ({ pid, uid, name: basename(name) }));
    for (const client of this.#clients) {
      if (this.#known.has(client.pid)) continue;
      this.#log('Accepting connection...');
      this.#log('User did not send valid credentials');
      this.#log('Accepting connection...');
      const server = this.#server;
      this.#log(
        server === undefined
          ? `NEW CLIENT ${client.pid} from user ${client.uid}: Server is not ready, push client to pending list`
          : `NEW CLIENT ${client.pid} from user ${client.uid}: Server already exists`,
      );
    }
    this.#known = new Set(this.#clients.map((client) => client.pid));
    const first = this.#clients[0];
    if (first !== undefined && this.#server === undefined) void this.#startServer(first.uid);
  }

  /** A client names this pipe directory, or has this very socket mounted where its variable points. */
  #isClient(user: GpuUser): boolean {
    const named = user.mpsPipeDirectory;
    if (named === undefined || user.isMpsServer) return false;
    if (named === this.#options.pipeDirectory) return true;
    const theirs = inodeOf(
      join(this.#options.procRoot, String(user.pid), 'root', named, 'control'),
    );
    return theirs !== undefined && theirs === inodeOf(this.#socketPath);
  }

  #serverView(): MpsServer | undefined {
    if (this.#server === undefined) return undefined;
    const { pid, uid, percentage, pinnedMemory } = this.#server;
    return { pid, uid, activeThreadPercentage: percentage, pinnedMemory, clients: this.#clients };
  }

  /** A real process, so that it has a pid, shows in `/proc` with the daemon's card, and can be killed. */
  async #startServer(uid: number): Promise<void> {
    // `cat` on a pipe of ours costs nothing and ends with us, whatever ends us.
    const child = spawn('cat', [], {
      argv0: mpsServerName,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, CUDA_MPS_PIPE_DIRECTORY: '' },
    });
    const spawned = new Promise<boolean>((resolve) => {
      child.once('spawn', () => resolve(true));
      child.once('error', () => resolve(false));
    });
    const pid = child.pid;
    if (pid === undefined) {
      this.#log('Failed to start : cannot start a server process');
      return;
    }
    const { activeThreadPercentage: percentage, pinnedMemory } = this.#defaults;
    this.#server = { child, pid, uid, percentage, pinnedMemory };
    this.#log(`Starting new server ${pid} for user ${uid}`);
    child.once('exit', (code) => {
      if (this.#server?.pid !== pid) return;
      this.#log(`Server ${pid} exited with status ${code ?? 1}`);
      this.#server = undefined;
    });
    if (await spawned) {
      this.#log(`NEW SERVER ${pid}: Ready`);
      this.#logServer(pid, percentage);
    }
  }

  #stopServer(): void {
    const server = this.#server;
    this.#server = undefined;
    server?.child.kill('SIGTERM');
  }

  #log(text: string): void {
    this.#append('control.log', `Control ${this.#options.pid}`, text);
  }

  #logServer(pid: number, percentage: number): void {
    this.#append(
      'server.log',
      `Server ${pid}`,
      `Active Threads Percentage set to ${percentage.toFixed(1)}`,
    );
    this.#append('server.log', `Server ${pid}`, 'Server has started');
  }

  #append(file: string, who: string, text: string): void {
    const line = `[${localTime(this.#options.clock.wallMs(), '-')} ${who}] ${text}\n`;
    try {
      appendFileSync(join(this.#options.logDirectory, file), line);
    } catch {
      // A full or removed log directory must not end the daemon: the cards depend on it.
    }
  }
}

function inodeOf(path: string): string | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
  } catch {
    return undefined;
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // Already gone.
  }
}

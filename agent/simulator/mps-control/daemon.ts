import { rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../../shared/platform/clock.ts';
import { gpuUsers, gpuVariables, type GpuUser } from '../processes/gpu-users.ts';
import { openProc } from '../processes/proc.ts';
import { answerMps, type MpsAnswer, type MpsDefaults } from './commands.ts';
import { openLogs, type MpsLogs } from './logs.ts';
import { ServerKeeper } from './server-keeper.ts';
import type { SimulatedHost } from './simulated-host.ts';

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
  readonly host: SimulatedHost;
  readonly signal: AbortSignal;
}

/**
 * The control daemon: listens at `<pipe directory>/control`, starts a server when the first client shows up in
 * `/proc`, and logs as the real one does. Returns when it was told to quit.
 *
 * Invariant: a command is answered before the next one of the same connection is read.
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const daemon = new Daemon(options);
  await daemon.run();
}

class Daemon {
  readonly #options: DaemonOptions;
  readonly #socketPath: string;
  readonly #proc;
  readonly #logs: MpsLogs;
  readonly #keeper: ServerKeeper;
  #defaults: MpsDefaults = {
    activeThreadPercentage: 100,
    pinnedMemory: new Map(),
    clientPriority: 0,
  };
  readonly #quit = new AbortController();
  #quitting = false;
  readonly #sockets = new Set<Socket>();

  constructor(options: DaemonOptions) {
    this.#options = options;
    this.#socketPath = join(options.pipeDirectory, 'control');
    this.#proc = openProc(options.procRoot, gpuVariables);
    this.#logs = openLogs({
      directory: options.logDirectory,
      pid: options.pid,
      wallMs: () => options.clock.wallMs(),
    });
    this.#keeper = new ServerKeeper({
      logs: this.#logs,
      host: options.host,
      defaults: () => this.#defaults,
      find: () => gpuUsers(this.#proc.scan(), options.pid).filter((user) => this.#isClient(user)),
    });
  }

  async run(): Promise<void> {
    const { pipeDirectory, logDirectory, signal } = this.#options;
    rmSync(this.#socketPath, { force: true });
    const server = createServer((socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#socketPath, resolve);
    });
    writeFileSync(join(pipeDirectory, 'nvidia-cuda-mps-control.pid'), `${this.#options.pid}\n`);
    this.#logs.control(`Starting control daemon using socket ${this.#socketPath}`);
    this.#logs.control(
      `To connect CUDA applications to this daemon, set env CUDA_MPS_PIPE_DIRECTORY=${pipeDirectory}`,
    );
    const { major } = this.#options.host;
    // Newer daemons tell their version: 13000 is CUDA 13.0.
    if (major >= 580) {
      this.#logs.control(`CUDA MPS Control binary version: ${major >= 590 ? 13_010 : 13_000}`);
    }
    this.#logs.server('Other', this.#options.pid, `Using log directory: ${logDirectory}`);
    const stop = AbortSignal.any([signal, this.#quit.signal]);
    const own = inodeOf(this.#socketPath);
    // Without its socket nobody could ever ask it to quit.
    while (!stop.aborted && inodeOf(this.#socketPath) === own) {
      this.#keeper.look();
      try {
        await this.#options.clock.sleep(lookMs, stop);
      } catch {
        break;
      }
    }
    this.#keeper.stop();
    // Another daemon may have taken the place meanwhile: closing ours would remove its socket.
    if (inodeOf(this.#socketPath) !== own) server.unref();
    else {
      server.close();
      rmSync(this.#socketPath, { force: true });
      rmSync(join(pipeDirectory, 'nvidia-cuda-mps-control.pid'), { force: true });
    }
    this.#logs.control('Exit with status 0');
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#logs.control('Accepting connection...');
    this.#logs.control('NEW UI');
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
    this.#logs.control('UI closed');
    // `quit` is synchronous: its caller is let go when the daemon has cleaned up.
    if (!this.#quitting) socket.end();
  }

  async #command(socket: Socket, line: string): Promise<void> {
    const { host, devices } = this.#options;
    this.#logs.control(`Cmd:${line.trim()}`);
    this.#keeper.look();
    // A daemon that hangs takes commands and says nothing, until it is told to end.
    if (host.has('mps-mute')) await this.#silence();
    const answer = answerMps(line, {
      major: host.major,
      server: this.#keeper.view(),
      defaults: this.#defaults,
      gpu: devices === '' ? '0' : devices,
      card: host.card,
    });
    for (const each of answer.logged) this.#logs.control(each);
    await this.#apply(answer);
    if (answer.lines.length > 0) socket.write(`${answer.lines.join('\n')}\n`);
  }

  async #silence(): Promise<void> {
    const { clock, signal, host } = this.#options;
    while (host.has('mps-mute') && !signal.aborted) {
      try {
        await clock.sleep(lookMs, signal);
      } catch {
        return; // Told to stop at once, by a signal.
      }
    }
  }

  async #apply({ effect }: MpsAnswer): Promise<void> {
    switch (effect.kind) {
      case 'none':
        return;
      case 'defaults':
        this.#defaults = effect.defaults;
        return;
      case 'server-percentage':
        this.#keeper.set({ percentage: effect.percentage });
        return;
      case 'server-pinned':
        this.#keeper.set({ pinnedMemory: effect.pinnedMemory });
        return;
      case 'start-server':
        this.#keeper.start(effect.uid);
        return;
      case 'stop-server':
        this.#keeper.stop();
        return;
      case 'terminate':
        endProcess(effect.pid);
        return;
      case 'quit':
        this.#quitting = true;
        this.#keeper.close();
        await this.#waitForClients(effect.waitMs);
        this.#quit.abort();
    }
  }

  async #waitForClients(waitMs: number | undefined): Promise<void> {
    const { clock, signal } = this.#options;
    const startedMs = clock.monotonicMs();
    for (;;) {
      this.#keeper.look();
      if (this.#keeper.isIdle) return;
      if (waitMs !== undefined && clock.monotonicMs() - startedMs >= waitMs) return;
      try {
        await clock.sleep(quitLookMs, signal);
      } catch {
        return; // Told to stop at once, by a signal.
      }
    }
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

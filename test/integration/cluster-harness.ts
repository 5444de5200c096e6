import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

/** The programs that users start, as `npm run build` leaves them. */
export const programs = {
  coordinator: join(dist, 'coordinator/main.js'),
  agent: join(dist, 'agent/main.js'),
  tangram: join(dist, 'coordinator/cli/bin.js'),
  agentctl: join(dist, 'agent/cli/bin.js'),
  smi: join(dist, 'agent/simulator/nvidia-smi/bin.js'),
  mpsControl: join(dist, 'agent/simulator/mps-control/bin.js'),
} as const;

/** A small HTTP server for replicas of tests about something else than inference. */
export const webServer = fileURLToPath(new URL('../fixtures/web-server.mjs', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is started that has something to suffer. */
export interface Launch {
  /** What runs it, such as `nsenter`; it must become the program, not start it. */
  readonly prefix?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** More arguments of the program itself. */
  readonly args?: readonly string[];
}

/** A program of ours that runs in the background, with what it printed in a file. */
export class Daemon {
  readonly name: string;
  readonly logPath: string;
  #child: ChildProcess;

  constructor(folder: string, name: string, argv: readonly string[], launch: Launch = {}) {
    this.name = name;
    this.logPath = join(folder, `${name}.log`);
    const log = openSync(this.logPath, 'a');
    // A group of its own, as under systemd: it can be ended with everything that is in it.
    const own = [process.execPath, ...argv, ...(launch.args ?? [])];
    const [program = '', ...args] = [...(launch.prefix ?? []), ...own];
    this.#child = spawn(program, args, {
      stdio: ['ignore', log, log],
      detached: true,
      env: { ...process.env, ...launch.env },
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  log(): string {
    return readFileSync(this.logPath, 'utf8');
  }

  /** SIGKILL to the whole group, as a service manager that lost its patience does. */
  async endGroup(): Promise<void> {
    if (!this.running) return;
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    process.kill(-this.pid, 'SIGKILL');
    await gone;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.running) return;
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.kill(signal);
    await gone;
  }
}

/** What takes seconds here takes many more on a machine with ten times as much to do as it has cores. */
const patienceMs = 120_000;
/** A command that cuts a card runs a dozen tools, one after the other. */
const commandMsMax = 180_000;

/** Asks again until `read` answers something, or fails with what `read` last threw or `what`. */
export async function eventually<T>(
  what: string,
  read: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = patienceMs,
): Promise<T> {
  const until = Date.now() + limitMs;
  let last: unknown;
  for (;;) {
    try {
      const found = await read();
      if (found !== undefined && found !== false) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > until) throw new Error(`not in ${limitMs} ms: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export interface AgentOptions {
  readonly cards: string;
  readonly runtime?: 'docker' | 'process' | 'auto';
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly launch?: Launch;
}

/**
 * One coordinator and its agents on loopback, in a folder of their own, as real processes.
 * Invariants: `stop` ends every process that this started and every replica's process it can name.
 */
export class TestCluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'tg-'));
  readonly agents = new Map<string, Daemon>();
  coordinator: Daemon | undefined;
  grpc = '';
  http = '';

  async startCoordinator(
    extra: Readonly<Record<string, unknown>> = {},
    launch: Launch = {},
  ): Promise<void> {
    const ready = join(this.folder, 'coordinator.ready.json');
    rmSync(ready, { force: true });
    const config = join(this.folder, 'coordinator.yaml');
    // The second start takes the first one's ports, so that agents find it again.
    writeFileSync(
      config,
      stringify({
        stateDir: join(this.folder, 'coordinator'),
        tls: 'off',
        grpc: this.grpc === '' ? '127.0.0.1:0' : this.grpc,
        http: this.http === '' ? '127.0.0.1:0' : this.http,
        readyFile: ready,
        ...extra,
      }),
    );
    const argv = [programs.coordinator, '--config', config];
    const daemon = new Daemon(this.folder, 'coordinator', argv, launch);
    this.coordinator = daemon;
    const listening = await this.#ready<{ grpc: string; http: string }>(daemon, ready);
    this.grpc = listening.grpc;
    this.http = listening.http;
  }

  /** Waits until placement can use the cards of these nodes: a node is known before its cards are. */
  async nodesUsable(...names: readonly string[]): Promise<void> {
    await eventually(`the cards of ${names.join(', ')} can be used`, () => {
      const { nodes } = JSON.parse(this.tangram('get', 'nodes', '--json').stdout) as {
        nodes: readonly { name: string; availability: string; gpus: readonly unknown[] }[];
      };
      return names.every((name) =>
        nodes.some(
          (node) =>
            node.name === name &&
            node.availability === 'NODE_AVAILABILITY_READY' &&
            node.gpus.length > 0,
        ),
      );
    });
  }

  async startAgent(node: string, options: AgentOptions): Promise<void> {
    const ready = join(this.folder, `${node}.ready.json`);
    rmSync(ready, { force: true });
    const simulator = join(this.folder, `${node}-sim`);
    const initialised = spawnSync(process.execPath, [
      programs.smi,
      '--sim-state',
      simulator,
      '--sim-init',
      options.cards,
    ]);
    if (initialised.status !== 0)
      throw new Error(String(initialised.stdout) + String(initialised.stderr));
    const config = join(this.folder, `${node}.yaml`);
    writeFileSync(join(this.folder, 'policy.yaml'), 'processRuntime: allow\n');
    writeFileSync(
      config,
      stringify({
        node,
        // Without a coordinator the agent works alone.
        tls: 'off',
        ...(this.grpc === '' ? {} : { coordinator: this.grpc }),
        stateDir: join(this.folder, node),
        socket: this.socket(node),
        http: '127.0.0.1:0',
        authority: 'cut',
        nvidiaSmi: { command: [process.execPath, programs.smi, '--sim-state', simulator] },
        mps: {
          controlCommand: [process.execPath, programs.mpsControl],
          dir: join(this.folder, `${node}-mps`),
        },
        runtime: options.runtime ?? 'process',
        policy: 'policy.yaml',
        gpu: { handout: 'env' },
        readyFile: ready,
        ...options.extra,
      }),
    );
    const argv = [programs.agent, '--config', config];
    const daemon = new Daemon(this.folder, node, argv, options.launch);
    this.agents.set(node, daemon);
    await this.#ready(daemon, ready);
  }

  socket(node: string): string {
    return join(this.folder, `${node}.sock`);
  }

  /** Runs `tangram` against this cluster. */
  tangram(...args: readonly string[]): Ran {
    return this.#run([programs.tangram, ...args], { TANGRAM_COORDINATOR: this.grpc });
  }

  agentctl(node: string, ...args: readonly string[]): Ran {
    return this.#run([programs.agentctl, ...args], { TANGRAM_SOCKET: this.socket(node) });
  }

  smi(node: string, ...args: readonly string[]): Ran {
    return this.#run([programs.smi, '--sim-state', join(this.folder, `${node}-sim`), ...args], {});
  }

  /** Writes a manifest and applies it. */
  apply(manifest: object): Ran {
    const file = join(this.folder, `manifest-${process.hrtime.bigint()}.yaml`);
    writeFileSync(file, stringify(manifest));
    return this.tangram('apply', '-f', file, '--yes');
  }

  async stop(): Promise<void> {
    for (const node of this.agents.keys()) {
      for (const pid of this.#replicaPids(node)) kill(pid);
    }
    for (const daemon of this.agents.values()) await daemon.end('SIGKILL');
    await this.coordinator?.end('SIGKILL');
    // MPS daemons live in sessions of their own, so that they survive agents.
    spawnSync('pkill', ['-f', this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #replicaPids(node: string): number[] {
    const listed = this.agentctl(node, 'ps', '--json');
    if (listed.code !== 0) return [];
    return [...listed.stdout.matchAll(/"runtimeId":\s*"(\d+)"/g)].map((match) => Number(match[1]));
  }

  #run(argv: readonly string[], env: Readonly<Record<string, string>>): Ran {
    const ran = spawnSync(process.execPath, argv, {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      timeout: commandMsMax,
    });
    // A command that was given up has an error, and says nothing of it itself.
    const stderr = [ran.stderr, ran.error?.message ?? ''].join('');
    return { code: ran.status, stdout: ran.stdout, stderr };
  }

  async #ready<T>(daemon: Daemon, path: string): Promise<T> {
    const told = await eventually(`${daemon.name} says that it listens`, () => {
      if (!daemon.running) return { ended: true } as const;
      // The file is written whole, then renamed: what exists is complete.
      return existsSync(path) && { said: JSON.parse(readFileSync(path, 'utf8')) as T };
    });
    if ('said' in told) return told.said;
    throw new Error(`${daemon.name} ended: ${daemon.log().slice(-2_000)}`);
  }
}

function kill(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already, or never a group leader: nothing is left to end.
  }
}

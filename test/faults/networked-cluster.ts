import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { NetworkWorld } from '../fakes/network-world.ts';
import { eventually, programs, TestCluster } from '../integration/cluster-harness.ts';

const run = promisify(execFile);
const ports = { grpc: 7443, join: 7442 };
const runMsMax = 60_000;

/** One replica as `tangram ps --json` tells it. */
export interface ListedReplica {
  readonly replica: string;
  readonly model: string;
  readonly node: string;
  readonly phase: string;
  readonly runtimeId: string;
  readonly startedAtMs: string;
  readonly restarts: number;
  readonly retiring?: boolean;
  readonly slices: readonly {
    readonly gpuUuid: string;
    readonly shape: { readonly mig?: { readonly start?: number } };
  }[];
}

/**
 * A coordinator and its agents on hosts of a network of their own, with TLS and nodes that joined by a token.
 * Invariants: each node is the host of the same name; the coordinator is on `control`.
 */
export class NetworkedCluster {
  readonly cluster = new TestCluster();
  readonly #world: NetworkWorld;
  readonly #address: string;
  readonly #extra: Readonly<Record<string, unknown>>;
  readonly #labels: Readonly<Record<string, unknown>>;

  /** `extra`: configuration of the coordinator; `agent`: of each agent. */
  constructor(
    world: NetworkWorld,
    extra: Readonly<Record<string, unknown>> = {},
    agent: Readonly<Record<string, unknown>> = {},
  ) {
    this.#world = world;
    this.#address = world.addHost('control');
    this.#extra = extra;
    this.#labels = agent;
  }

  async startCoordinator(): Promise<void> {
    const { grpc, join: joining } = ports;
    await this.cluster.startCoordinator(
      {
        tls: 'on',
        grpc: `${this.#address}:${grpc}`,
        join: `${this.#address}:${joining}`,
        http: '127.0.0.1:7480',
        ...this.#extra,
      },
      { prefix: this.#world.prefix('control') },
    );
  }

  /** A new host joins and its agent starts. */
  async addNode(node: string, cards: string): Promise<void> {
    this.#world.addHost(node);
    const token = await this.tangram('token', 'create');
    const [, , address = '', , secret = ''] = token.trim().split(' ');
    const config = this.#path(`join-${node}.yaml`);
    writeFileSync(
      config,
      stringify({
        node,
        stateDir: this.#path(node),
        socket: this.cluster.socket(node),
        http: '127.0.0.1:0',
        nvidiaSmi: { enabled: false },
        docker: { enabled: false },
        mps: { dir: this.#path('m') },
      }),
    );
    await this.#on(node, [programs.agent, 'join', address, '--token', secret, '--config', config]);
    await this.startAgent(node, cards);
  }

  async startAgent(node: string, cards: string): Promise<void> {
    await this.cluster.startAgent(node, {
      cards,
      extra: {
        tls: 'on',
        coordinator: `${this.#address}:${ports.grpc}`,
        docker: { enabled: false },
        ...this.#labels,
      },
      launch: { prefix: this.#world.prefix(node) },
    });
  }

  /** What `tangram` prints, asked on the coordinator's host; throws with what it said when it fails. */
  async tangram(...args: readonly string[]): Promise<string> {
    return this.#on('control', [programs.tangram, ...args], {
      TANGRAM_CONFIG: this.#path('coordinator', 'admin.yaml'),
    });
  }

  async apply(manifest: object): Promise<void> {
    const file = this.#path('manifest.yaml');
    writeFileSync(file, stringify(manifest));
    await this.tangram('apply', '-f', file, '--yes');
  }

  /** Those that are ready, in order of names, as far as a fault must not touch them. */
  async serving(): Promise<readonly ListedReplica[]> {
    const listed = await this.tangram('ps', '--json');
    // The CLI prints what the API answers.
    const { replicas } = JSON.parse(listed) as { replicas: readonly ListedReplica[] };
    return replicas
      .filter(({ phase }) => /(^|_)ready$/i.test(phase))
      .sort((left, right) => (left.replica < right.replica ? -1 : 1));
  }

  async allServing(count: number): Promise<readonly ListedReplica[]> {
    return eventually(`${count} replicas are ready`, async () => {
      const found = await this.serving();
      if (found.length !== count) throw new Error(JSON.stringify(found));
      return found;
    });
  }

  /** `ready`, `suspect`, …, by node. */
  async standings(): Promise<Readonly<Record<string, string>>> {
    const { nodes } = JSON.parse(await this.tangram('get', 'nodes', '--json')) as {
      nodes: readonly { readonly name: string; readonly availability: string }[];
    };
    return Object.fromEntries(
      nodes.map(({ name, availability }) => [
        name,
        availability.replace('NODE_AVAILABILITY_', '').toLowerCase(),
      ]),
    );
  }

  /** Answers after how many milliseconds. */
  async untilNodeIs(node: string, wanted: string): Promise<number> {
    const fromMs = performance.now();
    await eventually(`${node} is ${wanted}`, async () => {
      const found = (await this.standings())[node];
      if (found !== wanted) throw new Error(`it is ${found}`);
      return true;
    });
    return performance.now() - fromMs;
  }

  async stop(): Promise<void> {
    await this.cluster.stop();
    this.#world.remove();
  }

  #path(...parts: readonly string[]): string {
    return join(this.cluster.folder, ...parts);
  }

  async #on(
    host: string,
    argv: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const [program = '', ...args] = [...this.#world.prefix(host), process.execPath, ...argv];
    const { stdout } = await run(program, args, {
      env: { ...process.env, ...env },
      timeout: runMsMax,
    });
    return stdout;
  }
}

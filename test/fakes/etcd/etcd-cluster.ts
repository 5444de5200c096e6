import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Found } from '../../setup/needs.ts';
import { until } from '../../integration/until.ts';

const program = process.env['TANGRAM_ETCD'] ?? '/usr/bin/etcd';
const outputMax = 64 * 1024;

export const realEtcd: Found = {
  available: existsSync(program),
  reason: `there is no ${program}; install etcd-server, or set TANGRAM_ETCD`,
};

interface Member {
  readonly endpoint: string;
  readonly peer: string;
  readonly args: readonly string[];
  child: ChildProcess | null;
  output: string;
}

export interface ClusterOptions {
  /** 3 without it. */
  readonly members?: number;
  /** More arguments for each member. */
  readonly args?: readonly string[];
  /** `https` when `args` make it so; then nothing asks the members over HTTP, and readiness is left to the caller. */
  readonly scheme?: 'http' | 'https';
}

/**
 * Real etcd, its members on loopback in a folder of their own. Every wait is bounded, and no member outlives the process
 * that started it.
 */
export class EtcdCluster {
  readonly endpoints: readonly string[];
  readonly #folder: string;
  readonly #members: readonly Member[];
  readonly #scheme: 'http' | 'https';
  readonly #onExit = (): void => this.#killAll();

  static async start(options: ClusterOptions = {}): Promise<EtcdCluster> {
    const count = options.members ?? 3;
    const ports = await freePorts(count * 2);
    const cluster = new EtcdCluster(ports, options);
    try {
      for (const at of cluster.#members.keys()) cluster.#spawn(at);
      if (cluster.#scheme === 'http') await cluster.ready();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  private constructor(ports: readonly number[], options: ClusterOptions) {
    this.#folder = mkdtempSync(join(tmpdir(), 'tangram-etcd-'));
    this.#scheme = options.scheme ?? 'http';
    const half = ports.length / 2;
    const peers = ports.slice(half).map((port, at) => `m${at}=http://127.0.0.1:${port}`);
    this.endpoints = ports.slice(0, half).map((port) => `127.0.0.1:${port}`);
    this.#members = this.endpoints.map((endpoint, at) => {
      const client = `${this.#scheme}://${endpoint}`;
      const peer = peers[at]?.split('=')[1] ?? '';
      const flags = {
        name: `m${at}`,
        'data-dir': join(this.#folder, `m${at}`),
        'listen-client-urls': client,
        'advertise-client-urls': client,
        'listen-peer-urls': peer,
        'initial-advertise-peer-urls': peer,
        'initial-cluster': peers.join(','),
        'initial-cluster-state': 'new',
        logger: 'zap',
        'log-level': 'warn',
      };
      const own = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
      const args = [...own, ...(options.args ?? [])];
      return { endpoint, peer, args, child: null, output: '' };
    });
    process.once('exit', this.#onExit);
  }

  /** Waits until every member that runs takes writes. */
  async ready(): Promise<void> {
    for (const member of this.#members) {
      if (member.child === null) continue;
      await until(async () => {
        const answer = await fetch(`http://${member.endpoint}/health`, {
          signal: AbortSignal.timeout(1_000),
        }).catch(() => null);
        const text = (await answer?.text()) ?? '';
        if (!text.includes('"health":"true"')) {
          throw new Error(
            `etcd at ${member.endpoint} is not healthy: ${member.output.slice(-600)}`,
          );
        }
      });
    }
  }

  /** Which member leads, as the first that answers says. */
  async leader(): Promise<number> {
    for (const [at, member] of this.#members.entries()) {
      const answer = await fetch(`http://${member.endpoint}/v3/maintenance/status`, {
        method: 'POST',
        body: '{}',
        signal: AbortSignal.timeout(1_000),
      }).catch(() => null);
      if (answer?.ok !== true) continue;
      const status: { header: { member_id: string }; leader?: string } = JSON.parse(
        await answer.text(),
      );
      if (status.leader === status.header.member_id) return at;
    }
    throw new Error('no member of etcd leads');
  }

  /** SIGKILL: nothing is said to anybody. */
  async kill(at: number): Promise<void> {
    const { child } = this.#member(at);
    this.#member(at).child = null;
    if (child === null) return;
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
    });
    child.kill('SIGKILL');
    await gone;
  }

  /** SIGSTOP: it keeps its connections and says nothing. */
  pause(at: number): void {
    this.#member(at).child?.kill('SIGSTOP');
  }

  resume(at: number): void {
    this.#member(at).child?.kill('SIGCONT');
  }

  /** A killed member comes back with the data that it had. */
  restart(at: number): void {
    if (this.#member(at).child === null) this.#spawn(at);
  }

  async stop(): Promise<void> {
    process.removeListener('exit', this.#onExit);
    for (const at of this.#members.keys()) await this.kill(at);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(at: number): void {
    const member = this.#member(at);
    const child = spawn(program, [...member.args], { stdio: ['ignore', 'pipe', 'pipe'] });
    member.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        member.output = `${member.output}${text.toString()}`.slice(-outputMax);
      });
    }
  }

  #killAll(): void {
    for (const { child } of this.#members) child?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #member(at: number): Member {
    const member = this.#members[at];
    if (member === undefined) throw new Error(`there is no member ${at}`);
    return member;
  }
}

/** Ports that were free a moment ago; all are held until all are known, so that none comes twice. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  for (const server of servers) server.close();
  return ports;
}

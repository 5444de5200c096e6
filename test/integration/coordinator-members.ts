import { setMaxListeners } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { connectCoordinator, type CoordinatorClient } from '../../coordinator/cli/client.ts';
import { connectAny } from '../../coordinator/cli/connect-any.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { modelSpec } from '../fakes/coordinator/sim-fleet.ts';
import { encodeModelSpec } from '../../shared/wire/model-codec.ts';
import { createAgentClients, type AgentClients } from '../../shared/wire/services.ts';
import { freePorts } from '../fakes/etcd/etcd-cluster.ts';
import { Daemon, eventually, programs } from './cluster-harness.ts';

/** One coordinator's process, with the only address under which it is ever found. */
export interface Member {
  readonly name: string;
  readonly grpc: string;
  readonly http: string;
  daemon: Daemon;
}

/** What must not change while coordinators come and go. */
export interface ServingReplica {
  readonly replica: string;
  readonly pid: string;
  readonly startedAtMs: string;
  readonly restarts: number;
}

const probeMsMax = 1_000;
const never = new AbortController().signal;
// Every call that waits for an election listens to it.
setMaxListeners(0, never);

/** Coordinators on one etcd, as processes in `folder`, and a client that finds the one that leads. */
export class CoordinatorMembers {
  readonly all: readonly Member[];
  readonly client: CoordinatorClient;
  /** Asked again and again, so that nobody waits for a process that is stopped. */
  readonly #prober: CoordinatorClient;
  readonly #folder: string;
  readonly #etcd: readonly string[];

  /** `answerMsMax`: a stopped coordinator is waited for no longer than this. */
  static async spawn(
    names: readonly string[],
    options: {
      readonly folder: string;
      readonly etcd: readonly string[];
      readonly answerMsMax: number;
    },
  ): Promise<CoordinatorMembers> {
    const ports = await freePorts(names.length * 2);
    return new CoordinatorMembers(names, ports, options);
  }

  private constructor(
    names: readonly string[],
    ports: readonly number[],
    { folder, etcd, answerMsMax }: Parameters<typeof CoordinatorMembers.spawn>[1],
  ) {
    this.#folder = folder;
    this.#etcd = etcd;
    this.all = names.map((name, at) => {
      const grpc = `127.0.0.1:${ports[at]}`;
      const http = `127.0.0.1:${ports[at + names.length]}`;
      return { name, grpc, http, daemon: this.#spawn({ name, grpc, http }) };
    });
    this.client = this.connect(answerMsMax);
    this.#prober = this.connect(probeMsMax);
  }

  /** A client that waits for one answer so long at most, and looks for who leads. */
  connect(answerMsMax: number): CoordinatorClient {
    return connectAny(this.addresses, {
      connect: (address) => connectCoordinator(address, () => new Date(Date.now() + answerMsMax)),
      clock: systemClock,
      signal: never,
    });
  }

  get addresses(): readonly string[] {
    return this.all.map(({ grpc }) => grpc);
  }

  async leader(): Promise<Member> {
    return eventually('one coordinator leads', async () => {
      for (const member of this.all) if (await isReady(member)) return member;
      return undefined;
    });
  }

  /** A killed one comes back with what it had on disk. */
  restart(member: Member): void {
    member.daemon = this.#spawn(member);
  }

  async epoch(): Promise<number> {
    return Number((await this.#prober.getCluster()).epoch);
  }

  /** Waits until every one of these agents obeys the epoch of whoever leads; answers it. */
  async commanded(agents: readonly AgentClients[]): Promise<number> {
    return eventually('every agent obeys the epoch of the leader', async () => {
      const wanted = await this.epoch();
      const obeyed = await Promise.all(agents.map(async (agent) => (await nodeOf(agent)).epoch));
      return obeyed.every((epoch) => Number(epoch) >= wanted) && wanted;
    });
  }

  /** Waits until every one of these agents hears all coordinators. */
  async allHeard(agents: readonly AgentClients[]): Promise<void> {
    await eventually('every agent hears every coordinator', async () => {
      const nodes = await Promise.all(agents.map(nodeOf));
      return nodes.every(({ coordinators }) =>
        this.addresses.every((address) =>
          coordinators.some((each) => each.address === address && each.connected),
        ),
      );
    });
  }

  /** The replicas of a model that serve, in order of names. */
  async serving(model: string): Promise<readonly ServingReplica[]> {
    const { status } = await this.client.getModel(model);
    return (status?.replicas ?? [])
      .filter(({ phase }) => phase === 'REPLICA_PHASE_READY')
      .map(({ replica, runtimeId, startedAtMs, restarts }) => ({
        replica,
        pid: runtimeId,
        startedAtMs,
        restarts,
      }))
      .sort((left, right) => (left.replica < right.replica ? -1 : 1));
  }

  async stop(): Promise<void> {
    this.client.close();
    this.#prober.close();
    // A stopped process takes no other signal than this.
    for (const { daemon } of this.all) await daemon.end('SIGKILL');
  }

  #spawn({ name, grpc, http }: Omit<Member, 'daemon'>): Daemon {
    const config = join(this.#folder, `${name}.yaml`);
    const stateDir = join(this.#folder, name);
    const store = { kind: 'etcd', endpoints: this.#etcd };
    writeFileSync(config, stringify({ stateDir, grpc, http, tls: 'off', store }));
    return new Daemon(this.#folder, name, [programs.coordinator, '--config', config]);
  }
}

/** Something to write: a model without replicas needs no place. */
export async function declare(client: CoordinatorClient, name: string): Promise<void> {
  const spec = encodeModelSpec(modelSpec(name, { replicas: 0 }));
  await client.applyModel({ model: { name, labels: {}, spec } });
}

/** The local doors of agents, by their sockets. */
export function agentDoors(sockets: readonly string[]): readonly AgentClients[] {
  return sockets.map((socket) => createAgentClients(socket));
}

async function isReady({ http }: Member): Promise<boolean> {
  const answer = await fetch(`http://${http}/readyz`, { signal: AbortSignal.timeout(500) }).catch(
    () => null,
  );
  return answer?.status === 200;
}

async function nodeOf({ agent }: AgentClients) {
  return new Promise<{
    readonly epoch: string;
    readonly coordinators: readonly { readonly address: string; readonly connected: boolean }[];
  }>((resolve, reject) => {
    agent.getNode({}, (error, answer) => {
      if (error === null && answer !== undefined) resolve(answer);
      else reject(error ?? new Error('no answer'));
    });
  });
}

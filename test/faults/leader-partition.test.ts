import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { connectCoordinator, type CoordinatorClient } from '../../coordinator/cli/client.ts';
import { connectAny } from '../../coordinator/cli/connect-any.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { CuttableRelay } from '../fakes/etcd/cuttable-relay.ts';
import { EtcdCluster, freePorts, realEtcd } from '../fakes/etcd/etcd-cluster.ts';
import { Daemon, eventually, programs, TestCluster } from '../integration/cluster-harness.ts';
import { describeWhere } from '../setup/needs.ts';
import { allServing, expectNoDoublePlacement, processModel, serving, tell } from './serving.ts';

// Row 8: a leader that is cut off from etcd only, while its agents still hear it.

interface Member {
  readonly grpc: string;
  readonly daemon: Daemon;
  readonly relays: readonly CuttableRelay[];
  readonly client: CoordinatorClient;
}

describeWhere('etcd', realEtcd, 'two coordinators on etcd, each behind relays of its own', () => {
  const cluster = new TestCluster();
  const members: Member[] = [];
  let etcd: EtcdCluster;
  let client: CoordinatorClient;

  const soon = (): Date => new Date(Date.now() + 4_000);
  const connect = (address: string): CoordinatorClient => connectCoordinator(address, soon);

  beforeAll(async () => {
    etcd = await EtcdCluster.start();
    const [first = 0, second = 0, third = 0, fourth = 0] = await freePorts(4);
    for (const [name, port, httpPort] of [
      ['c-a', first, second],
      ['c-b', third, fourth],
    ] as const) {
      const relays = await Promise.all(
        etcd.endpoints.map(async (each) => CuttableRelay.before(each)),
      );
      const config = join(cluster.folder, `${name}.yaml`);
      const grpc = `127.0.0.1:${port}`;
      const http = `127.0.0.1:${httpPort}`;
      const store = { kind: 'etcd', endpoints: relays.map(({ endpoint }) => endpoint) };
      const stateDir = join(cluster.folder, name);
      writeFileSync(config, stringify({ stateDir, grpc, http, tls: 'off', store }));
      const daemon = new Daemon(cluster.folder, name, [programs.coordinator, '--config', config]);
      members.push({ grpc, daemon, relays, client: connect(grpc) });
    }
    const addresses = members.map(({ grpc }) => grpc);
    const signal = new AbortController().signal;
    client = connectAny(addresses, { connect, clock: systemClock, signal });
    await eventually('one leads', leader);
    for (const node of ['n1', 'n2']) {
      const extra = { coordinator: addresses, docker: { enabled: false } };
      await cluster.startAgent(node, { cards: 'A100-40GB', extra });
    }
    cluster.grpc = addresses.join(',');
    const manifest = join(cluster.folder, 'model.yaml');
    writeFileSync(manifest, stringify(processModel('serves', 2)));
    await run([programs.tangram, 'apply', '-f', manifest, '--yes'], {
      TANGRAM_COORDINATOR: cluster.grpc,
    });
    await allServing(client, 'serves', 2);
  });
  afterAll(async () => {
    client.close();
    for (const member of members) {
      member.client.close();
      await member.daemon.end('SIGKILL');
    }
    await cluster.stop();
    for (const { relays } of members) for (const relay of relays) relay.close();
    await etcd.stop();
  });

  /** A standby answers NOT_LEADER. */
  const leader = async (): Promise<Member | undefined> => {
    for (const member of members) {
      const leads = await member.client.getCluster().then(
        () => true,
        () => false,
      );
      if (leads) return member;
    }
    return undefined;
  };

  test('row 8: it steps down by its own clock, the standby leads, and the agents follow the higher epoch', async () => {
    const before = await allServing(client, 'serves', 2);
    const cut = await eventually('one leads', leader);
    const { epoch } = await cut.client.getCluster();
    for (const relay of cut.relays) relay.cut();
    const fromMs = performance.now();
    const next = await eventually('a higher epoch leads', async () => {
      const found = await client.getCluster();
      return Number(found.epoch) > Number(epoch) && found;
    });
    const ledMs = performance.now() - fromMs;
    await client.scaleModel('serves', 3);
    const after = await allServing(client, 'serves', 3);
    for (const each of before) expect(after).toContainEqual(each);
    const commandedMs = performance.now() - fromMs;
    const refused: unknown = await cut.client
      .scaleModel('serves', 1)
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: expect.stringMatching(/NOT_LEADER|STORE_/) });
    const other = members.find((each) => each !== cut)?.grpc;
    for (const node of ['n1', 'n2']) {
      const shown = await run([programs.agentctl, 'describe', 'node'], {
        TANGRAM_SOCKET: cluster.socket(node),
      });
      expect(shown).toContain(`${other}: leads in epoch ${next.epoch}`);
    }
    expect(await serving(client, 'serves')).toEqual(after);
    await expectNoDoublePlacement(client);
    tell(
      8,
      `led again after ${ledMs.toFixed(0)} ms, started a replica after ${commandedMs.toFixed(0)} ms`,
    );
  });
});

/** Not synchronously: the relays are in this process, and a leader must not wait for etcd because of us. */
async function run(argv: readonly string[], env: Readonly<Record<string, string>>) {
  const { stdout } = await promisify(execFile)(process.execPath, argv, {
    env: { ...process.env, ...env },
    timeout: 60_000,
  });
  return stdout;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

describeWhere('etcd', realEtcd, 'two coordinators on etcd, one of them behind relays', () => {
  const cluster = new TestCluster();
  const daemons: Daemon[] = [];
  const addresses: string[] = [];
  let relays: readonly CuttableRelay[] = [];
  let etcd: EtcdCluster;
  let client: CoordinatorClient;

  beforeAll(async () => {
    etcd = await EtcdCluster.start();
    relays = await Promise.all(etcd.endpoints.map(async (each) => CuttableRelay.before(each)));
    const ports = await freePorts(4);
    const start = (name: string, at: number, endpoints: readonly string[]): void => {
      const config = join(cluster.folder, `${name}.yaml`);
      const grpc = `127.0.0.1:${ports[at]}`;
      addresses.push(grpc);
      const store = { kind: 'etcd', endpoints };
      const stateDir = join(cluster.folder, name);
      const http = `127.0.0.1:${ports[at + 2]}`;
      writeFileSync(config, stringify({ stateDir, grpc, http, tls: 'off', store }));
      daemons.push(new Daemon(cluster.folder, name, [programs.coordinator, '--config', config]));
    };
    start(
      'cut',
      0,
      relays.map(({ endpoint }) => endpoint),
    );
    const soon = (): Date => new Date(Date.now() + 4_000);
    const connect = (address: string): CoordinatorClient => connectCoordinator(address, soon);
    const only = connect(addresses[0] ?? '');
    // The first one that is there leads.
    await eventually('it leads', async () => only.getCluster());
    only.close();
    start('whole', 1, etcd.endpoints);
    const signal = new AbortController().signal;
    client = connectAny(addresses, { connect, clock: systemClock, signal });
    for (const node of ['n1', 'n2']) {
      const extra = { coordinator: addresses, docker: { enabled: false } };
      await cluster.startAgent(node, { cards: 'A100-40GB', extra });
    }
    cluster.grpc = addresses.join(',');
    expect(cluster.apply(processModel('serves', 2)).stderr).toBe('');
    await allServing(client, 'serves', 2);
  });
  afterAll(async () => {
    client.close();
    for (const daemon of daemons) await daemon.end('SIGKILL');
    await cluster.stop();
    for (const relay of relays) relay.close();
    await etcd.stop();
  });

  test('row 8: it steps down by its own clock, the standby leads, and the agents follow the higher epoch', async () => {
    const before = await allServing(client, 'serves', 2);
    const { epoch } = await client.getCluster();
    for (const relay of relays) relay.cut();
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
    const direct = connectCoordinator(addresses[0] ?? '', () => new Date(Date.now() + 4_000));
    const refused: unknown = await direct.scaleModel('serves', 1).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: expect.stringMatching(/NOT_LEADER|STORE_/) });
    direct.close();
    for (const node of ['n1', 'n2']) {
      const shown = cluster.agentctl(node, 'describe', 'node').stdout;
      expect(shown).toContain(`${addresses[1]}: leads in epoch ${next.epoch}`);
    }
    expect(await serving(client, 'serves')).toEqual(after);
    await expectNoDoublePlacement(client);
    tell(
      8,
      `led again after ${ledMs.toFixed(0)} ms, started a replica after ${commandedMs.toFixed(0)} ms`,
    );
  });
});

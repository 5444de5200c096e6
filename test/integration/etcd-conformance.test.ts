import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEtcdStore } from '../../coordinator/store/etcd/etcd-store.ts';
import type { Store } from '../../coordinator/store/store.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { silentLog } from '../../shared/platform/log.ts';
import { EtcdCluster, realEtcd } from '../fakes/etcd/etcd-cluster.ts';
import { describeWhere } from '../setup/needs.ts';
import { playCommands } from '../unit/coordinator/store-conformance/commands-suite.ts';
import { rebasedStore } from '../unit/coordinator/store-conformance/rebased-store.ts';
import { describeStoreRules } from '../unit/coordinator/store-conformance/rules-suite.ts';

describeWhere('etcd', realEtcd, 'a store in real etcd', () => {
  let cluster: EtcdCluster;
  let spaces = 0;

  // One member: what is compared is meaning; faults of members have a test of their own.
  beforeAll(async () => {
    cluster = await EtcdCluster.start({ members: 1 });
  });
  afterAll(async () => cluster.stop());

  const open = async (prefix: string): Promise<Store> =>
    openEtcdStore({
      endpoints: cluster.endpoints,
      tls: null,
      prefix,
      leaseTtlMs: 2_000,
      clock: systemClock,
      log: silentLog,
    });

  /** An empty key space; its first revision is where the cluster's counter stands. */
  const newSpace = async (): Promise<() => Promise<Store>> => {
    spaces += 1;
    const prefix = `/space-${spaces}`;
    const store = await open(prefix);
    const { revision } = await store.list('', { limit: 1 });
    await store.close();
    return async () => rebasedStore(await open(prefix), revision);
  };

  describeStoreRules('etcd', async () => (await newSpace())());

  test('lists more bytes than one message holds', async () => {
    const store = await (await newSpace())();
    const value = new Uint8Array(1_000_000).fill(7);
    const keys = Array.from({ length: 68 }, (_, at) => `big/${String(at).padStart(3, '0')}`);
    for (const key of keys) await store.txn({ if: [], do: [{ op: 'put', key, value }] });
    const { entries } = await store.list('');
    expect(entries.map((entry) => entry.key)).toEqual(keys);
    expect(entries.every((entry) => entry.value.length === value.length)).toBe(true);
    await store.close();
  });

  test('answers every command as the model does, and after a reopen too', async () => {
    const commands = await playCommands(
      async () => ({ open: await newSpace(), remove: async () => undefined }),
      240,
    );
    expect(commands).toBeGreaterThanOrEqual(1_700);
  }, 170_000);
});

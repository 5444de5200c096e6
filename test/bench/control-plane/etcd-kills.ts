import { openEtcdStore } from '../../../coordinator/store/etcd/etcd-store.ts';
import type { Store } from '../../../coordinator/store/store.ts';
import { systemClock } from '../../../shared/platform/clock.ts';
import { silentLog } from '../../../shared/platform/log.ts';
import { EtcdCluster } from '../../fakes/etcd/etcd-cluster.ts';
import { writeThrough, type Storm } from './write-storm.ts';

export interface EtcdKillVerdict {
  readonly kills: number;
  /** The fewest acknowledged around one kill. */
  readonly acknowledgedLeast: number;
  readonly lost: number;
  /** Between two acknowledgements, the longest around each kill. */
  readonly outagesMs: readonly number[];
}

/** Kills the leader of a cluster of three in the midst of writes, `count` times, and looks for what was acknowledged. */
export async function judgeEtcdKills(count: number): Promise<EtcdKillVerdict> {
  const cluster = await EtcdCluster.start();
  const { endpoints } = cluster;
  const [clock, log] = [systemClock, silentLog];
  const options = { endpoints, tls: null, prefix: '/kills', leaseTtlMs: 2_000, clock, log };
  const store = await openEtcdStore(options);
  let [lost, acknowledgedLeast] = [0, Number.POSITIVE_INFINITY];
  const outagesMs: number[] = [];
  try {
    for (let kill = 0; kill < count; kill += 1) {
      const round = await killOnce(cluster, store, `r${kill}/`);
      acknowledgedLeast = Math.min(acknowledgedLeast, round.acked.size);
      lost += round.lost;
      outagesMs.push(round.outageMs);
    }
  } finally {
    await store.close();
    await cluster.stop();
  }
  return { kills: count, acknowledgedLeast, lost, outagesMs };
}

async function killOnce(
  cluster: EtcdCluster,
  store: Store,
  prefix: string,
): Promise<Storm & { readonly lost: number }> {
  const victim = await cluster.leader();
  const storm = await writeThrough(prefix, {
    lanes: 16,
    write: (key) => store.txn({ if: [], do: [{ op: 'put', key, value: new Uint8Array(400) }] }),
    strike: () => cluster.kill(victim),
  });
  cluster.restart(victim);
  await cluster.ready();
  const kept = new Set((await store.list(prefix)).entries.map((entry) => entry.key));
  return { ...storm, lost: [...storm.acked].filter((key) => !kept.has(key)).length };
}

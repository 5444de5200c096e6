import { openEtcdStore } from '../../../coordinator/store/etcd/etcd-store.ts';
import type { Store } from '../../../coordinator/store/store.ts';
import { systemClock } from '../../../shared/platform/clock.ts';
import { isAppError } from '../../../shared/platform/errors.ts';
import { silentLog } from '../../../shared/platform/log.ts';
import { EtcdCluster } from '../../fakes/etcd/etcd-cluster.ts';

export interface EtcdKillVerdict {
  readonly kills: number;
  /** The fewest acknowledged around one kill. */
  readonly acknowledgedLeast: number;
  readonly lost: number;
  /** Between two acknowledgements, the longest around each kill. */
  readonly outagesMs: readonly number[];
}

const lanes = 16;
const acknowledgedWanted = 1_000;
const roundMsMax = 60_000;

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
): Promise<{
  readonly acked: ReadonlySet<string>;
  readonly lost: number;
  readonly outageMs: number;
}> {
  const acked = new Set<string>();
  const endMs = systemClock.monotonicMs() + roundMsMax;
  let [begun, lastMs, outageMs] = [0, systemClock.monotonicMs(), 0];
  const killing: Promise<void>[] = [];
  const victim = await cluster.leader();
  const lane = async (): Promise<void> => {
    while (acked.size < acknowledgedWanted && systemClock.monotonicMs() < endMs) {
      begun += 1;
      const key = `${prefix}${begun}`;
      try {
        await store.txn({ if: [], do: [{ op: 'put', key, value: new Uint8Array(400) }] });
      } catch (error) {
        // Not known, or known not to be done: neither was acknowledged.
        if (isAppError(error)) continue;
        throw error;
      }
      acked.add(key);
      const nowMs = systemClock.monotonicMs();
      outageMs = Math.max(outageMs, nowMs - lastMs);
      lastMs = nowMs;
      if (acked.size > acknowledgedWanted / 2 && killing.length === 0) {
        killing.push(cluster.kill(victim));
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await Promise.all(killing);
  cluster.restart(victim);
  await cluster.ready();
  const kept = new Set((await store.list(prefix)).entries.map((entry) => entry.key));
  return { acked, lost: [...acked].filter((key) => !kept.has(key)).length, outageMs };
}

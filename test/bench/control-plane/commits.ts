import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEtcdStore } from '../../../coordinator/store/etcd/etcd-store.ts';
import { openSqliteStore } from '../../../coordinator/store/sqlite-store.ts';
import type { Store } from '../../../coordinator/store/store.ts';
import { systemClock } from '../../../shared/platform/clock.ts';
import { silentLog } from '../../../shared/platform/log.ts';
import { EtcdCluster, realEtcd } from '../../fakes/etcd/etcd-cluster.ts';
import type { BenchOptions, BenchRow } from '../bench-row.ts';
import { percentile } from '../took.ts';

const blockBytes = 4_096;
const valueBytes = 400;
const atATime = 64;
const keys = 10_000;
const rounds = 3;
const [roundMsQuick, roundMsAll] = [300, 2_000];
/** Placements of the million-container figure of another orchestrator, on five servers. */
const placementsWanted = 3_750;

const median = (values: readonly number[]): number => percentile(values, 50);

/** Writes that are on disk when they are acknowledged, beside what the disk can do at all, in turns. */
export async function sqliteCommitRows({ quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tangram-commits-'));
  const store = openSqliteStore(join(folder, 'store.db'));
  const roundMs = quick ? roundMsQuick : roundMsAll;
  const [raw, single, grouped]: [number[], number[], number[]] = [[], [], []];
  try {
    for (let round = 0; round < rounds; round += 1) {
      raw.push(appendsPerSecond(join(folder, 'raw'), roundMs));
      single.push(await writesPerSecond(store, 1, roundMs));
      grouped.push(await writesPerSecond(store, atATime, roundMs));
    }
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return [
    {
      metric: `durable writes, sqlite, ${atATime} at a time`,
      value: Math.round(median(grouped)),
      unit: '1/s',
      yardstick: `${Math.round(median(raw))} raw 4 KiB appends with fdatasync`,
      target: `>= ${placementsWanted} and above the appends`,
      ok: median(grouped) >= placementsWanted && median(grouped) > median(raw),
    },
    {
      metric: 'durable writes, sqlite, one after another',
      value: Math.round(median(single)),
      unit: '1/s',
      yardstick: `${Math.round(median(raw))} raw 4 KiB appends with fdatasync`,
      target: '>= 25 % of the appends',
      ok: median(single) >= median(raw) / 4,
    },
  ];
}

/** Transactions that follow each other without waiting, beside those that wait: three members on this machine. */
export async function etcdCommitRows({ quick }: BenchOptions): Promise<readonly BenchRow[]> {
  if (!realEtcd.available) {
    process.stderr.write(`bench control-plane: etcd skipped: ${realEtcd.reason ?? ''}\n`);
    return [];
  }
  const cluster = await EtcdCluster.start();
  const { endpoints } = cluster;
  const [clock, log] = [systemClock, silentLog];
  const options = { endpoints, tls: null, prefix: '/bench', leaseTtlMs: 2_000, clock, log };
  const roundMs = quick ? roundMsQuick : roundMsAll;
  const [waiting, flowing]: [number[], number[]] = [[], []];
  const store = await openEtcdStore(options);
  try {
    for (let round = 0; round < rounds; round += 1) {
      waiting.push(await writesPerSecond(store, 1, roundMs));
      flowing.push(await writesPerSecond(store, atATime, roundMs));
    }
  } finally {
    await store.close();
    await cluster.stop();
  }
  return [
    {
      metric: `durable writes, etcd of three members, ${atATime} at a time`,
      value: Math.round(median(flowing)),
      unit: '1/s',
      yardstick: `${Math.round(median(waiting))} one after another`,
      target: 'above one after another',
      ok: median(flowing) > median(waiting),
    },
  ];
}

function appendsPerSecond(path: string, roundMs: number): number {
  const file = openSync(path, 'w');
  const block = Buffer.alloc(blockBytes, 1);
  const startMs = systemClock.monotonicMs();
  let done = 0;
  while (systemClock.monotonicMs() - startMs < roundMs) {
    writeSync(file, block);
    fdatasyncSync(file);
    done += 1;
  }
  closeSync(file);
  return (done * 1_000) / (systemClock.monotonicMs() - startMs);
}

/** Each is a compare-and-swap of one value, as a placement's is. */
async function writesPerSecond(store: Store, together: number, roundMs: number): Promise<number> {
  const startMs = systemClock.monotonicMs();
  let [begun, done] = [0, 0];
  const value = new Uint8Array(valueBytes).fill(7);
  const lane = async (): Promise<void> => {
    while (systemClock.monotonicMs() - startMs < roundMs) {
      begun += 1;
      const key = `k/${begun % keys}`;
      await store.txn({
        if: [{ key: 'absent', target: 'mod', equals: 0n }],
        do: [{ op: 'put', key, value }],
      });
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: together }, lane));
  return (done * 1_000) / (systemClock.monotonicMs() - startMs);
}

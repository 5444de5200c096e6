import { setup as buildOnce } from '../setup/build-once.ts';
import type { BenchOptions, BenchRow } from './bench-row.ts';
import { judgeCrashes } from './control-plane/crash-images.ts';
import { etcdCommitRows, sqliteCommitRows } from './control-plane/commits.ts';
import { judgeEtcdKills } from './control-plane/etcd-kills.ts';
import { judgeKills } from './control-plane/kills.ts';
import { realGcc } from './control-plane/recorded-writer.ts';
import { realEtcd } from '../fakes/etcd/etcd-cluster.ts';
import { percentile } from './took.ts';

const [killsQuick, killsAll] = [40, 1_000];
const [imagesQuick, imagesAll] = [400, 10_000];
const [etcdKillsQuick, etcdKillsAll] = [2, 20];
const outageMsWanted = 3_000;
const imagesOfPlanted = 100;
const seed = 20_261_122;

/** Whether the store keeps its word, and what a word costs. */
export async function storeRows(options: BenchOptions): Promise<readonly BenchRow[]> {
  buildOnce();
  return [
    ...(await sqliteCommitRows(options)),
    ...(await etcdCommitRows(options)),
    await killRow(options.inputs ?? (options.quick ? killsQuick : killsAll)),
    ...(await etcdKillRows(options.quick ? etcdKillsQuick : etcdKillsAll)),
    ...(await crashRows(options.inputs ?? (options.quick ? imagesQuick : imagesAll))),
  ];
}

async function killRow(count: number): Promise<BenchRow> {
  const { kills, acknowledged, bad, first } = await judgeKills(count, seed);
  if (first !== null) process.stderr.write(`bench control-plane: ${first}\n`);
  return {
    metric: `acknowledged writes lost in ${kills} SIGKILLs`,
    value: bad,
    unit: 'starts',
    yardstick: `${acknowledged} acknowledged`,
    target: `0 in >= ${killsAll}`,
    ok: bad === 0 && kills >= killsAll,
  };
}

async function etcdKillRows(count: number): Promise<readonly BenchRow[]> {
  // That it is not here was told by the rows before.
  if (!realEtcd.available) return [];
  const { kills, acknowledgedLeast, lost, outagesMs } = await judgeEtcdKills(count);
  const worstMs = Math.max(...outagesMs);
  return [
    {
      metric: `acknowledged writes lost in ${kills} kills of etcd's leader`,
      value: lost,
      unit: 'writes',
      yardstick: `>= ${acknowledgedLeast} acknowledged around each`,
      target: `0 in >= ${etcdKillsAll}`,
      ok: lost === 0 && kills >= etcdKillsAll && acknowledgedLeast >= 1_000,
    },
    {
      metric: 'longest wait for an acknowledgement around a kill',
      value: Math.round(worstMs),
      unit: 'ms',
      yardstick: `median ${Math.round(percentile(outagesMs, 50))}`,
      target: `<= ${outageMsWanted}`,
      ok: worstMs <= outageMsWanted,
    },
  ];
}

async function crashRows(count: number): Promise<readonly BenchRow[]> {
  if (!realGcc.available) {
    process.stderr.write(`bench control-plane: crash images skipped: ${realGcc.reason ?? ''}\n`);
    return [];
  }
  const verdict = await judgeCrashes(count, seed);
  if (verdict.first !== null) process.stderr.write(`bench control-plane: ${verdict.first}\n`);
  const planted = await judgeCrashes(imagesOfPlanted, seed, {
    right: 'synchronous = FULL',
    wrong: 'synchronous = OFF',
  });
  return [
    {
      metric: `bad of ${verdict.images} crash images`,
      value: verdict.bad,
      unit: 'images',
      yardstick: `${verdict.cut} lack something unsynced`,
      target: `0 in >= ${imagesAll}`,
      ok: verdict.bad === 0 && verdict.images >= imagesAll,
    },
    {
      metric: 'the same with synchronous=OFF planted',
      value: planted.bad,
      unit: 'images',
      yardstick: `of ${planted.images}`,
      target: '> 0',
      ok: planted.bad > 0,
    },
  ];
}

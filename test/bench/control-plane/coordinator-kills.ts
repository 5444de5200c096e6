import { systemClock } from '../../../shared/platform/clock.ts';
import { isAppError } from '../../../shared/platform/errors.ts';
import type { AgentClients } from '../../../shared/wire/services.ts';
import { EtcdCluster, realEtcd } from '../../fakes/etcd/etcd-cluster.ts';
import { eventually, TestCluster, webServer } from '../../integration/cluster-harness.ts';
import {
  agentDoors,
  declare,
  CoordinatorMembers,
  type Member,
  type ServingReplica,
} from '../../integration/coordinator-members.ts';
import { setup as buildOnce } from '../../setup/build-once.ts';
import type { BenchOptions, BenchRow } from '../bench-row.ts';
import { percentile } from '../took.ts';
import { acknowledgedWanted, writeThrough } from './write-storm.ts';

const [killsQuick, killsAll] = [2, 20];
const targets = { writeMs: 3_000, commandMs: 5_000 } as const;

/** What the loss of a leading coordinator costs. */
export async function failoverRows(options: BenchOptions): Promise<readonly BenchRow[]> {
  if (!realEtcd.available) {
    process.stderr.write(`bench control-plane: failovers skipped: ${realEtcd.reason ?? ''}\n`);
    return [];
  }
  buildOnce();
  const kills = options.quick ? killsQuick : killsAll;
  const { strikes, restarted } = await judgeCoordinatorKills(kills);
  const killed = strikes.filter(({ signal }) => signal === 'SIGKILL');
  const what = `${killed.length} SIGKILLs and ${strikes.length - killed.length} SIGSTOPs of the leading coordinator`;
  const least = Math.min(...strikes.map(({ acknowledged }) => acknowledged));
  const lost = strikes.reduce((sum, each) => sum + each.lost, 0);
  const slowest = (of: 'outageMs' | 'commandMs', metric: string, targetMs: number): BenchRow => {
    const all = strikes.map((each) => each[of]);
    const worstMs = Math.max(...all);
    return {
      metric,
      value: Math.round(worstMs),
      unit: 'ms',
      yardstick: `median ${Math.round(percentile(all, 50))}`,
      target: `<= ${targetMs}`,
      ok: worstMs <= targetMs,
    };
  };
  return [
    {
      metric: `acknowledged writes lost in ${what}`,
      value: lost,
      unit: 'writes',
      yardstick: `>= ${least} acknowledged around each`,
      target: `0 in >= ${killsAll}`,
      ok: lost === 0 && killed.length >= killsAll && least >= acknowledgedWanted,
    },
    slowest('outageMs', 'longest wait for an acknowledgement around one', targets.writeMs),
    slowest('commandMs', 'until every agent obeys the next leader', targets.commandMs),
    {
      metric: 'replicas that restarted meanwhile',
      value: restarted,
      unit: 'replicas',
      yardstick: `of ${nodes.length}`,
      target: 0,
      ok: restarted === 0,
    },
  ];
}

interface CoordinatorKillVerdict {
  readonly strikes: readonly Strike[];
  /** Replicas that are not the very processes that they were at the start. */
  readonly restarted: number;
}

/** One leader that was killed, or stopped for longer than its term. */
interface Strike {
  readonly signal: 'SIGKILL' | 'SIGSTOP';
  readonly acknowledged: number;
  readonly lost: number;
  /** Between two acknowledgements, the longest. */
  readonly outageMs: number;
  /** From the strike until every agent obeys the next leader. */
  readonly commandMs: number;
}

const nodes = ['node-a', 'node-b', 'node-c'];
const served = 'serves';
const answerMsMax = 10_000;
/** Of a write: so that one to a stopped process costs less than the election. */
const writeMsMax = 1_500;
const lanes = 8;
/** Every so many strikes one is a SIGSTOP. */
const stopEach = 4;

/**
 * Three coordinators and three agents, all of them processes, on three members of etcd: whoever leads is struck in the midst
 * of writes, `kills` times with SIGKILL and a quarter as often with SIGSTOP, and what was acknowledged is looked for.
 */
async function judgeCoordinatorKills(kills: number): Promise<CoordinatorKillVerdict> {
  const cluster = new TestCluster();
  const etcd = await EtcdCluster.start();
  const { folder } = cluster;
  const options = { folder, etcd: etcd.endpoints, answerMsMax };
  const members = await CoordinatorMembers.spawn(['c-a', 'c-b', 'c-c'], options);
  try {
    await members.leader();
    cluster.grpc = members.addresses.join(',');
    const extra = { coordinator: members.addresses };
    for (const node of nodes) await cluster.startAgent(node, { cards: '2xA100-40GB', extra });
    const agents = agentDoors(nodes.map((node) => cluster.socket(node)));
    const before = await serveEverywhere(cluster, members);
    const strikes: Strike[] = [];
    for (let left = kills; left > 0;) {
      const signal = (strikes.length + 1) % stopEach === 0 ? 'SIGSTOP' : 'SIGKILL';
      if (signal === 'SIGKILL') left -= 1;
      strikes.push(await strikeOnce(members, agents, { signal, prefix: `r${strikes.length}-` }));
    }
    const after = new Set((await members.serving(served)).map((each) => JSON.stringify(each)));
    const restarted = before.filter((each) => !after.has(JSON.stringify(each))).length;
    for (const agent of agents) agent.close();
    return { strikes, restarted };
  } finally {
    await members.stop();
    await cluster.stop();
    await etcd.stop();
  }
}

async function serveEverywhere(
  cluster: TestCluster,
  members: CoordinatorMembers,
): Promise<readonly ServingReplica[]> {
  const applied = cluster.apply({
    apiVersion: 'tangram/v1',
    kind: 'Model',
    metadata: { name: served },
    spec: {
      replicas: nodes.length,
      process: { command: [process.execPath, webServer] },
      gpu: { memory: '4GiB', isolation: 'mig' },
      health: { path: '/healthz', startupDeadline: '30s' },
      placement: { maxPerNode: 1 },
    },
  });
  if (applied.code !== 0) throw new Error(applied.stderr);
  return eventually('the model serves on every node', async () => {
    const found = await members.serving(served);
    return found.length === nodes.length && found;
  });
}

async function strikeOnce(
  members: CoordinatorMembers,
  agents: readonly AgentClients[],
  { signal, prefix }: { readonly signal: Strike['signal']; readonly prefix: string },
): Promise<Strike> {
  await members.allHeard(agents);
  const victim = await members.leader();
  const writer = members.connect(writeMsMax);
  let commandMs = 0;
  const { acked, outageMs } = await writeThrough(prefix, {
    lanes,
    write: (key) => declare(writer, key),
    strike: async () => {
      const last = await members.epoch();
      const fromMs = systemClock.monotonicMs();
      process.kill(victim.daemon.pid, signal);
      await eventually('a later term', async () => (await members.commanded(agents)) > last);
      commandMs = systemClock.monotonicMs() - fromMs;
    },
  });
  writer.close();
  await bringBack(members, victim, signal);
  const listed = await eventually('models are listed', () => members.client.listModels());
  const kept = listed.map(({ name }) => name).filter((name) => name.startsWith(prefix));
  const lost = [...acked].filter((name) => !kept.includes(name)).length;
  await forget(members, kept);
  return { signal, acknowledged: acked.size, lost, outageMs, commandMs };
}

async function bringBack(
  members: CoordinatorMembers,
  victim: Member,
  signal: Strike['signal'],
): Promise<void> {
  if (signal === 'SIGSTOP') {
    process.kill(victim.daemon.pid, 'SIGCONT');
    return;
  }
  await victim.daemon.end('SIGKILL');
  members.restart(victim);
}

/** The next round must not plan around what this one has declared. */
async function forget(members: CoordinatorMembers, names: readonly string[]): Promise<void> {
  const left = [...names];
  const lane = async (): Promise<void> => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      // One that is not answered in time may stay: it costs a round some microseconds.
      await members.client.deleteModel(name, false).catch(ignoreRefusal);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

function ignoreRefusal(error: unknown): void {
  if (!isAppError(error)) throw error;
}

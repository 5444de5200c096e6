import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setup as buildOnce } from '../../setup/build-once.ts';
import type { BenchOptions, BenchRow } from '../bench-row.ts';
import { pause, readUsage, spent, type Spent } from '../measured-process.ts';
import { prepareState, swarmCards } from './prepared-state.ts';
import { startCoordinator } from './running-coordinator.ts';
import { scrapeRows } from './scrapes.ts';
import { Swarm, type SwarmCounts } from './swarm.ts';

const [agentsQuick, agentsAll] = [500, 5_000];
const connectMsMax = 300_000;
const dialsPerSecond = 50;
const settleMs = 15_000;
const [measureMsQuick, measureMsAll] = [10_000, 30_000];

const targets = { cpuPercent: 40, rssMib: 700 } as const;
/** Of the batches that are due at 1 Hz. */
const keptLeast = 0.95;

/**
 * The built coordinator with so many agents over mTLS, each with a certificate of its own: control streams with hello,
 * inventory, heartbeats and status, and a batch of 8 cards x 20 metrics a second, acknowledged. The swarm runs in this
 * process; only the coordinator is measured.
 */
export async function agentRows(options: BenchOptions): Promise<readonly BenchRow[]> {
  buildOnce();
  const agents = options.inputs ?? (options.quick ? agentsQuick : agentsAll);
  const stateDir = mkdtempSync(join(tmpdir(), 'tangram-agents-'));
  const credentialsOf = await prepareState({
    stateDir,
    nodes: agents,
    replicas: 0,
    certificates: true,
  });
  if (credentialsOf === null) throw new Error('every node has a certificate');
  const coordinator = await startCoordinator(stateDir, 'on');
  const address = coordinator.grpc;
  const swarm = new Swarm({ address, agents, cards: swarmCards, dialsPerSecond, credentialsOf });
  try {
    await swarm.connect(connectMsMax);
    await pause(settleMs);
    const before = { usage: readUsage(coordinator.child), counts: swarm.counts() };
    await pause(options.quick ? measureMsQuick : measureMsAll);
    const after = { usage: readUsage(coordinator.child), counts: swarm.counts() };
    const seconds = (after.usage.atMs - before.usage.atMs) / 1_000;
    const used = spent(before.usage, after.usage);
    const memory = await readMemory(coordinator.http);
    return [
      ...rows({ agents, used, seconds, before: before.counts, after: after.counts, memory }),
      ...(await scrapeRows(coordinator.http, `${agents} agents live`)),
    ];
  } finally {
    swarm.close();
    await coordinator.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** What its memory is, as it says itself, in words. */
async function readMemory(http: string): Promise<string> {
  const page = await (await fetch(`http://${http}/metrics`)).text();
  const mib = (name: string): string =>
    (Number(new RegExp(`^${name} (.*)$`, 'm').exec(page)?.[1]) / 2 ** 20).toFixed(0);
  return `heap ${mib('nodejs_heap_size_total_bytes')}, samples ${mib('tangram_telemetry_memory_bytes')}`;
}

interface Measured {
  readonly agents: number;
  readonly used: Spent;
  readonly seconds: number;
  readonly before: SwarmCounts;
  readonly after: SwarmCounts;
  readonly memory: string;
}

function rows({ agents, used, seconds, before, after, memory }: Measured): readonly BenchRow[] {
  const accepted = (after.batchesAccepted - before.batchesAccepted) / seconds;
  const share = accepted / agents;
  const sent = (after.batchesSent - before.batchesSent) / seconds;
  const requests = (after.requestsSent - before.requestsSent) / seconds;
  // A machine that has no room for the agents beside the coordinator sends slower: then it is what a second's batches
  // cost. Those that are shed cost something, too, and say that there was no room: `batches kept` judges that.
  const cpuPercent = used.cpuPercent / Math.min(1, sent / agents);
  const what = `${agents} agents x 8 GPUs at 1 Hz over mTLS`;
  const all = agents >= agentsAll;
  return [
    {
      metric: `coordinator CPU, ${what}`,
      value: cpuPercent,
      unit: '% of a core',
      yardstick: `${used.cpuPercent.toFixed(1)} % at ${sent.toFixed(0)} batches/s sent in ${requests.toFixed(0)} requests, ${accepted.toFixed(0)} kept`,
      target: `<= ${targets.cpuPercent} at ${agentsAll}`,
      ok: all && share >= keptLeast && cpuPercent <= targets.cpuPercent,
    },
    {
      metric: `coordinator RSS, ${what}`,
      value: used.rssMib,
      unit: 'MiB',
      yardstick: `${((used.rssMib * 1_024) / agents).toFixed(0)} KiB an agent; ${memory}`,
      target: `<= ${targets.rssMib} at ${agentsAll}`,
      ok: all && used.rssMib <= targets.rssMib,
    },
    {
      metric: `errors of streams, ${what}`,
      value: after.errors,
      unit: 'streams',
      yardstick: after.firstError === '' ? 'none' : after.firstError,
      target: 0,
      ok: after.errors === 0,
    },
    {
      metric: `batches kept, ${what}`,
      value: share,
      unit: 'of 1 Hz',
      yardstick: `${sent.toFixed(0)} a second were sent`,
      target: `>= ${keptLeast}`,
      ok: share >= keptLeast,
    },
  ];
}

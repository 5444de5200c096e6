import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../shared/platform/clock.ts';
import { setup as buildOnce } from '../../setup/build-once.ts';
import type { BenchOptions, BenchRow } from '../bench-row.ts';
import { pause, readUsage, spent, type Spent } from '../measured-process.ts';
import { prepareState, swarmCards } from './prepared-state.ts';
import { startCoordinator } from './running-coordinator.ts';
import { Swarm, type SwarmCounts } from './swarm.ts';

const [agentsQuick, agentsAll] = [500, 5_000];
const connectMsMax = 300_000;
const dialsPerSecond = 50;
const settleMs = 15_000;
const [measureMsQuick, measureMsAll] = [10_000, 30_000];

const targets = { cpuPercent: 40, rssMib: 700 } as const;

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
    const scrapeMs = await timeScrape(coordinator.http);
    const used = spent(before.usage, after.usage);
    return rows({ agents, used, seconds, before: before.counts, after: after.counts, scrapeMs });
  } finally {
    swarm.close();
    await coordinator.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** How long `/metrics` takes with all of them. */
async function timeScrape(http: string): Promise<number> {
  const began = systemClock.monotonicMs();
  const answer = await fetch(`http://${http}/metrics`);
  await answer.text();
  return systemClock.monotonicMs() - began;
}

interface Measured {
  readonly agents: number;
  readonly used: Spent;
  readonly seconds: number;
  readonly before: SwarmCounts;
  readonly after: SwarmCounts;
  readonly scrapeMs: number;
}

function rows({ agents, used, seconds, before, after, scrapeMs }: Measured): readonly BenchRow[] {
  const accepted = (after.batchesAccepted - before.batchesAccepted) / seconds;
  const share = accepted / agents;
  const what = `${agents} agents x 8 GPUs at 1 Hz over mTLS`;
  const all = agents >= agentsAll;
  return [
    {
      metric: `coordinator CPU, ${what}`,
      value: used.cpuPercent,
      unit: '% of a core',
      yardstick: `${accepted.toFixed(0)} batches/s acknowledged`,
      target: `<= ${targets.cpuPercent} at ${agentsAll}`,
      ok: all && used.cpuPercent <= targets.cpuPercent,
    },
    {
      metric: `coordinator RSS, ${what}`,
      value: used.rssMib,
      unit: 'MiB',
      yardstick: `${((used.rssMib * 1_024) / agents).toFixed(0)} KiB an agent`,
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
      yardstick: `${after.batchesReceived - after.batchesAccepted} were shed`,
      target: '>= 0.95',
      ok: share >= 0.95,
    },
    {
      metric: `one scrape of /metrics, ${what}`,
      value: scrapeMs,
      unit: 'ms',
      yardstick: 'rendered in slices of 8 ms',
      target: '<= 1000',
      ok: scrapeMs <= 1_000,
    },
  ];
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../shared/platform/clock.ts';
import { createSchedulerClient } from '../../../shared/wire/services.ts';
import type { NodeTarget__Output } from '../../../shared/wire/generated/tangram/link/v1/NodeTarget.ts';
import { setup as buildOnce } from '../../setup/build-once.ts';
import type { BenchOptions, BenchRow } from '../bench-row.ts';
import { pause, readUsage } from '../measured-process.ts';
import { percentile } from '../took.ts';
import { swarmCards } from './prepared-state.ts';
import { startCoordinator } from './running-coordinator.ts';
import { Swarm } from './swarm.ts';

const sizes = {
  quick: { agents: 50, models: 20, replicas: 50, requests: 20 },
  all: { agents: 5_000, models: 200, replicas: 100, requests: 500 },
} as const;
const callsAtOnce = 16;
const callMsMax = 120_000;
const waitMsMax = 180_000;
const connectMsMax = 300_000;
const dialsPerSecond = 200;
/** Between requests of which the time is taken: the round before is over. */
const betweenMs = 50;
const targets = { placementsPerSecond: 3_750, commandMs: 20 } as const;

type Client = ReturnType<typeof createSchedulerClient>;

/**
 * The built coordinator with its store on disk, and agents on real streams that do at once what they are told. A placement counts
 * once it was decided, committed with an fsync, sent, and reported ready by its agent to the coordinator.
 */
export async function placementRows(options: BenchOptions): Promise<readonly BenchRow[]> {
  buildOnce();
  const chosen = options.quick ? sizes.quick : sizes.all;
  const size = { ...chosen, agents: options.inputs ?? chosen.agents };
  const stateDir = mkdtempSync(join(tmpdir(), 'tangram-placements-'));
  const coordinator = await startCoordinator(stateDir, 'off');
  const seen = new Seen();
  const swarm = new Swarm({
    address: coordinator.grpc,
    agents: size.agents,
    cards: swarmCards,
    dialsPerSecond,
    onTarget: (_node, target) => seen.note(target),
  });
  const client = createSchedulerClient(coordinator.grpc);
  try {
    await swarm.connect(connectMsMax);
    const before = readUsage(coordinator.child);
    const seconds = await placeAll(client, seen, size);
    const cpuSeconds = readUsage(coordinator.child).cpuSeconds - before.cpuSeconds;
    const commandMs = await timeRequests(client, seen, size.requests);
    return rows({ ...size, seconds, cpuSeconds, commandMs });
  } finally {
    client.close();
    swarm.close();
    await coordinator.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** Which replicas agents were told of, and when each model's first was. */
class Seen {
  readonly #replicas = new Set<string>();
  readonly #firstAtMs = new Map<string, number>();

  note(target: NodeTarget__Output): void {
    for (const { replica, model } of target.replicas) {
      if (this.#replicas.has(replica)) continue;
      this.#replicas.add(replica);
      if (!this.#firstAtMs.has(model)) this.#firstAtMs.set(model, systemClock.monotonicMs());
    }
  }

  get count(): number {
    return this.#replicas.size;
  }

  firstAtMs(model: string): number | undefined {
    return this.#firstAtMs.get(model);
  }
}

/** Seconds from the first call until every replica is known to be ready. */
async function placeAll(
  client: Client,
  seen: Seen,
  { models, replicas }: { readonly models: number; readonly replicas: number },
): Promise<number> {
  const beganMs = systemClock.monotonicMs();
  const names = Array.from({ length: models }, (_, at) => `many-${at}`);
  const left = [...names];
  const lane = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      await apply(client, name, replicas);
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, lane));
  await until(() => seen.count >= models * replicas);
  for (const name of names) {
    for (;;) {
      const ready = await readyOf(client, name);
      if (ready === replicas) break;
      checkTime(beganMs);
      await pause(5);
    }
  }
  return (systemClock.monotonicMs() - beganMs) / 1_000;
}

/** For each of so many requests, one after another: ms from the call to the command at the agent. */
async function timeRequests(client: Client, seen: Seen, count: number): Promise<number[]> {
  const took: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const name = `one-${at}`;
    const beganMs = systemClock.monotonicMs();
    await apply(client, name, 1);
    await until(() => seen.firstAtMs(name) !== undefined);
    took.push((seen.firstAtMs(name) ?? Number.NaN) - beganMs);
    await pause(betweenMs);
  }
  return took;
}

async function apply(client: Client, name: string, replicas: number): Promise<void> {
  const spec = {
    replicas,
    workload: {
      image: 'server:1',
      port: 8_000,
      health: { path: '/healthz', startupDeadlineMs: 1_000 },
    },
    gpu: { memoryMib: 4_096 },
  };
  await new Promise<void>((resolve, reject) => {
    const deadline = Date.now() + callMsMax;
    client.applyModel({ model: { name, spec } }, { deadline }, (error) =>
      error === null ? resolve() : reject(error),
    );
  });
}

async function readyOf(client: Client, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    client.getModel({ name }, { deadline: Date.now() + callMsMax }, (error, response) => {
      if (error !== null) reject(error);
      else resolve(response?.model?.status?.replicasReady ?? 0);
    });
  });
}

async function until(holds: () => boolean): Promise<void> {
  const beganMs = systemClock.monotonicMs();
  while (!holds()) {
    checkTime(beganMs);
    await pause(1);
  }
}

function checkTime(beganMs: number): void {
  if (systemClock.monotonicMs() - beganMs > waitMsMax) throw new Error('placements take too long');
}

function rows(measured: {
  readonly agents: number;
  readonly models: number;
  readonly replicas: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly commandMs: readonly number[];
}): readonly BenchRow[] {
  const { agents, models, replicas, seconds, cpuSeconds, commandMs } = measured;
  const placed = models * replicas;
  const all = agents >= sizes.all.agents;
  const p99 = percentile(commandMs, 99);
  return [
    {
      metric: `placements, decided to acknowledged, ${models} models x ${replicas} on ${agents} agents`,
      value: Math.round(placed / seconds),
      unit: '1/s',
      yardstick: `${Math.round(placed / cpuSeconds)} per CPU second of the coordinator`,
      target: `>= ${targets.placementsPerSecond} on sqlite`,
      ok: placed / seconds >= targets.placementsPerSecond,
    },
    {
      metric: `request to command at the agent, p99 of ${commandMs.length}, ${agents} agents`,
      value: p99,
      unit: 'ms',
      yardstick: `p50 ${percentile(commandMs, 50).toFixed(1)}`,
      target: `<= ${targets.commandMs} with ${sizes.all.agents}`,
      ok: all && p99 <= targets.commandMs,
    },
  ];
}

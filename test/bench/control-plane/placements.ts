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
import { startCoordinator, type RunningCoordinator } from './running-coordinator.ts';
import { Swarm } from './swarm.ts';

/** Models that are asked for at the same time, and how many copies each of them has. */
interface Shape {
  readonly models: number;
  readonly replicas: number;
}

interface Size {
  readonly agents: number;
  /** Placed before anything is measured: a coordinator that runs for weeks has its code compiled. */
  readonly warm: readonly Shape[];
  readonly shapes: readonly Shape[];
  /** One after another: what one of them waits for. */
  readonly requests: number;
}

const sizes: { readonly quick: Size; readonly all: Size } = {
  quick: {
    agents: 50,
    warm: [
      { models: 10, replicas: 10 },
      { models: 20, replicas: 1 },
    ],
    shapes: [
      { models: 20, replicas: 50 },
      { models: 200, replicas: 1 },
    ],
    requests: 20,
  },
  all: {
    agents: 5_000,
    warm: [
      { models: 100, replicas: 50 },
      { models: 1_000, replicas: 1 },
    ],
    shapes: [
      { models: 200, replicas: 100 },
      { models: 2_000, replicas: 1 },
    ],
    requests: 500,
  },
};
const callsAtOnce = 64;
const callMsMax = 120_000;
const waitMsMax = 180_000;
const connectMsMax = 300_000;
const dialsPerSecond = 200;
/** Asking is work for the coordinator, too. */
const readyEveryMs = 50;
/** Between requests of which the time is taken: the round before is over. */
const betweenMs = 50;
const targets = { placementsPerSecond: 3_750, commandMs: 20, onAgents: 5_000 } as const;

type Client = ReturnType<typeof createSchedulerClient>;

/** What placing everything of a shape took. */
interface Placed extends Shape {
  readonly seconds: number;
  readonly coordinatorCpuSeconds: number;
  /** Of this process, which is all the agents and the scheduler: near `seconds`, it is what limits. */
  readonly swarmCpuSeconds: number;
}

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
  const bench = { client, seen, coordinator };
  try {
    await swarm.connect(connectMsMax);
    for (const [at, shape] of size.warm.entries()) await placeAll(bench, `warm${at}`, shape);
    const placed: Placed[] = [];
    for (const [at, shape] of size.shapes.entries()) {
      placed.push(await placeAll(bench, `shape${at}`, shape));
    }
    const commandMs = await timeRequests(client, seen, size.requests);
    return [
      ...placed.map((each) => placedRow(each, size.agents)),
      commandRow(commandMs, size.agents),
    ];
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

interface Bench {
  readonly client: Client;
  readonly seen: Seen;
  readonly coordinator: RunningCoordinator;
}

/** From the first call until the coordinator knows that every replica is ready. */
async function placeAll(
  { client, seen, coordinator }: Bench,
  prefix: string,
  shape: Shape,
): Promise<Placed> {
  const wanted = seen.count + shape.models * shape.replicas;
  const left = Array.from({ length: shape.models }, (_, at) => `${prefix}-${at}`);
  const lane = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      await apply(client, name, shape.replicas);
    }
  };
  const before = readUsage(coordinator.child);
  const swarmBefore = process.cpuUsage();
  await Promise.all(Array.from({ length: callsAtOnce }, lane));
  await until(() => seen.count >= wanted);
  while ((await readyReplicas(coordinator.http)) < wanted) {
    checkTime(before.atMs);
    await pause(readyEveryMs);
  }
  const after = readUsage(coordinator.child);
  const { user, system } = process.cpuUsage(swarmBefore);
  return {
    ...shape,
    seconds: (after.atMs - before.atMs) / 1_000,
    coordinatorCpuSeconds: after.cpuSeconds - before.cpuSeconds,
    swarmCpuSeconds: (user + system) / 1e6,
  };
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

/** One answer for all of them: asking for each model would be a good part of what is measured. */
async function readyReplicas(http: string): Promise<number> {
  const text = await (await fetch(`http://${http}/metrics`)).text();
  return Number(/^tangram_replicas\{phase="ready"\} (\d+)$/m.exec(text)?.[1]);
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

function placedRow(placed: Placed, agents: number): BenchRow {
  const { models, replicas, seconds, coordinatorCpuSeconds, swarmCpuSeconds } = placed;
  const count = models * replicas;
  const perSecond = Math.round(count / seconds);
  const copies = replicas === 1 ? '1 copy' : `${replicas} copies`;
  const busy = (cpuSeconds: number): string => `${Math.round((cpuSeconds / seconds) * 100)} %`;
  return {
    metric: `placements, decided to acknowledged, ${models} models of ${copies}, ${callsAtOnce} calls at once, ${agents} agents`,
    value: perSecond,
    unit: '1/s',
    yardstick: `${Math.round(count / coordinatorCpuSeconds)} per CPU second of the coordinator (busy ${busy(coordinatorCpuSeconds)}; all agents in one process ${busy(swarmCpuSeconds)})`,
    target: `>= ${targets.placementsPerSecond} on sqlite`,
    ok: perSecond >= targets.placementsPerSecond,
  };
}

function commandRow(commandMs: readonly number[], agents: number): BenchRow {
  const p99 = percentile(commandMs, 99);
  return {
    metric: `request to command at the agent, p99 of ${commandMs.length}, ${agents} agents`,
    value: p99,
    unit: 'ms',
    yardstick: `p50 ${percentile(commandMs, 50).toFixed(1)}`,
    target: `<= ${targets.commandMs} with ${targets.onAgents}`,
    ok: agents >= targets.onAgents && p99 <= targets.commandMs,
  };
}

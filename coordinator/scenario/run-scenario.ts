import { unreachable } from '../../shared/domain/assert.ts';
import type { PolicyName } from '../../shared/placement/policies/policy-name.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { Pace } from '../simulate/pace.ts';
import { Random } from '../simulate/random.ts';
import { TimeQueue } from '../simulate/time-queue.ts';
import { reportRun, type ScenarioRun } from './scenario-run.ts';
import type { Happening, Scenario, ScenarioEvent } from './scenario.ts';
import { SimulatedFleet, type Later } from './simulated-fleet.ts';
import type { Wish } from './wish.ts';

export interface ScenarioOptions {
  readonly policy: PolicyName;
  readonly seed: number;
  readonly pace: Pace;
}

type Jobs = Extract<ScenarioEvent, { kind: 'jobs' }>;

type Due =
  | Later
  | { readonly kind: 'begins'; readonly event: ScenarioEvent; readonly stream: string }
  | { readonly kind: 'ends'; readonly event: Happening }
  | { readonly kind: 'job'; readonly jobs: Jobs; readonly random: Random }
  | { readonly kind: 'gives-up'; readonly wish: Wish }
  | { readonly kind: 'sample' };

/** Moments at which anything happens. Beyond it the scenario is larger than anybody waits for. */
const momentsMax = 5_000_000;
const samples = 480;

/**
 * Plays a scenario on the shipped engine, in event time. What arrives and when depends on the seed alone, so policies are
 * compared on the same stream. Throws REQUEST_INVALID when too much happens.
 */
export async function runScenario(
  scenario: Scenario,
  { policy, seed, pace }: ScenarioOptions,
): Promise<ScenarioRun> {
  const { durationMs } = scenario;
  const queue = new TimeQueue<Due>();
  const fleet = new SimulatedFleet(scenario, {
    policy,
    seed,
    later: (atMs, what) => queue.add(atMs, what),
  });
  for (const [at, event] of scenario.events.entries()) {
    queue.add(event.atMs, { kind: 'begins', event, stream: `jobs-${at}` });
  }
  for (let at = 1; at <= samples; at += 1) {
    queue.add(Math.round((durationMs * at) / samples), { kind: 'sample' });
  }
  const curve: [number, number][] = [];
  let [areaBefore, sampledMs] = [0, 0];
  for (let moments = 0; queue.nextAt() <= durationMs; moments += 1) {
    const atMs = queue.nextAt();
    fleet.advanceTo(atMs);
    while (queue.nextAt() === atMs) {
      const due = queue.take();
      if (due !== undefined) carryOut(due, { fleet, queue, atMs, seed });
      if (due?.kind === 'sample' && atMs > sampledMs) {
        const area = fleet.allocatedPermille.areaTo(atMs);
        curve.push([atMs, (area - areaBefore) / (atMs - sampledMs) / 10]);
        [areaBefore, sampledMs] = [area, atMs];
      }
    }
    fleet.settle();
    if (moments >= momentsMax) throw tooMuch(atMs, scenario);
    await pace.step(atMs / durationMs);
  }
  fleet.advanceTo(durationMs);
  return reportRun(fleet, { scenario, policy, seed, curve });
}

interface Stage {
  readonly fleet: SimulatedFleet;
  readonly queue: TimeQueue<Due>;
  readonly atMs: number;
  readonly seed: number;
}

function carryOut(due: Due, stage: Stage): void {
  const { fleet } = stage;
  switch (due.kind) {
    case 'begins':
      return begin(due.event, due.stream, stage);
    case 'ends':
      return turn(fleet, due.event, -1);
    case 'job':
      return arrive(due, stage);
    case 'ready':
      return fleet.ready(due.wish, due.copy);
    case 'leaves':
      return fleet.expire(due.wish);
    case 'gives-up':
      return fleet.giveUp(due.wish);
    case 'judge':
      return fleet.judge();
    case 'sample':
      return undefined;
    default:
      return unreachable(due);
  }
}

function begin(event: ScenarioEvent, stream: string, stage: Stage): void {
  const { fleet, queue, atMs, seed } = stage;
  if (event.kind === 'scale') return fleet.scale(event.model, event.replicas);
  if (event.kind === 'jobs') {
    return scheduleJob({ kind: 'job', jobs: event, random: new Random(seed, stream) }, stage);
  }
  turn(fleet, event, 1);
  if (event.forMs !== null) queue.add(atMs + event.forMs, { kind: 'ends', event });
}

/** A fault begins or is over. */
function turn(fleet: SimulatedFleet, event: Happening, by: 1 | -1): void {
  switch (event.kind) {
    case 'lose':
      return fleet.silence(event.node, by);
    case 'drain':
      return fleet.drain(event.node, by);
    case 'fail':
      return fleet.failCard(event.node, event.gpu, by);
    case 'scale':
    case 'jobs':
      return undefined;
    default:
      return unreachable(event);
  }
}

const msPerHour = 3_600_000;

function scheduleJob(job: Extract<Due, { kind: 'job' }>, { queue, atMs }: Stage): void {
  const { jobs, random } = job;
  const nextMs = atMs + Math.round((random.exponential() * msPerHour) / jobs.ratePerHour);
  if (nextMs < jobs.atMs + jobs.forMs) queue.add(nextMs, job);
}

function arrive(job: Extract<Due, { kind: 'job' }>, stage: Stage): void {
  const { model, lifeMs, patienceMs } = job.jobs;
  const life = Math.max(1, Math.round(job.random.exponential() * lifeMs));
  const wish = stage.fleet.arrive(model, life);
  if (patienceMs !== null) stage.queue.add(stage.atMs + patienceMs, { kind: 'gives-up', wish });
  scheduleJob(job, stage);
}

function tooMuch(atMs: number, { durationMs }: Scenario): AppError {
  const done = Math.floor((100 * atMs) / durationMs);
  return new AppError(
    'REQUEST_INVALID',
    `too much happens: ${momentsMax} moments, and only ${done} % of the scenario are over`,
    { hint: 'lower the rate of jobs, or make the scenario shorter' },
  );
}

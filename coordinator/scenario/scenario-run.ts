import type { NodeName } from '../../shared/domain/ids.ts';
import type { PolicyName } from '../../shared/placement/policies/policy-name.ts';
import type { Scenario } from './scenario.ts';
import type { SimulatedFleet } from './simulated-fleet.ts';
import type { Fault, ModelTally } from './wish.ts';

/** What became of one model. Seconds are summed over replicas. */
export interface ModelOutcome {
  readonly model: string;
  /** Replicas and jobs that were asked for. */
  readonly asked: number;
  /** Times that one had to wait for a place. */
  readonly waited: number;
  /** Jobs that were not placed in time. */
  readonly gaveUp: number;
  readonly waitingAtEnd: number;
  readonly wantedSeconds: number;
  readonly placedSeconds: number;
  readonly servingSeconds: number;
  /** Wanted and without a place. */
  readonly pendingSeconds: number;
  readonly longestWaitSeconds: number;
  /** Times that one that served stopped serving. */
  readonly interruptions: Readonly<Record<Fault, number>>;
  /** Why the first that waited did; empty: nobody had to. */
  readonly firstRefusal: string;
}

/** One policy with one seed, as `tangram simulate -f --json` prints it. */
export interface ScenarioRun {
  readonly policy: PolicyName;
  readonly seed: number;
  readonly durationSeconds: number;
  /** Of the cards that have not failed, as the engine counts shares of them. */
  readonly allocatedPercent: { readonly mean: number; readonly max: number };
  readonly decisions: number;
  readonly refusals: number;
  readonly interruptions: Readonly<Record<Fault, number>>;
  /** Nodes that were silent for long and not given up, because too many were at once. */
  readonly heldBack: readonly NodeName[];
  /** Promises that were broken: a bug. */
  readonly lintProblems: readonly string[];
  readonly models: readonly ModelOutcome[];
  /** Mean allocated percent up to each time, in seconds since the time before. */
  readonly curve: readonly (readonly [seconds: number, percent: number])[];
}

export interface RunFacts {
  readonly scenario: Scenario;
  readonly policy: PolicyName;
  readonly seed: number;
  /** Milliseconds and percent. */
  readonly curve: readonly (readonly [number, number])[];
}

/** What a fleet came to at the end of its scenario. */
export function reportRun(
  fleet: SimulatedFleet,
  { scenario, policy, seed, curve }: RunFacts,
): ScenarioRun {
  const { durationMs } = scenario;
  const { allocatedPermille } = fleet;
  const models = fleet.models.map((tally) => reportModel(tally, durationMs));
  const sum = (fault: Fault): number =>
    models.reduce((total, { interruptions }) => total + interruptions[fault], 0);
  return {
    policy,
    seed,
    durationSeconds: durationMs / 1_000,
    allocatedPercent: {
      mean: rounded(allocatedPermille.areaTo(durationMs) / durationMs / 10),
      max: rounded(allocatedPermille.mostTo(durationMs) / 10),
    },
    decisions: fleet.cluster.decisions,
    refusals: fleet.cluster.refusals,
    interruptions: { 'node-lost': sum('node-lost'), 'card-failed': sum('card-failed') },
    heldBack: [...fleet.heldBack].sort(),
    lintProblems: fleet.lintProblems,
    models: models.sort((a, b) => (a.model < b.model ? -1 : 1)),
    curve: curve.map(([atMs, percent]) => [atMs / 1_000, rounded(percent)]),
  };
}

function reportModel(tally: ModelTally, endMs: number): ModelOutcome {
  const [wantedMs, placedMs] = [tally.wanted.areaTo(endMs), tally.placed.areaTo(endMs)];
  const waiting = [...tally.waiting].filter(({ old }) => old === null);
  const waits = waiting.map(({ waitsSinceMs }) => endMs - (waitsSinceMs ?? endMs));
  return {
    model: tally.name,
    asked: tally.asked,
    waited: tally.waited + waits.filter((ms) => ms > 0).length,
    gaveUp: tally.gaveUp,
    waitingAtEnd: waiting.length,
    wantedSeconds: wantedMs / 1_000,
    placedSeconds: placedMs / 1_000,
    servingSeconds: tally.serving.areaTo(endMs) / 1_000,
    pendingSeconds: (wantedMs - placedMs) / 1_000,
    longestWaitSeconds: Math.max(tally.longestWaitMs, ...waits) / 1_000,
    interruptions: tally.faults,
    firstRefusal: tally.reason,
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

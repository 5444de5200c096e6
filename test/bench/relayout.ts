import loadHighs from 'highs';
import { assert } from '../../shared/domain/assert.ts';
import type { Plan } from '../../shared/domain/change.ts';
import { lintPlacement } from '../../shared/placement/lint.ts';
import { open } from '../../shared/placement/open.ts';
import { makeRoom, type MakeRoomResult } from '../../shared/placement/relayout/make-room.ts';
import { lintPlan } from '../../shared/placement/relayout/lint-plan.ts';
import { placeAll } from '../../shared/placement/relayout/place-all.ts';
import { asMig, factsOf, roomInput } from '../unit/shared/placement/relayout/stage-set.ts';
import type { BenchRow } from './bench-row.ts';
import { largeCluster } from './exact/large-cluster.ts';
import { crowdedCase, relayoutCase, type RelayoutCase } from './exact/relayout-cases.ts';
import { leastInterruption } from './exact/relayout-optimum.ts';
import { mostServedMib, smallBatch } from './exact/small-batch.ts';
import { percentile, renderSpread, timed, type Took } from './took.ts';

const casesCount = 200;
const batchesCount = 1_000;
const statesMax = 8_000;
const plansCount = 300;
const largeNodesCount = 5_000;
const budgetsSeconds: readonly number[] = [0, 60, 200];

/**
 * Plans against an exhaustive search over every order of moves and interruptions, on 2 to 8 cards: clusters that lost
 * some replicas, and crowded ones in which only a few steps are possible at all.
 */
export async function relayoutOptimumRows(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [words, caseOf] of [
    ['roomy', relayoutCase],
    ['crowded', crowdedCase],
  ] as const) {
    await Promise.resolve();
    rows.push(...optimumRows(words, compareRelayouts(casesCount, 0, caseOf)));
  }
  return rows;
}

function optimumRows(words: string, tally: RelayoutTally): readonly BenchRow[] {
  const { cases, tooLarge, found, ratios, missed, dear, problems } = tally;
  const yardstick = `exhaustive, ${cases} ${words} cases, ${tooLarge} too large to search`;
  const worst = percentile(ratios, 100);
  const seen = `${ratios.length} cases, worst ${worst.toFixed(2)} x: ${dear.join(', ') || 'none is dear'}`;
  return [
    ...found.map(({ seconds, could, did }): BenchRow => {
      const value = could === 0 ? 100 : (100 * did) / could;
      return {
        metric: `re-layouts found, ${words}, budget ${seconds} s`,
        value,
        unit: `% of ${could}`,
        yardstick: missed.length === 0 ? yardstick : `${yardstick}; missed ${missed.join(', ')}`,
        target: '>= 98',
        ok: value >= 98,
      };
    }),
    ratioRow(`seconds of interruption against the least, ${words}, mean`, mean(ratios), seen),
    ratioRow(`seconds of interruption against the least, ${words}, p90`, p90(ratios), seen),
    noProblems(`broken promises in plans, ${words}`, problems.length),
  ];
}

function ratioRow(metric: string, value: number, yardstick: string): BenchRow {
  return { metric, value, unit: 'x', yardstick, target: '<= 1.1', ok: value <= 1.1 };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 1 : values.reduce((sum, each) => sum + each, 0) / values.length;
}

function p90(values: readonly number[]): number {
  return values.length === 0 ? 1 : percentile(values, 90);
}

function noProblems(metric: string, value: number): BenchRow {
  return { metric, value, unit: 'problems', yardstick: 0, target: 0, ok: value === 0 };
}

/** Batches on 1 to 6 empty cards against the optimum of a mixed-integer program. */
export async function smallExactRows(): Promise<readonly BenchRow[]> {
  const { served, worst, problems } = await compareBatches(batchesCount);
  return [
    {
      metric: `served of what can be, mean of ${batchesCount} batches`,
      value: 100 * served,
      unit: '%',
      yardstick: `highs; worst ${(100 * worst).toFixed(1)} %`,
      target: '>= 98',
      ok: served >= 0.98,
    },
    noProblems('broken promises in batches', problems),
  ];
}

/** Seeded batches, each against its optimum: the mean and the worst share of the MiB that can be served. */
export async function compareBatches(
  count: number,
): Promise<{ readonly served: number; readonly worst: number; readonly problems: number }> {
  // The package is CommonJS: Node hands out the function itself, while its types speak of a module around it.
  const load = loadHighs as unknown as typeof loadHighs.default;
  const highs = await load();
  const solve = (problem: string) => {
    const solution = highs.solve(problem, { mip_rel_gap: 0 });
    assert(solution.Status === 'Optimal', 'a small batch has an optimum');
    return Math.round(solution.ObjectiveValue);
  };
  let sum = 0;
  let worst = 1;
  let problems = 0;
  for (let seed = 0; seed < count; seed += 1) {
    const batch = smallBatch(seed);
    const { claims, refused } = placeAll({ nodes: batch.nodes, claims: [] }, batch.requests);
    problems += lintPlacement({ nodes: batch.nodes, claims }).length;
    const most = mostServedMib(batch, solve);
    const waiting = new Set(refused.map(({ claim }) => claim));
    const ours = batch.requests
      .filter(({ claim }) => !waiting.has(claim))
      .reduce((total, { spec }) => total + (spec.gpu?.memoryMib ?? 0), 0);
    if (ours > most) problems += 1;
    const part = most === 0 ? 1 : ours / most;
    sum += part;
    worst = Math.min(worst, part);
  }
  return { served: sum / count, worst, problems };
}

/** Plans on a large cluster in which the request fits nowhere at once, and refusals on one where nothing helps. */
export async function relayoutSpeedRows(): Promise<readonly BenchRow[]> {
  await Promise.resolve();
  return [...plansIn('plan', false), ...plansIn('refusal of a plan', true)];
}

function plansIn(metric: string, full: boolean): readonly BenchRow[] {
  const set = largeCluster(largeNodesCount, 1, full);
  const engine = open(set.snapshot);
  let fits = 0;
  const took = Array.from({ length: plansCount }, (_, at) => {
    const wanted = asMig('wanted', at % 2 === 0 ? 19_000 : 40_000 - at);
    const input = { ...roomInput(set, wanted), engine };
    return timed(() => {
      if (makeRoom(input).kind === 'fits') fits += 1;
    });
  });
  const rowOf = (time: string, of: keyof Took): BenchRow => {
    const value = percentile(
      took.map((each) => each[of]),
      99,
    );
    return {
      metric: `${metric} p99${time}, ${largeNodesCount} nodes x 8 GPUs`,
      value,
      unit: 'ms',
      yardstick: `${fits} of ${plansCount} fit, ${renderSpread(took, of)}`,
      target: '<= 250',
      ok: value <= 250,
    };
  };
  return [rowOf('', 'wallMs'), rowOf(' of the processor', 'cpuMs')];
}

/** What planner and exhaustive search say about the same small clusters. */
export interface RelayoutTally {
  readonly cases: number;
  readonly tooLarge: number;
  /** By seconds of interruption that are allowed: how many could be admitted, and how many were. */
  readonly found: readonly {
    readonly seconds: number;
    readonly could: number;
    readonly did: number;
  }[];
  /** Seconds of interruption, summed over replicas, as plans estimate them, by the least: of each case that takes some. */
  readonly ratios: readonly number[];
  readonly problems: readonly string[];
  /** By seed and budget. */
  readonly missed: readonly string[];
  /** Cases in which much less would have done. */
  readonly dear: readonly string[];
}

/** Runs `count` seeded cases in which the request does not fit at once. */
export function compareRelayouts(
  count: number,
  from = 0,
  caseOf: (seed: number) => RelayoutCase = relayoutCase,
): RelayoutTally {
  const found = budgetsSeconds.map((seconds) => ({ seconds, could: 0, did: 0 }));
  const ratios: number[] = [];
  const dear: string[] = [];
  const problems: string[] = [];
  const missed: string[] = [];
  let cases = 0;
  let tooLarge = 0;
  for (let seed = from; cases < count; seed += 1) {
    const { world, set, wanted, estimates } = caseOf(seed);
    const plans = new Map<number, MakeRoomResult>();
    const planWithin = (interruptionSeconds: number) => {
      const input = roomInput(set, wanted, { interruptionSeconds });
      const made = plans.get(interruptionSeconds) ?? makeRoom({ ...input, estimates });
      plans.set(interruptionSeconds, made);
      return made;
    };
    const quiet = planWithin(0);
    if (quiet.kind === 'fits' && quiet.plan.ends.length === 0) continue;
    const least = leastInterruption(world, statesMax);
    if (least === 'too-large') {
      tooLarge += 1;
      continue;
    }
    cases += 1;
    if (quiet.kind === 'fits' && least !== 0) problems.push(`${seed}: found what cannot be`);
    for (const each of found) {
      if (least === null || least > each.seconds) continue;
      each.could += 1;
      if (planWithin(each.seconds).kind === 'fits') each.did += 1;
      else missed.push(`${seed} within ${each.seconds} s, least ${least} s`);
    }
    const dearest = plans.get(Math.max(...plans.keys()));
    if (least !== null && least > 0 && dearest?.kind === 'fits') {
      const seconds = secondsOf(dearest.plan);
      ratios.push(seconds / least);
      if (seconds > 1.1 * least) dear.push(`${seed} ${seconds} s for ${least} s`);
    }
    for (const made of plans.values()) {
      if (made.kind === 'refused') continue;
      const told = lintPlan(set.snapshot, made.plan, factsOf(set, wanted));
      problems.push(...told.map(({ message }) => `${seed}: ${message}`));
    }
  }
  return { cases, tooLarge, found, ratios, problems, missed, dear };
}

function secondsOf({ price }: Plan): number {
  return price.interruptions.reduce((sum, { seconds }) => sum + (seconds ?? Infinity), 0);
}

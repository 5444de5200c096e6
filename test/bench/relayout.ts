import { makeRoom } from '../../shared/placement/relayout/make-room.ts';
import { lintPlan } from '../../shared/placement/relayout/lint-plan.ts';
import { factsOf, roomInput } from '../unit/shared/placement/relayout/stage-set.ts';
import type { BenchRow } from './bench-row.ts';
import { relayoutCase } from './exact/relayout-cases.ts';
import { leastInterruptions } from './exact/relayout-optimum.ts';

const casesCount = 600;
const statesMax = 8_000;
/** Stop, give back, make and start, by the stated estimates, of a replica that is interrupted alone. */
const secondsPerMib = { mig: 32, share: 32 } as const;

/** What planner and exhaustive search say about the same small clusters. */
export interface RelayoutTally {
  readonly cases: number;
  readonly tooLarge: number;
  /** Could be admitted without interrupting anybody, and were. */
  readonly quiet: { readonly could: number; readonly did: number };
  /** Could be admitted within 200 s of interruption, and were. */
  readonly loud: { readonly could: number; readonly did: number };
  /** Seconds of interruption of all that both admit at a price. */
  readonly seconds: { readonly least: number; readonly ours: number };
  readonly problems: readonly string[];
  readonly missed: readonly number[];
}

const budgetSeconds = 200;

/** Runs `count` seeded cases in which the request does not fit at once. */
export function compareRelayouts(count: number, from = 0): RelayoutTally {
  const quiet = { could: 0, did: 0 };
  const loud = { could: 0, did: 0 };
  const seconds = { least: 0, ours: 0 };
  const problems: string[] = [];
  const missed: number[] = [];
  let cases = 0;
  let tooLarge = 0;
  for (let seed = from; cases < count; seed += 1) {
    const { world, set, wanted } = relayoutCase(seed);
    const plain = makeRoom(roomInput(set, wanted));
    if (plain.kind === 'fits' && plain.plan.ends.length === 0) continue;
    const least = leastInterruptions(world, statesMax);
    if (least === 'too-large') {
      tooLarge += 1;
      continue;
    }
    cases += 1;
    if (plain.kind === 'fits')
      problems.push(
        ...lintPlan(set.snapshot, plain.plan, factsOf(set, wanted)).map(
          (each) => `${seed}: ${each.message}`,
        ),
      );
    if (least === 0) {
      quiet.could += 1;
      if (plain.kind === 'fits') quiet.did += 1;
      else missed.push(seed);
    } else if (plain.kind === 'fits') problems.push(`${seed}: found what cannot be`);
    const paid = makeRoom(roomInput(set, wanted, { interruptionSeconds: budgetSeconds }));
    const leastSeconds = least === null ? Infinity : least * secondsPerMib[world.card.form];
    if (leastSeconds > budgetSeconds) continue;
    loud.could += 1;
    if (paid.kind === 'refused') {
      missed.push(seed);
      continue;
    }
    loud.did += 1;
    problems.push(
      ...lintPlan(set.snapshot, paid.plan, factsOf(set, wanted)).map(
        (each) => `${seed}: ${each.message}`,
      ),
    );
    if (least === 0) continue;
    seconds.least += leastSeconds;
    seconds.ours += paid.plan.price.interruptions.reduce(
      (sum, each) => sum + (each.seconds ?? 0),
      0,
    );
  }
  return { cases, tooLarge, quiet, loud, seconds, problems, missed };
}

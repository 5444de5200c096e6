import { availableParallelism } from 'node:os';
import { unreachable } from '../../../shared/domain/assert.ts';
import { growingTable } from '../../../shared/platform/table.ts';
import { runSeed } from '../simulation.ts';
import { plantedBugs, type PlantedBug } from './bugs.ts';
import { readTellingSeeds, type TellingSeeds } from './telling-seeds.ts';
import { TrialGround, type SeedRange, type Verdict } from './trial.ts';

/** Each of them holds a simulation, of half a GiB at most. */
const jobsMax = 4;
const shareWanted = 0.95;
const ruleCharacters = 110;

export interface PlantedOptions extends SeedRange {
  /** Absent: all of them. */
  readonly names?: readonly string[];
}

interface Trial {
  readonly bug: PlantedBug;
  readonly verdict: Verdict;
  readonly seconds: number;
}

interface PlantedOutcome {
  /** Whether as many were caught as must be. */
  readonly enough: boolean;
  /** Of those that were caught. */
  readonly telling: TellingSeeds;
}

/**
 * Plants one bug after the other, and runs seeds until one fails, that which caught it last before all others: a table, and
 * how many were caught. A seed that fails without any bug catches none.
 */
export async function runPlanted(
  options: PlantedOptions,
  print: (line: string) => void,
): Promise<PlantedOutcome> {
  const bugs = chosen(options.names);
  const widest = Math.max(...bugs.map(({ name }) => name.length));
  const rows = growingTable(['planted bug'.padEnd(widest), 'seed', 'tried', 's', 'broken rule']);
  const queue = [...bugs];
  const trials: Trial[] = [];
  const known = readTellingSeeds();
  const work = async (): Promise<void> => {
    const ground = new TrialGround();
    try {
      for (let bug = queue.shift(); bug !== undefined; bug = queue.shift()) {
        const startedMs = performance.now();
        const verdict = await judge(ground, { bug, options, hint: known[bug.name] });
        const trial = { bug, verdict, seconds: (performance.now() - startedMs) / 1_000 };
        trials.push(trial);
        print(rows([cells(trial, options)]).trimEnd());
      }
    } finally {
      ground.close();
    }
  };
  const jobs = Math.min(jobsMax, availableParallelism(), bugs.length);
  await Promise.all(Array.from({ length: jobs }, work));
  const telling = Object.fromEntries(
    trials.flatMap(({ bug, verdict }) =>
      verdict.kind === 'caught' ? [[bug.name, verdict.seed]] : [],
    ),
  );
  const caught = Object.keys(telling).length;
  print(`${caught} of ${bugs.length} caught`);
  return { enough: caught >= shareWanted * bugs.length, telling };
}

interface Candidate {
  readonly bug: PlantedBug;
  readonly options: SeedRange;
  /** The seed that caught it last. */
  readonly hint: number | undefined;
}

async function judge(ground: TrialGround, { bug, options, hint }: Candidate): Promise<Verdict> {
  const { from, seeds } = options;
  if (hint !== undefined && hint >= from && hint < from + seeds) {
    const verdict = await withoutBug(await ground.try(bug, { from: hint, seeds: 1 }));
    if (verdict.kind === 'caught') return verdict;
  }
  return withoutBug(await ground.try(bug, options));
}

function chosen(names: readonly string[] | undefined): readonly PlantedBug[] {
  if (names === undefined) return plantedBugs;
  return names.map((name) => {
    const bug = plantedBugs.find((each) => each.name === name);
    if (bug === undefined) throw new Error(`no planted bug is called "${name}"`);
    return bug;
  });
}

/** The same seed in the sources as they are must pass: else it was not the bug that it caught. */
async function withoutBug(verdict: Verdict): Promise<Verdict> {
  if (verdict.kind !== 'caught') return verdict;
  const { violations } = await runSeed(verdict.seed);
  if (violations.length === 0) return verdict;
  return { kind: 'not-judged', why: `seed ${verdict.seed} fails without it: ${violations[0]}` };
}

function cells({ bug, verdict, seconds }: Trial, { from, seeds }: SeedRange): readonly string[] {
  const took = seconds.toFixed(0);
  switch (verdict.kind) {
    case 'caught': {
      const tried = String(verdict.seed - from + 1);
      return [bug.name, String(verdict.seed), tried, took, verdict.rule.slice(0, ruleCharacters)];
    }
    case 'missed':
      return [bug.name, '', String(seeds), took, 'NOT CAUGHT'];
    case 'not-judged':
      return [bug.name, '', '', took, `NOT JUDGED: ${verdict.why}`];
    default:
      return unreachable(verdict);
  }
}

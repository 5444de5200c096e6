import { Command, Option } from 'commander';
import { runPlanted } from './planted/run-planted.ts';
import { rememberTellingSeeds } from './planted/telling-seeds.ts';
import { runSeed, type SeedOutcome } from './simulation.ts';

const seedsDefault = 100;
/** Some bugs show in one story of several hundred. */
const seedsPlanted = 700;

interface Options {
  readonly seeds?: number;
  readonly seed?: number;
  readonly from: number;
  readonly planted?: true;
  readonly plant?: readonly string[];
  readonly remember?: true;
  readonly shrink?: true;
  readonly first?: true;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

await new Command('dst')
  .description('runs the control plane in virtual time, with faults, under seeds')
  .option(
    '--seeds <count>',
    `how many seeds (default: ${seedsDefault}, with --planted ${seedsPlanted})`,
    Number,
  )
  .option('--from <seed>', 'the first of them', Number, 1)
  .option('--seed <seed>', 'one seed, with everything that happens', Number)
  .option('--shrink', 'with --seed: as few faults and calls as still fail')
  .option('--planted', 'plants each known bug, and tells which are caught')
  .option('--plant <bug...>', 'with --planted: these alone')
  .option('--remember', 'with --planted: keeps which seeds caught them, to be tried first')
  .addOption(new Option('--first', 'ends at the first seed that fails').hideHelp())
  .action(async (options: Options) => {
    if (options.planted === true) await runBugs(options);
    else if (options.seed === undefined) await runMany(options);
    else await runOne(options.seed, options.shrink === true);
  })
  .parseAsync();

async function runBugs(options: Options): Promise<void> {
  const { plant, remember, from, seeds = seedsPlanted } = options;
  const names = plant === undefined ? {} : { names: plant };
  const { enough, telling } = await runPlanted({ from, seeds, ...names }, print);
  if (remember === true) rememberTellingSeeds(telling);
  if (!enough) process.exitCode = 1;
}

async function runMany({ seeds = seedsDefault, from, first }: Options): Promise<void> {
  const startedMs = performance.now();
  let failed = 0;
  let events = 0;
  let virtualSeconds = 0;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const outcome = await runSeed(seed);
    events += outcome.events;
    virtualSeconds += outcome.virtualSeconds;
    if (outcome.violations.length === 0) continue;
    failed += 1;
    print(`seed ${seed} fails: ${outcome.violations.join('; ')}`);
    if (first === true) break;
    for (const line of outcome.tail.slice(-25)) print(`  ${line}`);
    print(`  again: npx tsx test/dst/main.ts --seed ${seed}`);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const pace = `${(seeds / seconds).toFixed(2)} seeds/s, ${Math.round(virtualSeconds / seconds)} virtual s/s`;
  print(`${seeds} seeds, ${events} events, ${failed} failed; ${seconds.toFixed(1)} s (${pace})`);
  if (failed > 0) process.exitCode = 1;
}

async function runOne(seed: number, shrink: boolean): Promise<void> {
  const outcome = shrink ? await smallest(seed) : await runSeed(seed, { echo: print });
  if (shrink) for (const line of outcome.tail) print(line);
  for (const violation of outcome.violations) print(`violated: ${violation}`);
  print(`seed ${seed}: ${outcome.events} events, digest ${outcome.digest}`);
  if (outcome.violations.length > 0) process.exitCode = 1;
}

/** The fewest first faults and calls with which it still fails, found by halving. */
async function smallest(seed: number): Promise<SeedOutcome> {
  let best = await runSeed(seed);
  if (best.violations.length === 0) return best;
  let low = 0;
  let high = 256;
  while (low < high) {
    const middle = (low + high) >> 1;
    const outcome = await runSeed(seed, { actsMax: middle });
    if (outcome.violations.length > 0) {
      best = outcome;
      high = middle;
    } else low = middle + 1;
  }
  print(`seed ${seed} still fails with its first ${high} faults and calls`);
  return best;
}

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { plantedBugs } from '../dst/planted/bugs.ts';
import { runPlanted } from '../dst/planted/run-planted.ts';
import { plant, verdictOf } from '../dst/planted/trial.ts';
import { runSeed } from '../dst/simulation.ts';

const seedsWanted = Number(process.env['TANGRAM_DST_SEEDS'] ?? 200);
/** A slow machine runs fewer: CI must not wait for it. */
const budgetMs = 45_000;
const seedsMin = 20;

test('under every seed each rule is kept, and all comes to rest', async () => {
  const untilMs = performance.now() + budgetMs;
  const failures: string[] = [];
  let ran = 0;
  for (let seed = 1; seed <= seedsWanted; seed += 1) {
    if (ran >= seedsMin && performance.now() > untilMs) break;
    const { violations, tail } = await runSeed(seed);
    ran += 1;
    if (violations.length === 0) continue;
    const again = `npx tsx test/dst/main.ts --seed ${seed}`;
    failures.push([...violations, ...tail.slice(-15), again].join('\n'));
  }
  expect(failures.join('\n\n')).toBe('');
  expect(ran).toBeGreaterThanOrEqual(seedsMin);
}, 170_000);

test.for([3, 17])('seed %i is the same story twice', async (seed) => {
  const one = await runSeed(seed);
  const other = await runSeed(seed);
  expect(other.digest).toBe(one.digest);
  expect(other.events).toBe(one.events);
  const { digest } = await runSeed(seed + 1);
  expect(digest).not.toBe(one.digest);
});

test.for(plantedBugs)('"$name" can be planted', (bug) => {
  const source = readFileSync(bug.file, 'utf8');
  expect(plant(source, bug)).not.toBe(source);
});

/** One each of the store, the leader and the agent, and one that only the end of a story shows; `--planted` tries all. */
const sample = [
  'the fence is dropped on the way to the store',
  'a generation is sent before it is durable',
  'the accepted target is not written down',
  'slices are forgotten with their replica',
];

test('planted bugs are caught, and it is the bug that is caught', async () => {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  await runPlanted({ names: sample, from: 1, seeds: 10 }, print);
  expect(lines.at(-1), lines.join('\n')).toBe('4 of 4 caught');
  const cells = lines.slice(1, -1).map((line) => line.split(/ {2,}/).slice(1, 3));
  for (const [seed] of cells) expect(seed).toMatch(/^[0-9]+$/);
}, 170_000);

test.for([
  {
    code: 1,
    said: 'seed 7 fails: I1: a\n  more',
    want: { kind: 'caught', seed: 7, rule: 'I1: a' },
  },
  { code: 0, said: '10 seeds, 900 events, 0 failed', want: { kind: 'missed' } },
  { code: 1, said: 'Error: no tsx', want: { kind: 'not-judged', why: 'Error: no tsx' } },
  { code: null, said: '', want: { kind: 'not-judged', why: 'it took too long' } },
])('a run that ends with $code and says "$said" is $want.kind', ({ code, said, want }) => {
  expect(verdictOf(code, said)).toEqual(want);
});

test('the list of planted bugs is long, and each has its own name', () => {
  const names = new Set(plantedBugs.map(({ name }) => name));
  expect(names.size).toBe(plantedBugs.length);
  expect(names.size).toBeGreaterThanOrEqual(30);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { plantedBugs } from '../dst/planted/bugs.ts';
import { plant } from '../dst/planted/run-planted.ts';
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

test('the list of planted bugs is long, and each has its own name', () => {
  const names = new Set(plantedBugs.map(({ name }) => name));
  expect(names.size).toBe(plantedBugs.length);
  expect(names.size).toBeGreaterThanOrEqual(30);
});

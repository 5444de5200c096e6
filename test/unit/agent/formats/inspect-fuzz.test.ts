import { expect, test } from 'vitest';
import { fuzzInspect } from '../../../fuzz/inspect-fuzz.ts';
import { mutate, seededRandom } from '../../../fuzz/mutate.ts';

test('thousands of mutated outputs are inspected without an exception, in time', () => {
  const report = fuzzInspect({ inputs: 5_000, seed: 7 });
  expect(report.failures).toEqual([]);
  // A run that recognises nothing tests nothing.
  expect(Object.keys(report.recognised).length).toBeGreaterThanOrEqual(17);
  expect(report.recognised.unknown ?? 0).toBeLessThan(report.inputs / 2);
});

test('the same seed makes the same inputs', () => {
  const run = (seed: number): string[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 50 }, () => mutate('a b\nc d\n', '| x |\n', random));
  };
  expect(run(3)).toEqual(run(3));
  expect(run(3)).not.toEqual(run(4));
});

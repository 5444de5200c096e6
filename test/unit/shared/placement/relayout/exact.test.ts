import { expect, test } from 'vitest';
import { crowdedCase, relayoutCase } from '../../../../bench/exact/relayout-cases.ts';
import { compareBatches, compareRelayouts } from '../../../../bench/relayout.ts';

test.each([
  ['clusters that lost replicas', relayoutCase, 0],
  ['crowded clusters', crowdedCase, 8],
] as const)(
  'in %s every small re-layout is found for about the least interruption, and plans keep their promises',
  (_, caseOf, from) => {
    const { found, ratios, problems, cases } = compareRelayouts(8, from, caseOf);
    expect(cases).toBe(8);
    for (const { could, did } of found) {
      expect(could).toBeGreaterThan(0);
      expect(did).toBe(could);
    }
    expect(Math.max(1, ...ratios)).toBeLessThanOrEqual(1.1);
    expect(problems).toEqual([]);
  },
);

test('small batches are served almost as well as can be', async () => {
  const { served, problems } = await compareBatches(6);
  expect(served).toBeGreaterThan(0.98);
  expect(problems).toBe(0);
});

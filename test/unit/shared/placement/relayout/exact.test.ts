import { expect, test } from 'vitest';
import { compareBatches, compareRelayouts } from '../../../../bench/relayout.ts';

test('every small re-layout that interrupts nobody is found, and every plan keeps its promises', () => {
  const { quiet, problems, cases } = compareRelayouts(8);
  expect(cases).toBe(8);
  expect(quiet.could).toBeGreaterThan(0);
  expect(quiet.did).toBe(quiet.could);
  expect(problems).toEqual([]);
});

test('small batches are served almost as well as can be', async () => {
  const { served, problems } = await compareBatches(6);
  expect(served).toBeGreaterThan(0.98);
  expect(problems).toBe(0);
});

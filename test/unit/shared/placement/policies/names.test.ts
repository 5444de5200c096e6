import { expect, test } from 'vitest';
import { renderProblem } from '../../../../../shared/domain/result.ts';
import {
  describePolicies,
  parsePolicyName,
} from '../../../../../shared/placement/policies/names.ts';
import { policyNames } from '../../../../../shared/placement/policies/policy-name.ts';

test('a known name is a policy', () => {
  expect(parsePolicyName('bestfit')).toEqual({ ok: true, value: 'bestfit' });
});

test('an unknown name is answered with the known ones', () => {
  const parsed = parsePolicyName('spread');
  expect(parsed.ok ? '' : renderProblem(parsed.problem)).toBe(
    'unknown policy "spread"; known are tangram, fgd, bestfit, firstfit, worstfit, packing, clustering, dotprod, random',
  );
});

test('a help text tells what each does', () => {
  const lines = describePolicies().trimEnd().split('\n');
  expect(lines.map((line) => line.trim().split(/ {2,}/)[0])).toEqual(policyNames);
  expect(lines[2]).toBe('  bestfit     the node with least CPU and cards left');
});

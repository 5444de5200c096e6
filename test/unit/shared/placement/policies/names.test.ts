import { expect, test } from 'vitest';
import { renderProblem } from '../../../../../shared/domain/result.ts';
import { parsePolicyName } from '../../../../../shared/placement/policies/names.ts';

test('a known name is a policy', () => {
  expect(parsePolicyName('bestfit')).toEqual({ ok: true, value: 'bestfit' });
});

test('an unknown name is answered with the known ones', () => {
  const parsed = parsePolicyName('spread');
  expect(parsed.ok ? '' : renderProblem(parsed.problem)).toBe(
    'unknown policy "spread"; known are tangram, fgd, bestfit, firstfit, worstfit, packing, clustering, dotprod, random',
  );
});

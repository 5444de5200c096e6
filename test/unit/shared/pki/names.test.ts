import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesNodePattern, parseNodePattern } from '../../../../shared/pki/node-pattern.ts';
import { identityIn, parseSpiffeId, renderSpiffeId } from '../../../../shared/pki/spiffe-id.ts';

test.for([
  { pattern: '*', name: 'gpu-1', want: true },
  { pattern: 'gpu-*', name: 'gpu-1', want: true },
  { pattern: 'gpu-*', name: 'cpu-1', want: false },
  { pattern: 'gpu-*', name: 'gpu-', want: true },
  { pattern: '*-eu', name: 'gpu-1-eu', want: true },
  { pattern: 'gpu-*-eu', name: 'gpu-eu', want: false },
  { pattern: 'a*b*c', name: 'a-b-b-c', want: true },
  { pattern: 'a*bc*c', name: 'abc', want: false },
  { pattern: 'gpu-1', name: 'gpu-1', want: true },
  { pattern: 'gpu-1', name: 'gpu-10', want: false },
])('$pattern and $name: $want', ({ pattern, name, want }) => {
  expect(matchesNodePattern(pattern, name)).toBe(want);
});

test('a pattern says the same as the regular expression of it', () => {
  const letters = fc.array(fc.constantFrom('a', 'b', '-'), { maxLength: 8 });
  const pieces = fc.array(fc.constantFrom('a', 'b', '-', '*'), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(pieces, letters, (pattern, name) => {
      const expression = new RegExp(`^${pattern.join('').replaceAll('*', '.*')}$`);
      const matches = matchesNodePattern(pattern.join(''), name.join(''));
      expect(matches).toBe(expression.test(name.join('')));
    }),
    { numRuns: 2_000 },
  );
});

test.for(['', 'GPU-*', 'gpu.*', '-x', 'a'.repeat(64)])('%j is no pattern', (text) => {
  expect(parseNodePattern(text).ok).toBe(false);
});

const ada = { cluster: 'cluster-ab12', kind: 'user', name: 'ada' } as const;

test('an identity is read as it was written', () => {
  expect(renderSpiffeId(ada)).toBe('spiffe://cluster-ab12/user/ada');
  expect(parseSpiffeId(renderSpiffeId(ada))).toEqual({ ok: true, value: ada });
});

test.for([
  { names: 'URI:spiffe://cluster-ab12/user/ada', want: ada },
  { names: 'DNS:localhost, URI:spiffe://cluster-ab12/user/ada, IP Address:127.0.0.1', want: ada },
  { names: 'URI:spiffe://cluster-ab12/user/ada, URI:spiffe://cluster-ab12/user/eve', want: null },
  { names: 'DNS:"URI:spiffe://cluster-ab12/user/ada"', want: null },
  { names: 'URI:spiffe://cluster-ab12/root/ada', want: null },
  { names: 'URI:spiffe://cluster-ab12/user/Ada', want: null },
  { names: 'URI:spiffe://cluster-ab12/user/../agent/x', want: null },
  { names: undefined, want: null },
])('the names $names are of $want', ({ names, want }) => {
  const found = identityIn(names);
  expect(found.ok ? found.value : null).toEqual(want);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packValue, unpackValue } from '../../../../coordinator/telemetry/packed-value.ts';

const cases = [
  { value: 0, want: 0 },
  { value: 1, want: 1 },
  { value: 255, want: 255 },
  { value: 256, want: 256 },
  { value: -3, want: 0 },
  { value: Number.NaN, want: Number.NaN },
  { value: -Number.NaN, want: Number.NaN },
  { value: Infinity, want: Number.NaN },
  { value: 1e300, want: Number.NaN },
];

test.for(cases)('$value is kept as $want', ({ value, want }) => {
  expect(unpackValue(packValue(value))).toEqual(want);
});

test('what is kept is right to a fifth of a percent, in order, and packs to itself', () => {
  const value = fc.double({ min: 1e-30, max: 1e30, noNaN: true });
  fc.assert(
    fc.property(value, value, (one, other) => {
      const kept = unpackValue(packValue(one));
      expect(Math.abs(kept - one) / one).toBeLessThanOrEqual(2 ** -9);
      expect(packValue(kept)).toBe(packValue(one));
      if (one <= other) expect(packValue(one)).toBeLessThanOrEqual(packValue(other));
    }),
  );
});

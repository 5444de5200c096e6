import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberOf, switchOf, textOf } from '../../../../agent/formats/text/cell.ts';

const numbers = [
  { raw: '19968 MiB', unit: 'MiB', want: 19968 },
  { raw: '4147MiB', unit: 'MiB', want: 4147 },
  { raw: ' 60.12 W ', unit: 'W', want: 60.12 },
  { raw: '-8 C', unit: 'C', want: -8 },
  { raw: '639 bank(s)', unit: 'bank(s)', want: 639 },
  { raw: '16x', unit: undefined, want: 16 },
  { raw: '0', unit: 'W', want: 0 },
  { raw: '1 GiB', unit: 'MiB', want: null },
  { raw: 'N/A', unit: 'W', want: null },
  { raw: '', unit: undefined, want: null },
  { raw: '0x10', unit: undefined, want: null },
  { raw: '1e3', unit: 'W', want: null },
  { raw: 'P0', unit: undefined, want: null },
  { raw: '1.2.3', unit: undefined, want: null },
  { raw: 'Infinity', unit: undefined, want: null },
] as const;
test.for(numbers)('the number in "$raw", wanted in $unit, is $want', ({ raw, unit, want }) => {
  expect(numberOf(raw, unit)).toBe(want);
});

test('what is absent is no number, no text and no switch', () => {
  expect([numberOf(undefined), textOf(undefined), switchOf(undefined)]).toEqual([null, null, null]);
});

test('a text is null in all the words for nothing, and "None" is a text', () => {
  const raws = ['N/A', '[N/A]', 'Not Supported', 'Unknown Error', 'GPU is lost', ' None ', 'P0'];
  expect(raws.map((raw) => textOf(raw))).toEqual([null, null, null, null, null, 'None', 'P0']);
});

test('whatever is printed with a unit is read with it', () => {
  const units = fc.constantFrom('MiB', 'W', 'C', '%', 'MHz');
  const values = fc.integer({ min: -1_000_000, max: 1_000_000 });
  fc.assert(
    fc.property(values, units, (value, unit) => {
      expect(numberOf(`${value} ${unit}`, unit)).toBe(value);
    }),
  );
});

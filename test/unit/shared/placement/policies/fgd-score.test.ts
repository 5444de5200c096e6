import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fgdScore, scoreScale } from '../../../../../shared/placement/policies/fgd-score.ts';

const digits = 10n ** 40n;

/** `ln(score / (100 - score))` times 10^40, as `2·atanh((score - 50) / 50)`. */
function logOdds(score: number): bigint {
  const numerator = BigInt(score - 50);
  let power = (digits * numerator) / 50n;
  let sum = 0n;
  for (let odd = 1n; power !== 0n; odd += 2n) {
    sum += power / odd;
    power = (power * numerator * numerator) / 2_500n;
  }
  return 2n * sum;
}

test('the thresholds are 1000·ln(s / (100 − s)) to the last of twelve decimals', () => {
  // With weights that sum to 10^12 the limits are the committed table itself.
  const { limits } = scoreScale(1_000_000_000_000);
  const oneTenToMinus12 = digits / 10n ** 15n;
  for (let score = 51; score <= 99; score += 1) {
    const ceiling = Number(logOdds(score) / oneTenToMinus12) + 1;
    expect(limits[score - 1]).toBe(ceiling);
    expect(limits[99 - score]).toBe(-ceiling);
  }
  expect(limits[49]).toBe(0);
  expect(limits).toHaveLength(99);
});

const cases = [
  { shrunkMilli: 0, score: 50 },
  { shrunkMilli: 40, score: 50 },
  { shrunkMilli: 41, score: 51 },
  { shrunkMilli: -1, score: 49 },
  { shrunkMilli: -40, score: 49 },
  { shrunkMilli: -41, score: 48 },
  { shrunkMilli: 1_000, score: 73 },
  { shrunkMilli: -1_000, score: 26 },
  { shrunkMilli: 8_000, score: 99 },
  { shrunkMilli: -8_000, score: 0 },
];
test.for(cases)('$shrunkMilli milli fewer fragments score $score', ({ shrunkMilli, score }) => {
  expect(fgdScore(scoreScale(7), 7 * shrunkMilli)).toBe(score);
});

test('is the truncated sigmoid wherever a double can tell', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: -8_000, max: 8_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (weightTotal, milli, part) => {
        const shrunk = Math.round((milli + part) * weightTotal);
        const real = 100 / (1 + Math.exp(-shrunk / weightTotal / 1_000));
        fc.pre(Math.abs(real - Math.round(real)) > 1e-9);
        return fgdScore(scoreScale(weightTotal), shrunk) === Math.trunc(real);
      },
    ),
  );
});

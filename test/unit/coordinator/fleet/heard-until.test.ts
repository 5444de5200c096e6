import { expect, test } from 'vitest';
import { HeardUntil } from '../../../../coordinator/fleet/heard-until.ts';

test('what was said is known until now, and until the last look where the next one is late', () => {
  const heard = new HeardUntil();
  expect(heard.ms(5_000)).toBe(5_000);
  heard.looked(5_000, 250);
  expect(heard.ms(5_375)).toBe(5_375);
  expect(heard.ms(5_376)).toBe(5_000);
  expect(heard.ms(60_000)).toBe(5_000);
  heard.looked(60_010, 250);
  expect(heard.ms(60_020)).toBe(60_020);
});

test('where nobody is there any more silence is told by the clock', () => {
  const heard = new HeardUntil();
  heard.looked(5_000, 250);
  heard.nobodyIsThere();
  expect(heard.ms(9_000)).toBe(9_000);
});

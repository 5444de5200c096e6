import { expect, test } from 'vitest';
import { underAttack } from '../bench/control-plane/under-attack.ts';

test('a coordinator in plaintext outlives hostile frames, and serves who is honest meanwhile', async () => {
  const seen = await underAttack(5_000);
  expect(seen.frames).toBeGreaterThanOrEqual(5_000);
  expect(seen).toMatchObject({ survived: true, honestFailures: 0 });
  expect(seen.honestCalls).toBeGreaterThan(0);
  expect(seen.rssMostMib - seen.rssBeforeMib).toBeLessThan(256);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressGroup } from '../../../../coordinator/access/meter.ts';
import { TokenBuckets } from '../../../../coordinator/access/token-bucket.ts';

const rate = { perSecond: 10, burst: 3 };

test('gives a burst at once, then so many a second, and says how long to wait', () => {
  const buckets = new TokenBuckets(10);
  expect([1, 2, 3, 4].map(() => buckets.of('a', rate, 0).take(1, 0))).toEqual([0, 0, 0, 100]);
  expect(buckets.of('a', rate, 60).take(1, 60)).toBe(40);
  expect(buckets.of('a', rate, 100).take(1, 100)).toBe(0);
  expect(buckets.of('b', rate, 100).take(1, 100)).toBe(0);
});

test('who cannot be refused owes, and pauses for as long', () => {
  const buckets = new TokenBuckets(10);
  expect(buckets.of('a', rate, 0).owe(3, 0)).toBe(0);
  expect(buckets.of('a', rate, 0).owe(2, 0)).toBe(200);
  expect(buckets.of('a', rate, 200).owe(1, 200)).toBe(100);
});

test('never gives more than the burst and what time brought, whatever is asked', () => {
  const asks = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(500)), { maxLength: 200 });
  fc.assert(
    fc.property(asks, (steps) => {
      const buckets = new TokenBuckets(1);
      let now = 0;
      let given = 0;
      for (const [amount, laterMs] of steps) {
        now += laterMs;
        if (buckets.of('a', rate, now).take(amount, now) === 0) given += amount;
      }
      expect(given).toBeLessThanOrEqual(rate.burst + (now * rate.perSecond) / 1_000 + 1e-6);
    }),
  );
});

test('remembers a limited number, and forgets who was away longest', () => {
  const buckets = new TokenBuckets(2);
  for (const key of ['a', 'b', 'a', 'c']) buckets.of(key, rate, 0).take(3, 0);
  expect(buckets.of('a', rate, 0).take(1, 0)).toBeGreaterThan(0);
  expect(buckets.of('b', rate, 0).take(1, 0)).toBe(0);
});

test.for([
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:10.0.0.7', '10.0.0.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::7', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s counts as %s', ([address, group]) => {
  expect(addressGroup(address ?? '')).toBe(group);
});

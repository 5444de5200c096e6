import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SampleRing } from '../../../../agent/telemetry/ring.ts';

test('a ring that is not full answers what was pushed', () => {
  const ring = new SampleRing(4, 2);
  ring.push(1_000, Float32Array.of(1, 10));
  ring.push(2_000, Float32Array.of(2, Number.NaN));
  expect(ring.read(0, 0)).toEqual({ atMs: [1_000, 2_000], values: [1, 2] });
  expect(ring.read(1, 0)).toEqual({ atMs: [1_000, 2_000], values: [10, Number.NaN] });
  expect(ring.read(0, 1_500)).toEqual({ atMs: [2_000], values: [2] });
});

test('a sample with another number of values is a bug and is refused', () => {
  expect(() => new SampleRing(4, 2).push(1, Float32Array.of(1))).toThrow(/one value a metric/);
});

test('it always holds the last samples in order, however many came', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 40 }), (size, pushed) => {
      const ring = new SampleRing(size, 1);
      for (let at = 0; at < pushed; at += 1) ring.push(at, Float32Array.of(at));
      const kept = Array.from({ length: pushed }, (_, at) => at).slice(-size);
      expect(ring.read(0, 0)).toEqual({ atMs: kept, values: kept });
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  estimateLimits,
  estimatesOf,
  learn,
  medianMs,
  startSubject,
  surplusSubjects,
} from '../../../../coordinator/fleet/estimate-book.ts';
import type { EstimateRecord } from '../../../../coordinator/store/values.ts';
import { statedEstimates } from '../../../../shared/domain/estimates.ts';
import { nameOf } from '../../../fakes/coordinator/sim-fleet.ts';

function learned(samples: readonly number[], image = 'x:1'): EstimateRecord | undefined {
  let record: EstimateRecord | undefined;
  for (const [at, ms] of samples.entries())
    record = learn(record, { ms, image, atMs: at }) ?? record;
  return record;
}

test.for([
  { name: 'nothing', samples: [], want: null },
  { name: 'one', samples: [7], want: 7 },
  {
    name: 'of two the shorter: one slow start alone predicts nothing',
    samples: [10, 900],
    want: 10,
  },
  { name: 'one outlier of many', samples: [10, 11, 12, 9_000, 11], want: 11 },
])('the median of $name', ({ samples, want }) => {
  expect(medianMs(samples)).toBe(want);
});

test('a record keeps the newest samples and counts them all', () => {
  const record = learned(Array.from({ length: 20 }, (_, at) => at * 1_000));
  expect(record).toEqual({
    samplesMs: Array.from({ length: 15 }, (_, at) => (at + 5) * 1_000),
    count: 20,
    image: 'x:1',
    updatedAtMs: 19,
  });
});

test('of another image no more than the last sample is kept, as a first guess', () => {
  const record = learned([1_000, 2_000, 3_000]);
  expect(learn(record, { ms: 60_000, image: 'x:2', atMs: 9 })).toEqual({
    samplesMs: [3_000, 60_000],
    count: 4,
    image: 'x:2',
    updatedAtMs: 9,
  });
});

test.for([{ ms: -1 }, { ms: estimateLimits.sampleMsMax + 1 }])(
  '$ms ms is no duration to learn from',
  ({ ms }) => {
    expect(learn(undefined, { ms, image: '', atMs: 0 })).toBeNull();
  },
);

test('plans are priced with what was learned, and with what is stated for the rest', () => {
  const book = new Map([
    [startSubject(nameOf('ocr')), { samplesMs: [41_200], count: 3, image: '', updatedAtMs: 0 }],
    ['step/stop-replica', { samplesMs: [1_500, 1_700], count: 2, image: '', updatedAtMs: 0 }],
  ]);
  const estimates = estimatesOf(book);
  expect([...estimates.starts]).toEqual([['ocr', { seconds: 42, source: 'learned' }]]);
  expect(estimates.steps).toEqual({
    ...statedEstimates.steps,
    'stop-replica': { seconds: 2, source: 'learned' },
  });
});

test('an estimate is a whole number within what was seen, whatever was seen', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1 }),
      (seen) => {
        const samples = learned(seen)?.samplesMs ?? [];
        const median = medianMs(samples) ?? -1;
        expect(Number.isSafeInteger(median)).toBe(true);
        expect(samples.length).toBeLessThanOrEqual(estimateLimits.samplesMax);
        expect(median).toBeGreaterThanOrEqual(Math.min(...samples));
        expect(median).toBeLessThanOrEqual(Math.max(...samples));
      },
    ),
  );
});

test('subjects beyond the limit are forgotten, the longest silent first', () => {
  const count = estimateLimits.subjectsMax + 2;
  const book = new Map(
    Array.from({ length: count }, (_, at) => [
      `start/m-${at}`,
      { samplesMs: [1], count: 1, image: '', updatedAtMs: count - at },
    ]),
  );
  expect(surplusSubjects(book)).toEqual([`start/m-${count - 1}`, `start/m-${count - 2}`]);
});

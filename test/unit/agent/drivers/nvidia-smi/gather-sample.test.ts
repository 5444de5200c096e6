import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cardKey, SampleGatherer } from '../../../../../agent/drivers/nvidia-smi/gather-sample.ts';
import type { GpuRow } from '../../../../../agent/formats/csv/gpu-query.ts';
import { gpuA, gpuB, gpuRow } from '../../../../fakes/agent/fake-core.ts';

const a = gpuRow();
const b = gpuRow({ index: 1, uuid: gpuB });
const stranger = gpuRow({ index: 2 });

function gatherer(over: { readonly complaints?: readonly string[] } = {}): SampleGatherer {
  const expected = { cards: [cardKey(a), cardKey(b)], complaints: over.complaints ?? [] };
  return new SampleGatherer({ expected, periodMs: 1_000, stallMs: 5_000 }, 0);
}

/** What the rows become, one row every `stepMs`. */
function samplesOf(rows: readonly GpuRow[], stepMs = 500): readonly (readonly number[])[] {
  const found = gatherer();
  return rows.flatMap((row, at) => {
    const sample = found.row(row, at * stepMs);
    return sample === null ? [] : [sample.map((each) => each.index)];
  });
}

describe('samples out of rows', () => {
  test.for([
    [
      'one after another',
      [a, b, a, b],
      [
        [0, 1],
        [0, 1],
      ],
    ],
    ['in another order', [b, a], [[1, 0]]],
    ['a card that was late is missing once', [a, b, a, a, b], [[0, 1], [0], [0, 1]]],
    ['a sample that is not whole yet', [a, b, a], [[0, 1]]],
  ] as const)('%s', ([, rows, want]) => {
    expect(samplesOf(rows)).toEqual(want);
  });

  test('a card that stays away ends the loop, so that the cards are counted again', () => {
    expect(() => samplesOf([a, b, a, a, a, a])).toThrow(/tells of 1 cards where there were 2/);
  });

  test('a card that nobody counted ends the loop', () => {
    expect(() => samplesOf([a, b, stranger])).toThrow(/told of a new card 2 GPU-/);
  });

  test('rows without ever a whole sample are a hung loop', () => {
    expect(() => samplesOf([a, b, a, b, b, a, a], 1_500)).not.toThrow();
    const found = gatherer({ complaints: ['line 3: Unknown Error'] });
    found.complaint('line 1: Unknown Error', 4_000);
    expect(() => found.complaint('line 1: Unknown Error', 5_001)).toThrow(
      /no sample of all cards for 5000 ms/,
    );
  });

  test('a flood ends the loop, and what a held-up loop prints at once does not', () => {
    const twenty = Array.from({ length: 20 }, () => [a, b]).flat();
    expect(samplesOf(twenty, 0)).toHaveLength(20);
    expect(() => samplesOf([...twenty, a], 0)).toThrow(/41 lines within 1000 ms/);
    expect(samplesOf([...twenty, ...twenty], 100)).toHaveLength(40);
  });
});

describe('complaints', () => {
  test('a new one ends the loop, one that every look repeats does not', () => {
    const known = 'Unable to determine the device handle for GPU1: Unknown Error';
    const found = gatherer({ complaints: [known] });
    found.complaint(known, 0);
    expect(() => found.complaint('line 1: Unknown Error', 0)).toThrow('lost a card');
  });
});

test('no card stands twice in a sample, whatever the order of rows', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(a, b)), (rows) => {
      const found = gatherer();
      try {
        for (const [at, row] of rows.entries()) {
          const keys = (found.row(row, at * 100) ?? []).map(cardKey);
          expect(new Set(keys).size).toBe(keys.length);
        }
      } catch (error) {
        expect(String(error)).toMatch(/where there were 2|no sample of all cards/);
      }
    }),
  );
});

test('masked UUIDs do not make two cards one', () => {
  expect(cardKey(a)).not.toBe(cardKey(gpuRow({ index: 1, uuid: gpuA })));
});

import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import type { DcgmRow } from '../../../../agent/drivers/dcgm/dcgmi.ts';
import { QuietCards } from '../../../../agent/telemetry/quiet-cards.ts';
import { gpuA } from '../../../fakes/agent/fake-core.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

const instance = (gpuInstanceId: number | null, smActiveRatio: number | null): DcgmRow => ({
  gpu: gpuA,
  gpuInstanceId,
  engineActiveRatio: null,
  smActiveRatio,
  smOccupancyRatio: null,
  tensorActiveRatio: null,
  memoryActiveRatio: null,
  pcieSentBytesPerS: null,
  pcieReceivedBytesPerS: null,
});

let clock: ManualClock;
let rows: readonly DcgmRow[] | null;
let quiet: QuietCards;
beforeEach(() => {
  clock = new ManualClock();
  rows = null;
  quiet = new QuietCards({ clock, staleMs: 5_000, dcgm: () => rows });
});

/** Samples, a second apart: what the card's own counter says in each. */
async function sample(...percents: readonly (number | null)[]): Promise<void> {
  for (const utilizationPercent of percents) {
    quiet.observe([{ uuid: gpuA, utilizationPercent }]);
    await clock.advance(1_000);
  }
}

test('a card is quiet since the first sample that says so, and busy with one that does not', async () => {
  expect(quiet.quietMs(gpuA, null)).toBeNull();
  await sample(0, 0, 0);
  expect(quiet.quietMs(gpuA, null)).toBe(3_000);
  await sample(1);
  expect(quiet.quietMs(gpuA, null)).toBe(0);
  await sample(0);
  expect(quiet.quietMs(gpuA, null)).toBe(1_000);
});

test('a card that does not tell is not quiet, and begins anew when it tells again', async () => {
  await sample(0, 0, null);
  expect(quiet.quietMs(gpuA, null)).toBeNull();
  await sample(0);
  expect(quiet.quietMs(gpuA, null)).toBe(1_000);
});

test('what happened in a gap between samples is not known', async () => {
  await sample(0, 0);
  await clock.advance(4_001);
  expect(quiet.quietMs(gpuA, null)).toBeNull();
  await sample(0);
  expect(quiet.quietMs(gpuA, null)).toBe(1_000);
});

test('instances are told apart by DCGM, and without it they are not known', async () => {
  rows = [instance(null, 0.3), instance(1, 0.3), instance(2, 0), instance(3, null)];
  await sample(null, null);
  const all = () => [1, 2, 3, 4].map((id) => quiet.quietMs(gpuA, id));
  expect(all()).toEqual([0, 2_000, null, null]);
  // Of the whole card only its own counter tells.
  expect(quiet.quietMs(gpuA, null)).toBeNull();
  rows = null;
  await sample(null);
  expect(all()).toEqual([null, null, null, null]);
});

test('it is never longer quiet than the samples since the last busy one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(0, 0, 0, 7, null), { minLength: 1 }),
      async (said) => {
        clock = new ManualClock();
        quiet = new QuietCards({ clock, staleMs: 5_000, dcgm: () => null });
        await sample(...said);
        const last = said.findLastIndex((percent) => percent !== 0);
        const want = said.at(-1) === null ? null : (said.length - 1 - last) * 1_000;
        expect(quiet.quietMs(gpuA, null)).toBe(want);
      },
    ),
    { numRuns: 50 },
  );
});

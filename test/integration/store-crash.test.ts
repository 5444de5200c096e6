import { expect, test } from 'vitest';
import { judgeCrashes } from '../bench/control-plane/crash-images.ts';
import { judgeKills } from '../bench/control-plane/kills.ts';
import { realGcc } from '../bench/control-plane/recorded-writer.ts';
import { describeWhere } from '../setup/needs.ts';

describeWhere('gcc', realGcc, 'the embedded store after a power cut', () => {
  test('has every acknowledged write, whatever became of the unsynced ones', async () => {
    const verdict = await judgeCrashes(300, 7);
    expect(verdict).toEqual({ images: 300, bad: 0, cut: expect.any(Number), first: null });
    // Most cuts come at a moment at which something is not synced; else nothing would be tried.
    expect(verdict.cut).toBeGreaterThan(100);
  });

  test.for([
    { right: 'synchronous = FULL', wrong: 'synchronous = OFF' },
    { right: 'synchronous = FULL', wrong: 'synchronous = NORMAL' },
  ])('would not have it with $wrong', async ({ right, wrong }) => {
    const verdict = await judgeCrashes(60, 7, { right, wrong });
    expect(verdict.bad).toBeGreaterThan(0);
    expect(verdict.first).toMatch(
      /was acknowledged, the last that is there is|cannot use the store/,
    );
  });
});

test('the embedded store has every acknowledged write after each of many SIGKILLs', async () => {
  const verdict = await judgeKills(30, 11);
  expect(verdict).toMatchObject({ kills: 30, bad: 0, first: null });
  expect(verdict.acknowledged).toBeGreaterThan(30);
});

import { expect, test } from 'vitest';
import { statedEstimates } from '../../../../../shared/domain/estimates.ts';
import { parsePlanId } from '../../../../../shared/domain/ids.ts';
import { zeroInterruption } from '../../../../../shared/placement/relayout/budget.ts';
import { defrag, type DefragInput } from '../../../../../shared/placement/relayout/defrag.ts';
import { lintPlan } from '../../../../../shared/placement/relayout/lint-plan.ts';
import { relayoutCase } from '../../../../bench/exact/relayout-cases.ts';
import { cardsOf, migShape, node, sure } from '../builders.ts';
import { asMig, factsOf, namer, stageSet, toldStages, type StageSet } from './stage-set.ts';

/** A quarter in the wrong place: no half is free on either card. */
const scattered = (idle: boolean): StageSet =>
  stageSet(
    ['a', 'b'].map((name) => node(name, cardsOf(name, ['A30']))),
    [
      { spec: asMig('ocr', 5_000), node: 'a', at: [[0, migShape('A30', '1g.6gb', 1)]], idle },
      { spec: asMig('asr', 10_000), node: 'b', at: [[0, migShape('A30', '2g.12gb', 0)]], idle },
    ],
  );

function tidy(set: StageSet, changes: Partial<DefragInput> = {}) {
  return defrag({
    id: sure(parsePlanId('plan-1')),
    snapshot: set.snapshot,
    runningOf: ({ holder }) =>
      holder.kind === 'replica' ? (set.running.get(holder.model) ?? null) : null,
    budget: zeroInterruption,
    scope: 'idle',
    gainMinMilli: 50,
    estimates: statedEstimates,
    name: namer(),
    basis: {},
    ...changes,
  });
}

test('an idle replica moves beside another, and a whole card is free again', () => {
  const set = scattered(true);
  const { plan, gainMilli } = tidy(set);
  expect(toldStages(plan)).toEqual([
    'make slices: 1g.6gb at 2 on GPU-b-0',
    'start replicas: ocr-new-1 on b',
    'stop replicas: ocr-0',
    'give slices back: 1g.6gb at 1 on GPU-a-0',
  ]);
  expect(plan.price).toMatchObject({ replicasInterrupted: 0, moves: 1 });
  expect(gainMilli).toBe(plan.price.strandedBeforeMilli - plan.price.strandedAfterMilli);
  expect(gainMilli).toBeGreaterThan(0);
  expect(lintPlan(set.snapshot, plan, factsOf(set))).toEqual([]);
});

test('who serves is left alone unless asked otherwise', () => {
  expect(tidy(scattered(false)).plan.stages).toEqual([]);
  expect(tidy(scattered(false), { scope: 'all' }).plan.price.moves).toBe(1);
});

test('what wins too little is not worth it', () => {
  expect(tidy(scattered(true), { gainMinMilli: 5_000 })).toMatchObject({ gainMilli: 0 });
});

test('on any cluster it breaks no promise, and wins what it says', () => {
  for (let seed = 0; seed < 40; seed += 1) {
    const { set } = relayoutCase(seed);
    const budget = { ...zeroInterruption, interruptionSeconds: seed % 2 === 0 ? 0 : 200 };
    const { plan, gainMilli } = tidy(set, { scope: 'all', budget });
    expect(lintPlan(set.snapshot, plan, factsOf(set)), `seed ${seed}`).toEqual([]);
    const { strandedBeforeMilli: before, strandedAfterMilli: after } = plan.price;
    // Each card's free part is rounded down to whole thousandths, before and after.
    expect(Math.abs(before - after - gainMilli), `seed ${seed}`).toBeLessThanOrEqual(8);
    if (seed % 2 === 0) expect(plan.price.replicasInterrupted).toBe(0);
  }
});

import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../../../../agent/cli/top/rows.ts';
import { cardNode } from '../../../../../agent/cli/top/tree.ts';
import { firstView } from '../../../../../agent/cli/top/view-state.ts';
import type { CardSample, SliceSample } from '../../../../../agent/cli/api/top-record.ts';
import { shared, top } from './sample-top.ts';

const [slice] = shared.slices;

function withSlice(over: Partial<SliceSample>): CardSample {
  if (slice === undefined) throw new Error('the sample has a slice');
  return { ...shared, slices: [{ ...slice, ...over }] };
}

describe('the lines below a card', () => {
  test('an MPS server works for replicas: it is not among what is not ours', () => {
    const children = cardNode(shared).children;
    const server = children.find((node) => node.name === '88 MPS server');
    expect(server?.memoryMib).toEqual({ value: 60, shared: false });
    const strangers = children.find((node) => node.name === 'not ours');
    expect(strangers?.children.map((node) => node.name)).toEqual(['77 train in nightly']);
  });

  test('a timeshare says that nobody keeps it to its memory', () => {
    const card = withSlice({ shape: { kind: 'timeshare', memoryMib: 4_096 } });
    expect(cardNode(card).children[0]?.name).toBe('timeshare (not enforced)');
  });

  test('a replica in a MIG instance is told of the instance, as the instance is', () => {
    const shape = {
      kind: 'mig',
      giProfileId: 19,
      start: 4,
      size: 1,
      profile: '1g.5gb',
      memoryMib: 4_864,
    } as const;
    const [instance] = cardNode(withSlice({ shape, smActiveRatio: 0.7 })).children;
    expect(instance?.smRatio).toEqual({ value: 0.7, shared: false });
    expect(instance?.children[0]?.smRatio).toEqual({ value: 0.7, shared: false });
  });

  test.for([
    ['free', 'mps-25% free'],
    ['foreign', 'mps-25% (not ours)'],
    ['leaving', 'mps-25% leaving'],
    ['ready', 'mps-25%'],
  ])('a slice that is %s is called %s', ([state = '', name = '']) => {
    const card = withSlice({ state, slice: '', replica: '', model: '' });
    expect(cardNode(card).children[0]?.name).toBe(name);
  });

  test.for([
    ['nightly', '77 train in nightly'],
    ['train:3', '77 train in nightly'],
    ['ffffff', '77 train in nightly'],
  ])('the filter %s finds a container', ([filter = '', line = '']) => {
    const rows = rowsOf({ ...top, gpus: [shared] }, { ...firstView, filter });
    expect(rows.at(-1)?.node.name).toBe(line);
  });
});

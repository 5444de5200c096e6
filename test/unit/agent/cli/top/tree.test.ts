import { describe, expect, test } from 'vitest';
import { renderOnce } from '../../../../../agent/cli/top/once.ts';
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

  test('an allocation has its slice and its processes, and none of them is a stranger’s', () => {
    const [process] = shared.processes ?? [];
    const [user] = shared.users;
    if (process === undefined || user === undefined) throw new Error('the sample has both');
    const held = { replica: '', model: '', allocation: 'train' };
    const card: CardSample = {
      ...withSlice(held),
      users: [
        { ...user, ...held },
        { ...user, ...held, allocation: 'stray' },
      ],
      processes: [
        { ...process, ...held, owner: 'allocation', containerName: 'job', container: 'f00' },
      ],
    };
    const [slice, stray, ...rest] = cardNode(card).children;
    const [train] = slice?.children ?? [];
    expect(train).toMatchObject({ kind: 'allocation', name: 'allocations/train' });
    expect(train?.memoryMib).toEqual({ value: 5_000, shared: false });
    expect(train?.children.map(({ name }) => name)).toEqual(['4242 python3 in job']);
    // What it uses of a card of which it has no slice is shown, too.
    expect(stray).toMatchObject({ kind: 'allocation', name: 'allocations/stray' });
    expect(rest.every(({ kind }) => kind === 'note')).toBe(true);
    const lines = renderOnce({ ...top, gpus: [card] }).split('\n');
    expect(lines.map((line) => line.split(/\s{2,}/).slice(1, 4))).toContainEqual([
      'allocation',
      'allocations/train',
      '4.9GiB',
    ]);
    const found = rowsOf({ ...top, gpus: [card] }, { ...firstView, filter: 'allocations/train' });
    expect(found.map(({ node }) => node.kind)).toEqual(['card', 'slice', 'allocation', 'process']);
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

import { expect, test } from 'vitest';
import { allocationRows } from '../../../agent/allocation-rows.ts';
import type { AllocationStatus } from '../../../shared/domain/node-target.ts';
import { FakeCore, gpuA } from '../../fakes/agent/fake-core.ts';
import { allocation, shapes, slice, target } from '../../fakes/agent/targets.ts';

const empty = new FakeCore().statusNow;
const small = slice('a.0', gpuA, shapes.small(0));
const python = { pid: 41, name: 'python3', certain: true };

function seen(over: Partial<AllocationStatus>): AllocationStatus {
  const { claim, reclaiming } = allocation('train', [small]);
  return {
    claim,
    ready: true,
    reason: '',
    deviceUuids: ['MIG-1'],
    env: {},
    mounts: [],
    processes: [],
    reclaiming,
    quietLooks: 0,
    ...over,
  };
}

test.for([
  ['before the first look', false, null, 'preparing', 'not looked at yet'],
  [
    'while its slice is made',
    false,
    { ready: false, reason: 'the card is cut' },
    'preparing',
    'the card is cut',
  ],
  ['once its client can use it', false, { processes: [python] }, 'ready', ''],
  [
    'over, and a process of it is left',
    true,
    { processes: [python, { pid: 42, name: 'sh', certain: false }] },
    'reclaiming',
    'process 41 (python3), 42 (sh) still runs',
  ],
  [
    'over, and a stranger is on its card',
    true,
    { processes: [{ ...python, certain: false }] },
    'reclaiming',
    'process 41 (python3) may be of it',
  ],
  ['over, and nobody is seen', true, {}, 'reclaiming', 'looking whether anybody is left'],
] as const)('%s', ([, reclaiming, look, state, reason]) => {
  const views = {
    target: target(1, {
      slices: [small],
      allocations: [allocation('train', [small], { reclaiming })],
    }),
    status: { ...empty, allocations: look === null ? [] : [seen(look)] },
  };
  const processes = look !== null && 'processes' in look ? look.processes : [];
  expect(allocationRows(views)).toEqual([
    { allocation: 'train', slices: [small], state, reason, processes },
  ]);
});

test('one that the target has left out is told until somebody ends it', () => {
  const held = allocation('train', [small]);
  const left = {
    epoch: 1,
    holder: { kind: 'allocation', target: held },
    slices: [small],
    declaration: null,
  } as const;
  expect(allocationRows({ target: target(1, {}), status: { ...empty, left: [left] } })).toEqual([
    {
      allocation: 'train',
      slices: [small],
      state: 'left',
      reason: 'the target in force does not name it; it is kept until one ends it',
      processes: [],
    },
  ]);
});

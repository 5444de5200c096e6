import { describe, expect, test } from 'vitest';
import { progressOf } from '../../../../coordinator/api/change-codec.ts';
import type { Change, ChangeMark } from '../../../../shared/domain/change.ts';

const start = (replica: string) => ({ kind: 'start-replica', node: 'a', replica, replaces: null });
const stages = [
  { title: 'make slices', steps: [{ kind: 'create-slice' }, { kind: 'create-slice' }] },
  { title: 'start replicas', steps: [start('r-1'), start('r-2')] },
];

function change(of: { state: Change['state']; stage: number; marks?: readonly ChangeMark[] }) {
  // Progress looks at nothing but stages, state and marks.
  return { marks: [], ...of, plan: { stages } } as unknown as Change;
}

function mark(replica: string, doneAtMs: number | null): ChangeMark {
  return { step: 'start', replica, atMs: 1, doneAtMs } as unknown as ChangeMark;
}

describe('progress', () => {
  test.for([
    {
      name: 'at the beginning',
      of: change({ state: 'running', stage: 0 }),
      want: [0, 0, 0, 'make slices'],
    },
    {
      name: 'with one stage reached',
      of: change({ state: 'running', stage: 1 }),
      want: [50, 2, 1, 'start replicas'],
    },
    {
      name: 'with a replica started, and one on its way',
      of: change({ state: 'running', stage: 1, marks: [mark('r-1', 5), mark('r-2', null)] }),
      want: [75, 3, 1, 'start replicas'],
    },
    {
      name: 'with everything confirmed but the end',
      of: change({ state: 'running', stage: 1, marks: [mark('r-1', 5), mark('r-2', 6)] }),
      want: [99, 4, 1, 'start replicas'],
    },
    { name: 'when done', of: change({ state: 'done', stage: 2 }), want: [100, 4, 2, ''] },
    { name: 'when aborted', of: change({ state: 'aborted', stage: 1 }), want: [50, 2, 1, ''] },
  ])('$name', ({ of, want }) => {
    const { percent, stepsDone, stagesDone, stageTitle } = progressOf(of);
    expect([percent, stepsDone, stagesDone, stageTitle]).toEqual(want);
  });

  test('of a plan without steps is nothing until it is done', () => {
    const empty = { ...change({ state: 'running', stage: 0 }), plan: { stages: [] } };
    expect(progressOf(empty as unknown as Change).percent).toBe(0);
  });
});

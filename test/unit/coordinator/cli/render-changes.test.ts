import { expect, test } from 'vitest';
import {
  headText,
  renderChange,
  renderChanges,
} from '../../../../coordinator/cli/render-changes.ts';
import type { Change__Output } from '../../../../shared/wire/generated/tangram/v1/Change.ts';

const stage = { steps: [], until: 'replicas ready', abortsOn: [], deadlineMs: '0' };

function change(of: Partial<Change__Output>): Change__Output {
  return {
    change: 'change-1',
    plan: {
      plan: 'plan-1',
      stages: [
        { ...stage, title: 'make slices' },
        { ...stage, title: 'start replicas' },
      ],
      kind: 'make-room',
      price: null,
      unplaced: '',
      cards: [],
      fitsIf: '',
      expiresAtMs: '0',
    },
    state: 'CHANGE_STATE_RUNNING',
    stage: 1,
    reason: '',
    startedAtMs: '1000',
    progress: null,
    endedAtMs: '0',
    receipt: [],
    ...of,
  };
}

const heads: readonly {
  readonly name: string;
  readonly of: Partial<Change__Output>;
  readonly want: string;
}[] = [
  { name: 'running', of: {}, want: 'running, stage 2 of 2 (start replicas)' },
  {
    name: 'waiting',
    of: { reason: 'ocr-1 is busy' },
    want: 'running, stage 2 of 2 (start replicas); waits: ocr-1 is busy',
  },
  { name: 'done', of: { state: 'CHANGE_STATE_DONE', stage: 2 }, want: 'done' },
  {
    name: 'aborted',
    of: { state: 'CHANGE_STATE_ABORTED', reason: 'by an operator' },
    want: 'aborted; by an operator',
  },
  { name: 'a state of a newer coordinator', of: { state: 7 as never }, want: '7' },
];

test.for(heads)('a change that is $name says so in one line', ({ of, want }) => {
  expect(headText(change(of))).toBe(want);
});

test('changes are listed with their stage and age', () => {
  const aborted = { change: 'change-2', state: 'CHANGE_STATE_ABORTED' as const, reason: 'lost' };
  expect(renderChanges([change({}), change(aborted)], 61_000)).toBe(
    `CHANGE    KIND       STATE    STAGE   AGE  REASON
change-1  make-room  running  2 of 2  1m   -
change-2  make-room  aborted  2 of 2  1m   lost
`,
  );
});

test('a finished change shows what was predicted beside what was', () => {
  const line = { replica: 'ocr-2', model: 'ocr' };
  const shown = renderChange(
    change({
      state: 'CHANGE_STATE_DONE',
      stage: 2,
      receipt: [
        {
          ...line,
          kind: 'interruption',
          replica: 'ocr-1',
          predictedMs: '32000',
          actualMs: '41500',
        },
        { ...line, kind: 'start', predictedMs: '20000' },
      ],
    }),
  );
  expect(shown).toContain('~ change-1: done\n    1. make slices\n    2. start replicas\n');
  expect(shown.split('\n\n')[1]).toBe(
    `RECEIPT       REPLICA  PREDICTED  ACTUAL
interruption  ocr-1    32s        41.5s
start         ocr-2    20s        not seen
`,
  );
});

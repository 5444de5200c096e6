import { expect, test } from 'vitest';
import type {
  CardHealthRecord,
  InjectionRecord,
  ReasonRecord,
} from '../../../../agent/cli/api/health-api.ts';
import {
  renderHealPlan,
  renderHealth,
  renderInjection,
} from '../../../../agent/cli/render-health.ts';

const nowMs = 1_700_000_000_000;

const reason: ReasonRecord = {
  key: 'xid 95',
  state: 'draining',
  action: 'drain-reset',
  message: 'Xid 95 (Uncontained memory error)',
  sinceMs: nowMs - 120_000,
  lastMs: nowMs - 60_000,
  count: 3,
  line: 'NVRM: Xid (PCI:0000:01:00): 95,\u001b[31m words',
  injected: false,
};

const well: CardHealthRecord = {
  uuid: 'GPU-1',
  index: 0,
  state: 'ok',
  action: 'record',
  sinceMs: null,
  reasons: [],
  slices: [],
  advice: '',
  users: ['replica vad-1'],
  recovery: null,
  xids: {},
  closeLook: null,
};

const sick: CardHealthRecord = {
  ...well,
  uuid: 'GPU-2',
  index: 1,
  state: 'draining',
  action: 'drain-reset',
  sinceMs: nowMs - 120_000,
  reasons: [reason],
  slices: [
    {
      gpuInstanceId: 5,
      state: 'degraded',
      action: 'watch',
      sinceMs: nowMs - 60_000,
      reasons: [
        {
          ...reason,
          key: 'xid 31 gi 5',
          state: 'degraded',
          message: 'Xid 31',
          count: 1,
          line: null,
        },
      ],
    },
  ],
  advice: 'drain it and reset it: agentctl heal 1',
  recovery: {
    state: 'draining',
    askedBy: 'operator',
    cause: 'Xid 95',
    startedAtMs: nowMs - 30_000,
    sinceMs: nowMs - 30_000,
    attempts: 0,
    detail: 'waits for: still runs replica vad-1',
  },
};

test('healthy cards are one line each', () => {
  expect(renderHealth({ cards: [well], kernelLog: '/dev/kmsg' }, nowMs)).toBe(
    [
      'GPU  SLICE  STATE  SINCE  ACTION  WHY  UUID',
      '0    -      ok     -      -       -    GPU-1',
      '',
    ].join('\n'),
  );
});

test('a card that is not well says why, for how long and what to do', () => {
  expect(renderHealth({ cards: [well, sick], kernelLog: null }, nowMs)).toBe(
    `GPU  SLICE  STATE     SINCE  ACTION       WHY                                UUID
0    -      ok        -      -            -                                  GPU-1
1    -      draining  2m     drain-reset  Xid 95 (Uncontained memory error)  GPU-2
1    gi 5   degraded  1m     watch        Xid 31                             GPU-2

GPU 1
  draining: Xid 95 (Uncontained memory error) (1m ago, 3 times)
    NVRM: Xid (PCI:0000:01:00): 95, [31m words
  gi 5: degraded: Xid 31 (1m ago)
  recovery: draining for 30s, asked by operator, for Xid 95; waits for: still runs replica vad-1
  runs: replica vad-1
  what to do: drain it and reset it: agentctl heal 1

Xids are not seen: no kernel log may be read here
`,
  );
});

test('a node that has not been looked at says so', () => {
  expect(renderHealth({ cards: [], kernelLog: null }, nowMs)).toBe(
    'no cards, or not looked at yet\n',
  );
});

test('a rehearsal tells every step, and that nothing was changed', () => {
  const outcome: InjectionRecord = {
    action: 'drain-reset',
    scope: 'card',
    description: 'Uncontained memory error',
    configured: false,
    before: well,
    after: sick,
    slicesAfter: [],
    victim: null,
    steps: ['mark the card', 'wait for somebody'],
  };
  expect(renderInjection(outcome, true)).toBe(
    `Uncontained memory error: the catalogue says drain-reset, at most about the card
hits: nobody that can be told
card: ok -> draining
would then:
  - mark the card
  - wait for somebody
nothing was changed
`,
  );
  expect(renderInjection({ ...outcome, configured: true, victim: 'vad-1' }, false)).toContain(
    'the configuration says',
  );
});

test('a plan is numbered, its notes are not', () => {
  expect(
    renderHealPlan({ resets: true, steps: ['wait', 'reset'], notes: ['mind the switch'] }),
  ).toBe('  1. wait\n  2. reset\nnote: mind the switch\n');
});

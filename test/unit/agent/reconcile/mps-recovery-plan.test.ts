import fc from 'fast-check';
import { expect, test } from 'vitest';
import type {
  GpuActual,
  MpsActual,
  MpsFault,
  MpsRecovery,
} from '../../../../agent/observe/world.ts';
import { recoveriesMax } from '../../../../agent/reconcile/mps-recovery-plan.ts';
import type { Step } from '../../../../agent/reconcile/steps.ts';
import { gpuA } from '../../../fakes/agent/fake-core.ts';
import {
  bound,
  card,
  recordOf,
  running,
  silentMps,
  stepsOf,
  type Case,
} from '../../../fakes/agent/plan-world.ts';
import { replica, shapes, slice } from '../../../fakes/agent/targets.ts';

const hourMs = 3_600_000;
const nowMs = 10 * hourMs;
const shareA = slice('a.0', gpuA, shapes.mps(4_000));
const shareB = slice('b.0', gpuA, shapes.mps(8_000));
const vad = replica('vad', [shareA]);
const ner = replica('ner', [shareB]);
const answering: MpsActual = { ...silentMps, owned: true, state: 'answering', incarnation: 'd1' };
const live: MpsFault = {
  id: 'd1 500 fault',
  server: 500,
  client: null,
  reason: 'its state is FAULT',
  live: true,
};
const over: MpsFault = { ...live, id: 'd1 500 ended', client: 12, reason: 'it ended', live: false };
const tenants = [`${ner.replica} ner`, `${vad.replica} vad`].join('\n');
const recovery: MpsRecovery = {
  gpu: gpuA,
  faultId: live.id,
  reason: 'server 500: its state is FAULT (its log names no client)',
  open: true,
  tenants,
  beganAtMs: [nowMs - 1],
  notBeforeMs: nowMs + 999,
};

function world(mps: Partial<MpsActual>, more: Case = {}): Case {
  const { input, ...rest } = more;
  const actual: Partial<GpuActual> = { mps: { ...answering, ...mps } };
  return {
    cards: [card(gpuA, { inventory: { migEnabled: false }, actual })],
    slices: [shareA, shareB],
    replicas: [vad, ner],
    bindings: [bound(shareA, gpuA), bound(shareB, gpuA)],
    records: [recordOf('vad', [shareA]), recordOf('ner', [shareB])],
    world: { wallMs: nowMs, running: [running('vad'), running('ner', { pids: [2] })] },
    ...rest,
    input: {
      mpsDefaults: [{ gpu: gpuA, incarnation: 'd1', smPercent: 25, memoryMib: 8_000 }],
      ...input,
    },
  };
}

const nobodyRuns = { world: { wallMs: nowMs, running: [] } };

function words(given: Case): readonly string[] {
  return stepsOf(given).map((step) => {
    if (step.kind === 'wait') return `wait ${step.reason}`;
    return step.kind === 'stopReplica' ? `stop ${step.replica} (${step.why})` : step.kind;
  });
}

const cases: readonly {
  readonly name: string;
  readonly given: Case;
  readonly want: readonly string[];
}[] = [
  { name: 'a healthy card is left alone', given: world({}), want: [] },
  {
    name: 'a fault is written down before anybody is stopped',
    given: world({ fault: live }),
    want: ['beginMpsRecovery'],
  },
  {
    name: "a stranger's daemon is not ours to recover",
    given: world({ fault: live, owned: false }),
    want: [],
  },
  {
    name: 'then all who share the card are stopped',
    given: world({ fault: live }, { input: { mpsRecoveries: [recovery] } }),
    want: ['stop vad-00000001 (mps-fault)', 'stop ner-00000001 (mps-fault)'],
  },
  {
    name: 'nothing starts before the server is well',
    given: world(
      { fault: live, clientPids: [99] },
      { ...nobodyRuns, input: { mpsRecoveries: [recovery] } },
    ),
    want: ['wait mps-fault', 'wait mps-fault', 'wait mps-fault'],
  },
  {
    name: 'a server that stays in FAULT without a client loses its daemon',
    given: world({ fault: live }, { ...nobodyRuns, input: { mpsRecoveries: [recovery] } }),
    want: ['stopMps'],
  },
  {
    name: 'a server that is well ends the recovery',
    given: world({}, { ...nobodyRuns, input: { mpsRecoveries: [recovery] } }),
    want: ['endMpsRecovery'],
  },
  {
    name: 'so does one that is gone',
    given: world(
      { state: 'silent', incarnation: null },
      { ...nobodyRuns, input: { mpsRecoveries: [recovery] } },
    ),
    want: ['endMpsRecovery'],
  },
  {
    name: 'the tenants wait their back-off',
    given: world({}, { ...nobodyRuns, input: { mpsRecoveries: [{ ...recovery, open: false }] } }),
    want: ['wait mps-fault', 'wait mps-fault'],
  },
  {
    name: 'and start after it',
    given: world(
      {},
      {
        world: { wallMs: recovery.notBeforeMs, running: [] },
        input: { mpsRecoveries: [{ ...recovery, open: false }] },
      },
    ),
    want: ['startReplica', 'startReplica'],
  },
  {
    name: 'other tenants do not inherit the wait',
    given: world(
      {},
      { ...nobodyRuns, input: { mpsRecoveries: [{ ...recovery, open: false, tenants: 'x' }] } },
    ),
    want: ['startReplica', 'startReplica'],
  },
  {
    name: 'a fault that is over was answered once',
    given: world(
      { fault: over },
      { input: { mpsRecoveries: [{ ...recovery, open: false, faultId: over.id }] } },
    ),
    want: [],
  },
  {
    name: 'a server that ended with its clients is answered too',
    given: world({ fault: over }),
    want: ['beginMpsRecovery'],
  },
  {
    name: 'servers that outlived their daemon are, too',
    given: world({ state: 'silent', incarnation: null, orphans: [500] }),
    want: ['beginMpsRecovery'],
  },
  {
    name: 'and once, after which the daemon is started in their place',
    given: world(
      { state: 'silent', incarnation: null, orphans: [500] },
      {
        ...nobodyRuns,
        input: { mpsRecoveries: [{ ...recovery, open: false, faultId: 'orphans 500' }] },
      },
    ),
    want: ['startMps', 'setMpsDefaults', 'wait mps-fault', 'wait mps-fault'],
  },
  {
    name: 'a card that cannot be read is left as it is',
    given: {
      ...world({ fault: live }),
      cards: [card(gpuA, { actual: { blind: 'lost', mps: { ...answering, fault: live } } })],
    },
    want: ['wait card-unreadable'],
  },
];
test.for(cases)('$name', ({ given, want }) => {
  expect(words(given)).toEqual(want);
});

test('the reason says which server, what happened, and whom the log names', () => {
  const begun = stepsOf(world({ fault: over })).find(isBeginning);
  expect(begun?.recovery).toEqual({
    gpu: gpuA,
    faultId: over.id,
    reason: 'server 500: it ended (its log names client 12)',
    open: true,
    tenants,
    beganAtMs: [nowMs],
    notBeforeMs: nowMs + 1_000,
  });
});

test('what the end of the clients brings about belongs to the same fault', () => {
  const given = world({ fault: over }, { ...nobodyRuns, input: { mpsRecoveries: [recovery] } });
  expect(stepsOf(given)).toMatchObject([
    { kind: 'endMpsRecovery', recovery: { faultId: over.id, open: false } },
  ]);
});

test('faults that come again wait longer, and five in an hour wait until it is over', () => {
  const waits: number[] = [];
  let last: MpsRecovery | undefined;
  for (let at = 0; at < 7; at += 1) {
    const wallMs = nowMs + at * 60_000;
    const input = {
      mpsRecoveries: last === undefined ? [] : [{ ...last, open: false, faultId: 'earlier' }],
    };
    const given = world({ fault: over }, { input });
    const begun = stepsOf({ ...given, world: { ...given.world, wallMs } }).find(isBeginning);
    last = begun?.recovery;
    waits.push((last?.notBeforeMs ?? 0) - wallMs);
  }
  expect(waits.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(waits[4]).toBe(hourMs - 4 * 60_000);
  expect(last?.beganAtMs).toHaveLength(recoveriesMax);
  const held = world(
    {},
    {
      ...nobodyRuns,
      input: { mpsRecoveries: last === undefined ? [] : [{ ...last, open: false }] },
    },
  );
  const wait = stepsOf(held).find((step) => step.kind === 'wait');
  expect(wait?.detail).toContain('faulted 5 times within an hour');
});

test('however often a card faults, its tenants are restarted at most five times in any hour', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: hourMs }), { maxLength: 60 }), (gaps) => {
      let wallMs = nowMs;
      let last: MpsRecovery | undefined;
      const starts: number[] = [];
      for (const gap of gaps) {
        // Clients start when they may, and fault `gap` later.
        wallMs = Math.max(wallMs, last?.notBeforeMs ?? 0);
        starts.push(wallMs);
        wallMs += gap;
        const input = {
          mpsRecoveries: last === undefined ? [] : [{ ...last, open: false, faultId: 'earlier' }],
        };
        const given = world({ fault: over }, { input });
        last = stepsOf({ ...given, world: { ...given.world, wallMs } }).find(isBeginning)?.recovery;
        expect(last).toBeDefined();
      }
      for (const from of starts) {
        const within = starts.filter((at) => at >= from && at < from + hourMs);
        expect(within.length).toBeLessThanOrEqual(recoveriesMax + 1);
      }
    }),
  );
});

test('a client of another user is told why it hangs', () => {
  const given = world({
    servers: [{ pid: 500, uid: 1000, status: 'ACTIVE', clients: [{ pid: 1, uid: 1000 }] }],
    waiting: [{ pid: 2, uid: 0 }],
  });
  expect(stepsOf(given)).toEqual([
    {
      kind: 'wait',
      reason: 'mps-user',
      detail:
        'process 2 of user 0 waits until the MPS clients of user 1000 have ended: run the models of a card as one user, or set mps.multiUser',
      gpu: gpuA,
      slice: null,
      replica: 'ner-00000001',
    },
  ]);
});

function isBeginning(step: Step): step is Extract<Step, { kind: 'beginMpsRecovery' }> {
  return step.kind === 'beginMpsRecovery';
}

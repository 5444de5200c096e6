import { describe, expect, test } from 'vitest';
import type { CardNow, Holder } from '../../../../agent/layout/card-now.ts';
import { nextMove } from '../../../../agent/layout/next-move.ts';
import type { Move } from '../../../../agent/layout/move.ts';
import { parseBootId, parseReplicaId } from '../../../../shared/domain/ids.ts';
import { migGeometries } from '../../../../shared/domain/mig-geometry.ts';
import type { LayoutChange } from '../../../../shared/domain/mig-layout.ts';
import { cardNow, gpu, instancesNow, laidOut } from '../../../fakes/agent/card-now.ts';
import { must } from '../../../fakes/agent/fake-core.ts';

const geometry = migGeometries['A100-40GB'];
const boot = must(parseBootId('boot-1'));
const kept = laidOut(geometry, 9, 4);
const old = laidOut(geometry, 19, 0);
const wanted = laidOut(geometry, 14, 0);

/** 3g at 4 stays, 1g at 0 goes, 2g at 0 comes. */
const change: LayoutChange = {
  id: 1,
  gpu,
  bootId: boot,
  startedAtMs: 0,
  origin: 'apply',
  planId: 'p',
  before: { migEnabled: true, instances: [old, kept] },
  kept: [{ giProfileId: 9, start: 4, gpuInstanceId: 1, uuid: 'MIG-9-4' }],
  steps: [
    { kind: 'destroy', instance: old },
    { kind: 'create', instance: wanted },
  ],
  cursor: 0,
  begun: false,
  reset: 'untried',
  failures: 0,
  dcgmStopped: false,
  state: 'running',
  detail: '',
};
const second = { ...change, cursor: 1 };
const last = { ...change, cursor: 2 };
const undoing = { ...change, state: 'undoing', detail: 'why' } as const;

type Place = readonly [number, number];

/** The kept instance and others; `half` has no compute instance. */
function card(places: readonly Place[], over: { half?: Place; holder?: Holder } = {}): CardNow {
  const all = [[9, 4] as const, ...places].map(([giProfileId, start]) => ({ giProfileId, start }));
  const instances = instancesNow(geometry, all).map((each) => {
    if (over.half?.[0] === each.giProfileId && over.half[1] === each.start) {
      return { ...each, compute: [], computeInstanceIds: [], uuid: null };
    }
    return over.holder !== undefined && each.start === 0
      ? { ...each, holders: [over.holder] }
      : each;
  });
  return cardNow('A100-40GB', { instances });
}

const stranger: Holder = { kind: 'process', pid: 7, name: 'python3' };

describe('an exchange of one instance', () => {
  test.for([
    {
      name: 'nothing done yet',
      change,
      now: card([[19, 0]]),
      want: { kind: 'do', step: change.steps[0] },
    },
    {
      name: 'half destroyed',
      change: { ...change, begun: true },
      now: card([[19, 0]], { half: [19, 0] }),
      want: { kind: 'do', step: change.steps[0] },
    },
    {
      name: 'destroyed, and the crash came before it was written',
      change: { ...change, begun: true },
      now: card([]),
      want: { kind: 'confirm' },
    },
    {
      name: 'somebody has come to use what goes',
      change,
      now: card([[19, 0]], { holder: stranger }),
      want: { kind: 'turn-back' },
    },
    {
      name: 'to be made',
      change: second,
      now: card([]),
      want: { kind: 'do', step: change.steps[1] },
    },
    {
      name: 'half made',
      change: { ...second, begun: true },
      now: card([[14, 0]], { half: [14, 0] }),
      want: { kind: 'tidy' },
    },
    {
      name: 'half made by somebody else',
      change: second,
      now: card([[14, 0]], { half: [14, 0] }),
      want: { kind: 'give-up' },
    },
    {
      name: 'made, and not written',
      change: { ...second, begun: true },
      now: card([[14, 0]]),
      want: { kind: 'confirm' },
    },
    {
      name: 'everything is there',
      change: last,
      now: card([[14, 0]]),
      want: { kind: 'finish', state: 'done' },
    },
    {
      name: 'failed too often',
      change: { ...second, failures: 2, detail: 'no room' },
      now: card([]),
      want: { kind: 'turn-back', why: 'no room' },
    },
    {
      name: 'somebody made another instance',
      change: second,
      now: card([[15, 0]]),
      want: { kind: 'give-up' },
    },
    { name: 'somebody took what was made', change: last, now: card([]), want: { kind: 'give-up' } },
    {
      name: 'the kept instance is another one now',
      change: {
        ...change,
        kept: [{ giProfileId: 9, start: 4, gpuInstanceId: 5, uuid: 'MIG-9-4' }],
      },
      now: card([[19, 0]]),
      want: { kind: 'give-up' },
    },
    {
      name: 'the card cannot be read',
      change,
      now: { ...card([]), error: 'GPU is lost' },
      want: { kind: 'wait', why: 'GPU is lost' },
    },
    {
      name: 'undo: what was made goes',
      change: undoing,
      now: card([[14, 0]]),
      want: { kind: 'do', step: { kind: 'destroy' } },
    },
    {
      name: 'undo: half of what was made goes',
      change: undoing,
      now: card([[14, 0]], { half: [14, 0] }),
      want: { kind: 'do', step: { kind: 'destroy' } },
    },
    {
      name: 'undo: what was half destroyed is made anew',
      change: undoing,
      now: card([[19, 0]], { half: [19, 0] }),
      want: { kind: 'do', step: { kind: 'destroy' } },
    },
    {
      name: 'undo: what was there comes back',
      change: undoing,
      now: card([]),
      want: { kind: 'do', step: { kind: 'create', instance: old } },
    },
    {
      name: 'undo: all is as it was',
      change: undoing,
      now: card([[19, 0]]),
      want: { kind: 'finish', state: 'undone' },
    },
    {
      name: 'undo: somebody else’s instance is not touched',
      change: undoing,
      now: card([[15, 0]]),
      want: { kind: 'give-up' },
    },
    {
      name: 'undo: what somebody uses is not touched',
      change: undoing,
      now: card([[14, 0]], { holder: stranger }),
      want: { kind: 'give-up' },
    },
    {
      name: 'undo: it cannot be done',
      change: { ...undoing, failures: 3 },
      now: card([]),
      want: { kind: 'give-up' },
    },
    {
      name: 'another boot: nothing is left of it',
      change,
      now: cardNow('A100-40GB'),
      boot: 'boot-2',
      want: { kind: 'turn-back' },
    },
    {
      name: 'another boot, undoing',
      change: undoing,
      now: cardNow('A100-40GB'),
      boot: 'boot-2',
      want: { kind: 'finish', state: 'undone' },
    },
  ] as const)('$name', ({ change: of, now, want, ...more }) => {
    const at = must(parseBootId('boot' in more ? more.boot : 'boot-1'));
    expect(nextMove(of, now, at)).toMatchObject(want);
  });
});

describe('a change of the mode', () => {
  const mode: LayoutChange = {
    ...change,
    before: { migEnabled: false, instances: [] },
    kept: [],
    steps: [{ kind: 'set-mode', enabled: true }],
  };
  const off = cardNow('A100-40GB', { migEnabled: false });
  const pending = { ...off, migPending: true };
  const begun = { ...mode, begun: true };

  test.for<{ name: string; change: LayoutChange; now: CardNow; want: Partial<Move> }>([
    { name: 'to be set', change: mode, now: off, want: { kind: 'do' } },
    {
      name: 'set before by somebody, and pending',
      change: mode,
      now: pending,
      want: { kind: 'do' },
    },
    {
      name: 'accepted, and waits for a reset',
      change: begun,
      now: pending,
      want: { kind: 'reset' },
    },
    {
      name: 'the reset failed',
      change: { ...begun, reset: 'failed' },
      now: pending,
      want: { kind: 'do' },
    },
    {
      name: 'a reset cannot be had',
      change: { ...begun, reset: 'impossible' },
      now: pending,
      want: { kind: 'finish', state: 'parked' },
    },
    {
      name: 'in a virtual machine',
      change: begun,
      now: { ...pending, passedThrough: true },
      want: { kind: 'finish', state: 'parked' },
    },
    { name: 'it is on', change: begun, now: cardNow('A100-40GB'), want: { kind: 'confirm' } },
    {
      name: 'somebody uses the card now',
      change: mode,
      now: { ...off, holders: [stranger] },
      want: { kind: 'turn-back' },
    },
    {
      name: 'undo: a pending mode is taken back',
      change: { ...begun, state: 'undoing' },
      now: pending,
      want: { kind: 'do', step: { kind: 'set-mode', enabled: false } },
    },
    {
      name: 'undo: a mode that is on goes off',
      change: { ...begun, state: 'undoing' },
      now: cardNow('A100-40GB'),
      want: { kind: 'do', step: { kind: 'set-mode', enabled: false } },
    },
  ])('$name', ({ change: of, now, want }) => {
    expect(nextMove(of, now, boot)).toMatchObject(want);
  });
});

test('a replica is stopped only while it runs', () => {
  const replica = must(parseReplicaId('vad-1'));
  const stop: LayoutChange = {
    ...change,
    steps: [{ kind: 'stop-replica', replica }, ...change.steps],
  };
  const running = card([[19, 0]], { holder: { kind: 'replica', replica } });
  expect(nextMove(stop, running, boot)).toMatchObject({
    kind: 'do',
    step: { kind: 'stop-replica' },
  });
  expect(nextMove(stop, card([[19, 0]]), boot)).toEqual({ kind: 'confirm' });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge } from '../../../../agent/health/judge.ts';
import {
  beginsAlone,
  drainMsMax,
  recoverable,
  recoveryMove,
  resetsMax,
  verifyMsMax,
  type RecoveryFacts,
} from '../../../../agent/health/recovery-plan.ts';
import {
  recoveryStates,
  type CardRecovery,
  type XidIncident,
} from '../../../../agent/store/health-records.ts';
import { parseBootId } from '../../../../shared/domain/ids.ts';
import { must } from '../../../fakes/agent/fake-core.ts';
import { evidence, incident, nowMs, standardPolicy } from '../../../fakes/agent/health.ts';

const boot = must(parseBootId('boot-1'));
const otherBoot = must(parseBootId('boot-2'));

function recovery(state: CardRecovery['state'], over: Partial<CardRecovery> = {}): CardRecovery {
  return {
    state,
    bootId: boot,
    askedBy: 'operator',
    cause: 'Xid 95',
    resets: true,
    startedAtMs: nowMs - 60_000,
    sinceMs: nowMs - 30_000,
    attempts: 0,
    detail: '',
    ...over,
  };
}

const free: RecoveryFacts = {
  bootId: boot,
  nowMs,
  authority: 'cut',
  blind: null,
  users: [],
  faults: [],
  seenAtMs: nowMs - 1_000,
  lookedAtMs: nowMs - 500,
};

const goesTo = (state: CardRecovery['state']) => ({ kind: 'enter', state });
const waitsFor = (reason: string) => ({ kind: 'wait', reason: expect.stringContaining(reason) });

test.for<[string, CardRecovery, Partial<RecoveryFacts>, object]>([
  ['a marked card is drained', recovery('marked'), {}, goesTo('draining')],
  ['an empty card is reset', recovery('draining'), {}, goesTo('resetting')],
  [
    'a used card is waited for',
    recovery('draining'),
    { users: ['replica a-1'] },
    waitsFor('replica a-1'),
  ],
  [
    'without authority nothing is reset',
    recovery('draining'),
    { authority: 'place' },
    waitsFor('authority is place'),
  ],
  ['a card that cannot be read is not reset', recovery('draining'), { blind: 'x' }, waitsFor('x')],
  [
    'what was seen before the mark does not count',
    recovery('draining'),
    { seenAtMs: nowMs - 40_000 },
    waitsFor('next look'),
  ],
  [
    'it does not wait for ever',
    recovery('draining'),
    { nowMs: nowMs + drainMsMax },
    goesTo('failed'),
  ],
  [
    'a failed reset is tried again later',
    recovery('draining', { attempts: 1, sinceMs: nowMs - 5_000, detail: 'busy' }),
    {},
    waitsFor('busy'),
  ],
  [
    'and then again',
    recovery('draining', { attempts: 1, sinceMs: nowMs - 11_000 }),
    {},
    goesTo('resetting'),
  ],
  [
    'but not for ever',
    recovery('draining', { attempts: resetsMax, sinceMs: nowMs - 60_000 }),
    {},
    goesTo('failed'),
  ],
  [
    'injected evidence resets nothing',
    recovery('draining', { resets: false }),
    {},
    goesTo('verifying'),
  ],
  [
    'a reboot while it drained was a reset',
    recovery('draining'),
    { bootId: otherBoot },
    goesTo('verifying'),
  ],
  ['a reset that may have happened is done again', recovery('resetting'), {}, { kind: 'reset' }],
  [
    'unless somebody uses the card by now',
    recovery('resetting'),
    { users: ['process 7 (x)'] },
    goesTo('draining'),
  ],
  ['a reboot was a reset, too', recovery('resetting'), { bootId: otherBoot }, goesTo('verifying')],
  ['a well card is taken back', recovery('verifying'), {}, goesTo('readmitted')],
  [
    'not before it was seen again',
    recovery('verifying'),
    { seenAtMs: nowMs - 31_000 },
    waitsFor('not looked at yet'),
  ],
  [
    'nor before the close look',
    recovery('verifying'),
    { lookedAtMs: nowMs - 31_000 },
    waitsFor('not looked at yet'),
  ],
  [
    'where nothing looks closely the row must do',
    recovery('verifying'),
    { lookedAtMs: null },
    goesTo('readmitted'),
  ],
  ['a card with faults is not', recovery('verifying'), { faults: ['ecc'] }, waitsFor('ecc')],
  [
    'and fails in the end',
    recovery('verifying'),
    { faults: ['ecc'], nowMs: nowMs + verifyMsMax },
    goesTo('failed'),
  ],
  ['a finished one rests', recovery('readmitted'), {}, { kind: 'rest' }],
  ['a failed one rests', recovery('failed'), {}, { kind: 'rest' }],
])('%s', ([, from, over, want]) => {
  expect(recoveryMove(from, { ...free, ...over })).toMatchObject(want);
});

const verdictOf = (incidents: readonly XidIncident[], error: string | null = null) =>
  judge(evidence({ incidents, look: { ...evidence().look, error } }), standardPolicy);

test.for<[string, ReturnType<typeof verdictOf>, object]>([
  ['a healthy card', verdictOf([]), { ok: false }],
  ['an application fault', verdictOf([incident(31)]), { ok: false }],
  ['an uncontained error', verdictOf([incident(95)]), { ok: true, value: { resets: true } }],
  [
    'an injected one',
    verdictOf([incident(95, { injected: true })]),
    { ok: true, value: { resets: false } },
  ],
  [
    'an injected one beside a real one',
    verdictOf([incident(95, { injected: true }), incident(63)]),
    { ok: true, value: { resets: true } },
  ],
  [
    'a card off the bus',
    verdictOf([incident(79)]),
    { ok: false, problem: { hint: 'drain it and switch the host off and on' } },
  ],
  [
    'an injected loss',
    verdictOf([incident(79, { injected: true })]),
    { ok: true, value: { resets: false } },
  ],
  ['a lost card', verdictOf([], 'GPU is lost'), { ok: false }],
  [
    'a card that wants a reset',
    verdictOf([], 'GPU requires reset'),
    { ok: true, value: { resets: true } },
  ],
])('whether %s can be healed', ([, verdict, want]) => {
  expect(recoverable(verdict)).toMatchObject(want);
});

test('nothing begins by itself unless configured, allowed and real', () => {
  const facts = { authority: 'cut', users: [] } as const;
  const idle = { autoReset: 'idle', open: false, facts } as const;
  expect(beginsAlone(verdictOf([incident(95)]), { ...idle, autoReset: 'never' })).toBe(false);
  expect(beginsAlone(verdictOf([incident(95)]), idle)).toBe(true);
  expect(beginsAlone(verdictOf([incident(95)]), { ...idle, open: true })).toBe(false);
  expect(
    beginsAlone(verdictOf([incident(95)]), { ...idle, facts: { ...facts, authority: 'place' } }),
  ).toBe(false);
  expect(beginsAlone(verdictOf([incident(95, { injected: true })]), idle)).toBe(false);
  expect(beginsAlone(verdictOf([incident(31)]), idle)).toBe(false);
  expect(beginsAlone(verdictOf([incident(63)]), idle)).toBe(true);
  // A reset that can wait waits for the card to be free, and does not keep work away meanwhile.
  expect(
    beginsAlone(verdictOf([incident(63)]), { ...idle, facts: { ...facts, users: ['x'] } }),
  ).toBe(false);
  expect(
    beginsAlone(verdictOf([incident(95)]), { ...idle, facts: { ...facts, users: ['x'] } }),
  ).toBe(true);
});

test('whatever is true, a card that is used, unread or not ours to cut is not reset', () => {
  const anyFacts: fc.Arbitrary<RecoveryFacts> = fc.record({
    bootId: fc.constantFrom(boot, otherBoot),
    nowMs: fc.integer({ min: nowMs - 100_000, max: nowMs + 100_000_000 }),
    authority: fc.constantFrom('observe', 'place', 'cut'),
    blind: fc.option(fc.constant('unreadable')),
    users: fc.array(fc.string(), { maxLength: 2 }),
    faults: fc.array(fc.string(), { maxLength: 2 }),
    seenAtMs: fc.integer({ min: nowMs - 100_000, max: nowMs }),
    lookedAtMs: fc.option(fc.integer({ min: nowMs - 100_000, max: nowMs })),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...recoveryStates),
      fc.integer({ min: 0, max: 5 }),
      fc.boolean(),
      anyFacts,
      (state, attempts, resets, facts) => {
        const move = recoveryMove(recovery(state, { attempts, resets }), facts);
        const touches =
          move.kind === 'reset' || (move.kind === 'enter' && move.state === 'resetting');
        if (!touches) return;
        expect(facts.users).toEqual([]);
        expect(facts.authority).toBe('cut');
        expect(facts.bootId).toBe(boot);
        expect(resets || state === 'resetting').toBe(true);
      },
    ),
  );
});

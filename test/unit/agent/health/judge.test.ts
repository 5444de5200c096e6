import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge, judgeUnanswered, type CardEvidence } from '../../../../agent/health/judge.ts';
import { watchMs } from '../../../../agent/health/policy.ts';
import type { CardReadings } from '../../../../agent/health/readings.ts';
import type { Victim, XidIncident } from '../../../../agent/store/health-records.ts';
import { placementHealth } from '../../../../shared/domain/card-health.ts';
import { xidCatalog } from '../../../../shared/domain/xid-catalog.ts';
import {
  evidence,
  goodReadings,
  incident,
  minuteMs,
  nowMs,
  standardPolicy,
} from '../../../fakes/agent/health.ts';

function verdict(
  over: Partial<CardEvidence>,
  xid: Readonly<Record<string, 'ignore' | 'restart-app' | 'drain-reset'>> = {},
) {
  return judge(evidence(over), { ...standardPolicy, xid });
}

const byAction = {
  ignore: { state: 'ok', action: 'record', reasons: 0 },
  record: { state: 'ok', action: 'record', reasons: 1 },
  watch: { state: 'degraded', action: 'watch', reasons: 1 },
  'restart-app': { state: 'ok', action: 'restart-app', reasons: 1 },
  'reset-when-idle': { state: 'degraded', action: 'reset-when-idle', reasons: 1 },
  'drain-reset': { state: 'draining', action: 'drain-reset', reasons: 1 },
  'restart-vm': { state: 'failed', action: 'restart-vm', reasons: 1 },
  'reboot-node': { state: 'failed', action: 'reboot-node', reasons: 1 },
  'drain-power-cycle': { state: 'failed', action: 'drain-power-cycle', reasons: 1 },
  rma: { state: 'failed', action: 'rma', reasons: 1 },
  'follow-recovery-action': { state: 'degraded', action: 'watch', reasons: 1 },
} as const;

test.for(xidCatalog.map((row) => [row.code, row.action] as const))(
  'Xid %i alone means: %s',
  ([code, action]) => {
    const { state, action: found, reasons } = verdict({ incidents: [incident(code)] });
    expect({ state, action: found, reasons: reasons.length }).toEqual(byAction[action]);
  },
);

test.for(xidCatalog.map((row) => [row.code, row.scope, row.action] as const))(
  'Xid %i that names a GPU instance speaks of it alone only where its scope (%s) lets it',
  ([code, scope, action]) => {
    const instances = [{ gpuInstanceId: 5, uuid: 'MIG-5' }];
    const { state, slices } = verdict({
      incidents: [incident(code, { gpuInstanceId: 5, deviceUuid: 'MIG-5' })],
      instances,
    });
    const narrow = scope === 'process' || scope === 'slice';
    if (action === 'ignore') expect([state, slices]).toEqual(['ok', []]);
    else if (narrow) {
      expect(state).toBe('ok');
      expect(slices.map((each) => [each.gpuInstanceId, each.state])).toEqual([
        [5, byAction[action].state],
      ]);
    } else {
      expect(slices).toEqual([]);
      expect(state).toBe(byAction[action].state);
    }
  },
);

test('an unknown code is watched for a day, and never fails a card', () => {
  const unknown = incident(999);
  expect(verdict({ incidents: [unknown] }).state).toBe('degraded');
  expect(verdict({ incidents: [unknown], nowMs: unknown.lastMs + watchMs + 1 }).state).toBe('ok');
});

const read = (over: Partial<CardReadings>) => ({ readings: goodReadings(over) });
const look = (over: Partial<CardEvidence['look']>) => ({ look: { ...evidence().look, ...over } });

test.for<[string, Partial<CardEvidence>, string, string, string]>([
  ['a lost card', look({ error: 'GPU is lost' }), 'failed', 'drain-power-cycle', 'error'],
  [
    'a card that wants a reset',
    look({ error: 'GPU requires reset' }),
    'failed',
    'drain-reset',
    'error',
  ],
  ['uncorrected errors', look({ eccUncorrectedVolatile: 2 }), 'degraded', 'watch', 'ecc'],
  ['a pending MIG mode', look({ migPending: true }), 'degraded', 'watch', 'mig-pending'],
  [
    'a row to be remapped',
    read({ rowRemapPending: true }),
    'degraded',
    'reset-when-idle',
    'row-remap-pending',
  ],
  ['a row that cannot be', read({ rowRemapFailure: true }), 'failed', 'rma', 'row-remap-failure'],
  [
    'a page to be retired',
    read({ pageRetirementPending: true }),
    'degraded',
    'reset-when-idle',
    'page-pending',
  ],
  [
    'too much broken SRAM',
    read({ sramThresholdExceeded: true }),
    'failed',
    'rma',
    'sram-threshold',
  ],
  ['a reset asked for', read({ wish: 'reset' }), 'draining', 'drain-reset', 'recovery-action'],
  [
    'a drain and reset',
    read({ wish: 'drain-reset' }),
    'draining',
    'drain-reset',
    'recovery-action',
  ],
  ['a reboot asked for', read({ wish: 'reboot' }), 'failed', 'reboot-node', 'recovery-action'],
  ['a P2P drain', read({ wish: 'drain-p2p' }), 'degraded', 'watch', 'recovery-action'],
  [
    'older words for it',
    read({ resetRequired: true }),
    'draining',
    'drain-reset',
    'reset-required',
  ],
  [
    'older advice',
    read({ drainAndResetRecommended: true }),
    'draining',
    'drain-reset',
    'drain-recommended',
  ],
  ['heat', read({ clockReasons: ['sw_thermal_slowdown'] }), 'degraded', 'watch', 'thermal'],
  [
    'the power brake',
    read({ clockReasons: ['hw_power_brake_slowdown'] }),
    'degraded',
    'watch',
    'power-brake',
  ],
  [
    'its slowdown temperature',
    read({ temperatureCelsius: 90 }),
    'degraded',
    'watch',
    'temperature',
  ],
  [
    'its margin used up',
    read({
      temperatureSlowdownCelsius: null,
      temperatureMarginCelsius: -2,
      temperatureMarginSlowdownCelsius: -2,
    }),
    'degraded',
    'watch',
    'temperature',
  ],
])('a card with %s', ([, over, state, action, key]) => {
  const found = verdict(over);
  expect([found.state, found.action, found.reasons[0]?.key]).toEqual([state, action, key]);
});

test('what passes by itself is not told of an old look', () => {
  const readings = goodReadings({
    atMs: nowMs - 10 * minuteMs,
    clockReasons: ['hw_thermal_slowdown'],
  });
  expect(verdict({ readings }).state).toBe('ok');
});

test('since when a condition holds is taken from the last verdict', () => {
  const first = verdict(look({ eccUncorrectedVolatile: 1 }));
  const later = verdict({
    ...look({ eccUncorrectedVolatile: 3 }),
    nowMs: nowMs + 5,
    before: first,
  });
  expect(later.reasons[0]).toMatchObject({ key: 'ecc', sinceMs: nowMs, lastMs: nowMs + 5 });
});

test('a card that does not answer has failed, and keeps what was known of it', () => {
  const before = verdict({ incidents: [incident(63)] });
  const silent = judgeUnanswered(
    before,
    'an earlier nvidia-smi (pid 7) hangs in the kernel',
    nowMs,
  );
  expect([silent.state, silent.action]).toEqual(['failed', 'reboot-node']);
  expect(silent.reasons.map((each) => each.key)).toEqual(['unanswered', 'xid 63']);
  expect(judgeUnanswered(silent, 'again', nowMs + 9).reasons[0]?.sinceMs).toBe(nowMs);
});

test('placement is told that a card to be emptied takes nothing new', () => {
  expect(placementHealth(verdict({ incidents: [incident(95)] }))).toEqual({
    state: 'failed',
    reason: 'to be emptied: Xid 95 (Uncontained memory error)',
  });
});

test.for<[string, XidIncident[], string, string]>([
  ['alone', [incident(48)], 'draining', 'drain-reset'],
  ['with a recorded row', [incident(48), incident(63)], 'draining', 'drain-reset'],
  [
    'with a contained error',
    [incident(48), incident(63), incident(94)],
    'degraded',
    'reset-when-idle',
  ],
  [
    'with an uncontained one, too',
    [incident(48), incident(94), incident(95)],
    'draining',
    'drain-reset',
  ],
  [
    'with spare rows used up',
    [incident(48), incident(94), incident(64)],
    'draining',
    'drain-reset',
  ],
  [
    'with a contained error of another hour',
    [incident(48), incident(94, { firstMs: nowMs - 60 * minuteMs, lastMs: nowMs - 60 * minuteMs })],
    'draining',
    'drain-reset',
  ],
  [
    'with an injected 94',
    [incident(48), incident(94, { injected: true })],
    'draining',
    'drain-reset',
  ],
])('a double-bit error %s', ([, incidents, state, action]) => {
  const found = verdict({ incidents });
  expect([found.state, found.action]).toEqual([state, action]);
});

test('NVLink 5 errors that are not fatal are watched', () => {
  expect(verdict({ incidents: [incident(149, { fatal: false })] }).state).toBe('degraded');
  expect(verdict({ incidents: [incident(149, { fatal: true })] }).state).toBe('draining');
});

test('the driver’s own verdict counts more than the table, when it is newer', () => {
  const late = incident(154, { wish: 'none', lastMs: nowMs - 1_000 });
  expect(verdict({ incidents: [incident(119), late] }).state).toBe('degraded');
  const early = incident(154, { wish: 'none', lastMs: nowMs - 5 * minuteMs });
  expect(verdict({ incidents: [incident(119), early] }).state).toBe('draining');
  const asked = incident(154, { wish: 'reboot' });
  expect(verdict({ incidents: [incident(119), asked] }).action).toBe('reboot-node');
  // A closer look afterwards says that it has passed.
  expect(verdict({ incidents: [asked], readings: goodReadings({ wish: 'none' }) }).state).toBe(
    'ok',
  );
  // Of what was injected, the driver knows nothing.
  const injected = incident(95, { injected: true });
  expect(verdict({ incidents: [injected], readings: goodReadings({ wish: 'none' }) }).state).toBe(
    'draining',
  );
});

test('configuration goes before everything else', () => {
  const readings = goodReadings({ wish: 'none' });
  expect(verdict({ incidents: [incident(109)] }, { 109: 'restart-app' }).state).toBe('ok');
  expect(verdict({ incidents: [incident(63)] }, { 63: 'ignore' }).reasons).toEqual([]);
  expect(verdict({ incidents: [incident(119)], readings }, { 119: 'drain-reset' }).state).toBe(
    'draining',
  );
});

const victims = (...jobs: readonly string[]): Victim[] =>
  jobs.map((job, at) => ({ job, who: `r-${at}`, atMs: nowMs - minuteMs }));

test('the same fault in different jobs says something about the card, in copies of one job it does not', () => {
  const copies = victims('models/a', 'models/a', 'models/a', 'models/a');
  expect(verdict({ incidents: [incident(31, { victims: copies })] }).state).toBe('ok');
  const jobs = victims('models/a', 'models/b', 'python3');
  expect(verdict({ incidents: [incident(31, { victims: jobs })] }).state).toBe('degraded');
  const passed = jobs.map((each) => ({ ...each, atMs: nowMs - 61 * minuteMs }));
  expect(verdict({ incidents: [incident(31, { victims: passed })] }).state).toBe('ok');
});

test('an instance that is gone takes its fault with it, also when its id is used again', () => {
  const fault = incident(109, { gpuInstanceId: 5, deviceUuid: 'MIG-old' });
  const now = { gpuInstanceId: 5, uuid: 'MIG-new' };
  for (const instances of [[], [now]]) {
    const found = verdict({ incidents: [fault], instances });
    expect([found.state, found.slices]).toEqual(['ok', []]);
    expect(found.reasons[0]?.message).toContain('gone since');
  }
});

test('a card under recovery takes nothing', () => {
  const recovery = {
    state: 'verifying',
    bootId: 'b' as never,
    askedBy: 'operator',
    cause: 'Xid 95',
    resets: true,
    startedAtMs: nowMs,
    sinceMs: nowMs,
    attempts: 1,
    detail: '',
  } as const;
  expect(verdict({ recovery }).state).toBe('draining');
  expect(verdict({ recovery: { ...recovery, state: 'readmitted' } }).state).toBe('ok');
  expect(verdict({ recovery: { ...recovery, state: 'failed', detail: 'x' } }).state).toBe('failed');
});

const applicationCodes = xidCatalog
  .filter((row) => row.action === 'restart-app' || row.code === 45)
  .map((row) => row.code);

test('whatever faults applications make, however often and on whatever slices, the card takes new work', () => {
  const anyIncident = fc
    .record({
      code: fc.constantFrom(...applicationCodes),
      gpuInstanceId: fc.option(fc.integer({ min: 0, max: 13 })),
      count: fc.integer({ min: 1, max: 100_000 }),
      ageMs: fc.integer({ min: 0, max: 7_200_000 }),
      jobs: fc.array(fc.string(), { maxLength: 16 }),
      injected: fc.boolean(),
    })
    .map(({ code, gpuInstanceId, count, ageMs, jobs, injected }) => {
      const atMs = nowMs - ageMs;
      const hit = jobs.map((job, at) => ({ job, who: `${at}`, atMs }));
      return incident(code, {
        gpuInstanceId,
        count,
        injected,
        firstMs: atMs,
        lastMs: atMs,
        victims: hit,
      });
    });
  fc.assert(
    fc.property(fc.array(anyIncident, { maxLength: 40 }), (incidents) => {
      const instances = [0, 1, 5].map((gpuInstanceId) => ({ gpuInstanceId, uuid: null }));
      const found = verdict({ incidents, instances });
      expect(['ok', 'degraded']).toContain(found.state);
      for (const slice of found.slices) expect(['ok', 'degraded']).toContain(slice.state);
      expect(placementHealth(found).state).not.toBe('failed');
    }),
  );
});

test('a verdict is the worst of its reasons, and does not depend on the order of the evidence', () => {
  const anyIncident = fc.constantFrom(...xidCatalog.map((row) => incident(row.code)));
  fc.assert(
    fc.property(fc.uniqueArray(anyIncident, { maxLength: 12 }), (incidents) => {
      const found = verdict({ incidents });
      expect(verdict({ incidents: [...incidents].reverse() })).toEqual(found);
      for (const reason of found.reasons) {
        if (reason.state === found.state && found.sinceMs !== null)
          expect(found.sinceMs).toBeLessThanOrEqual(reason.sinceMs);
      }
    }),
  );
});

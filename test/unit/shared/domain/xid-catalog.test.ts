import { expect, test } from 'vitest';
import { healthActions, type HealthAction } from '../../../../shared/domain/card-health.ts';
import { xidCatalog, xidRow } from '../../../../shared/domain/xid-catalog.ts';

test('every code from 1 to 172 has a row, in order, each once', () => {
  expect(xidCatalog.map((row) => row.code)).toEqual(Array.from({ length: 172 }, (_, at) => at + 1));
});

/** Our action for every code; the table is written out, so that a change of one row is seen here. */
const expected: Readonly<Partial<Record<HealthAction, readonly number[]>>> = {
  ignore: [14, 106, 107],
  record: [
    37, 38, 45, 66, 67, 93, 108, 121, 137, 141, 152, 153, 157, 160, 161, 162, 163, 164, 171, 172,
  ],
  'restart-app': [
    8, 11, 13, 25, 31, 32, 39, 40, 41, 43, 44, 60, 68, 69, 70, 71, 72, 75, 76, 77, 80, 82, 83, 84,
    85, 86, 88, 89, 94, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 126, 127, 128, 129, 130, 131,
    132, 133, 134, 135, 139,
  ],
  'reset-when-idle': [63],
  'drain-reset': [
    46, 48, 62, 64, 74, 95, 109, 110, 119, 120, 136, 140, 143, 144, 145, 146, 147, 148, 149, 150,
    155, 156, 158,
  ],
  'restart-vm': [151],
  'drain-power-cycle': [79],
  'follow-recovery-action': [154],
};

test.for(healthActions.filter((action) => action !== 'watch'))('the codes to %s', (action) => {
  const codes = xidCatalog.filter((row) => row.action === action).map((row) => row.code);
  expect(codes).toEqual(expected[action] ?? []);
});

test('the rest is watched: it never takes a card away', () => {
  const listed = new Set(Object.values(expected).flat());
  for (const row of xidCatalog) if (!listed.has(row.code)) expect(row.action).toBe('watch');
});

/** What NVIDIA's word for the immediate action allows us to do. */
const allowed: Readonly<Record<string, readonly HealthAction[]>> = {
  RESTART_APP: ['restart-app'],
  RESET_GPU: ['drain-reset'],
  RESTART_BM: ['drain-power-cycle'],
  RESTART_VM: ['restart-vm'],
  // Its own words for 43 and 44; 63 is mended by a reset; 92 is to be watched.
  IGNORE: ['ignore', 'record', 'restart-app', 'reset-when-idle', 'watch'],
  CONTACT_SUPPORT: ['watch'],
};

test('no row is milder or harder than what NVIDIA says of it', () => {
  for (const row of xidCatalog) {
    const actions = allowed[row.immediate ?? ''];
    if (actions !== undefined)
      expect({ code: row.code, ok: actions.includes(row.action) }).toEqual({
        code: row.code,
        ok: true,
      });
  }
});

test('an application fault is of a process or a slice; what resets a card never is of a process', () => {
  for (const row of xidCatalog) {
    if (row.action === 'restart-app') expect(['process', 'slice']).toContain(row.scope);
    if (row.action === 'drain-reset') expect(['slice', 'card', 'link']).toContain(row.scope);
  }
});

test('a code that nobody knows is watched, as a card’s', () => {
  expect(xidRow(999)).toMatchObject({ code: 999, name: 'unknown', action: 'watch', scope: 'card' });
});

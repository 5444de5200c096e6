import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readingConditions } from '../../../../agent/health/conditions.ts';
import { readingsByCard, wishOf, wishOfCode } from '../../../../agent/health/readings.ts';
import { xmlFormat } from '../../../../agent/formats/report/xml.ts';
import { describeWhere, realCaptures } from '../../../setup/needs.ts';
import { gpuA, must } from '../../../fakes/agent/fake-core.ts';
import { nowMs } from '../../../fakes/agent/health.ts';

test.for([
  ['None', 'none'],
  ['GPU Reset', 'reset'],
  ['Reset', 'reset'],
  ['GPU Reset Required', 'reset'],
  ['Node Reboot', 'reboot'],
  ['Reboot', 'reboot'],
  ['Drain P2P', 'drain-p2p'],
  ['Drain and Reset', 'drain-reset'],
  ['Recover IMEX Domain', 'recover-imex'],
  ['Something New', null],
  [null, null],
] as const)('the words %s are read as %s', ([words, wish]) => {
  expect(wishOf(words)).toBe(wish);
});

test('the numbers are those of NVML', () => {
  expect([0, 1, 2, 3, 4, 5, 6].map(wishOfCode)).toEqual([
    'none',
    'reset',
    'reboot',
    'drain-p2p',
    'drain-reset',
    'recover-imex',
    null,
  ]);
});

/** Invented, in the form of driver 570. */
const report = must(
  xmlFormat.parse(`<?xml version="1.0" ?>
<nvidia_smi_log>
<driver_version>570.86.10</driver_version>
<attached_gpus>1</attached_gpus>
<gpu id="00000000:01:00.0">
<uuid>${gpuA}</uuid>
<gpu_recovery_action>Drain and Reset</gpu_recovery_action>
<clocks_event_reasons>
<clocks_event_reason_hw_thermal_slowdown>Active</clocks_event_reason_hw_thermal_slowdown>
</clocks_event_reasons>
<remapped_rows><remapped_row_pending>Yes</remapped_row_pending><remapped_row_failure>No</remapped_row_failure></remapped_rows>
<temperature><gpu_temp>91 C</gpu_temp><gpu_temp_slow_threshold>90 C</gpu_temp_slow_threshold></temperature>
</gpu>
</nvidia_smi_log>
`),
);

test('a report is read card by card, as of when it was made', () => {
  const readings = readingsByCard({ details: report, ageMs: 5_000 }, nowMs);
  expect([...readings.keys()]).toEqual([gpuA]);
  expect(readings.get(gpuA)).toEqual({
    atMs: nowMs - 5_000,
    wish: 'drain-reset',
    resetRequired: null,
    drainAndResetRecommended: null,
    rowRemapPending: true,
    rowRemapFailure: false,
    pageRetirementPending: null,
    sramThresholdExceeded: null,
    clockReasons: ['hw_thermal_slowdown'],
    temperatureCelsius: 91,
    temperatureSlowdownCelsius: 90,
    temperatureMarginCelsius: null,
    temperatureMarginSlowdownCelsius: null,
  });
  expect(readingConditions(readings.get(gpuA) ?? null, nowMs).map((each) => each.key)).toEqual([
    'row-remap-pending',
    'recovery-action',
    'thermal',
    'temperature',
  ]);
  expect(readingsByCard(null, nowMs)).toEqual(new Map());
});

describeWhere('captures', realCaptures, 'the reports of real cards', () => {
  const folder = join(process.env['TANGRAM_CAPTURES'] ?? '', 'xml');
  test('cards that their drivers find nothing wrong with are not taken away', () => {
    let cards = 0;
    for (const name of readdirSync(folder)) {
      const parsed = xmlFormat.parse(readFileSync(join(folder, name), 'utf8'));
      if (!parsed.ok) continue;
      for (const readings of readingsByCard({ details: parsed.value, ageMs: 0 }, nowMs).values()) {
        cards += 1;
        const grave = readingConditions(readings, nowMs).filter(
          (each) => each.state === 'failed' || each.state === 'draining',
        );
        const told =
          readings.rowRemapFailure === true ||
          readings.sramThresholdExceeded === true ||
          readings.resetRequired === true ||
          readings.drainAndResetRecommended === true ||
          (readings.wish !== null && readings.wish !== 'none');
        expect({ name, grave: grave.length > 0 }).toEqual({ name, grave: told });
      }
    }
    expect(cards).toBeGreaterThan(20);
  });
});

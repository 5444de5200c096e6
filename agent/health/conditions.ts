import { unreachable } from '../../shared/domain/assert.ts';
import type { HealthState, VerdictAction } from '../../shared/domain/card-health.ts';
import type { RecoveryWish } from '../store/health-records.ts';
import { readingsFreshMs } from './policy.ts';
import type { CardReadings } from './readings.ts';

/** Something that holds as long as it is read, and what it alone means. */
export interface Condition {
  readonly key: string;
  readonly state: HealthState;
  readonly action: VerdictAction;
  readonly message: string;
}

/** What one look of the round says about a card. */
export interface CardLook {
  /** The tool's own words when the card cannot be used. */
  readonly error: string | null;
  readonly migEnabled: boolean | null;
  readonly migPending: boolean | null;
  readonly eccUncorrectedVolatile: number | null;
}

/** Pure: what is wrong by the row of the fast loop. */
export function lookConditions(look: CardLook): readonly Condition[] {
  const found: Condition[] = [];
  if (look.error !== null) {
    found.push({
      key: 'error',
      state: 'failed',
      action: errorAction(look.error),
      message: look.error,
    });
  }
  if (look.migPending !== null && look.migPending !== look.migEnabled) {
    const wanted = look.migPending ? 'on' : 'off';
    const message = `MIG mode goes ${wanted} at the next reset or reboot`;
    found.push({ key: 'mig-pending', state: 'degraded', action: 'watch', message });
  }
  const errors = look.eccUncorrectedVolatile ?? 0;
  if (errors > 0) {
    const message = `${errors} uncorrected memory errors since the last reset`;
    found.push({ key: 'ecc', state: 'degraded', action: 'watch', message });
  }
  return found;
}

/** Words for a card that does not come back by itself: there is no need to look again first. */
export function isLasting(error: string): boolean {
  return /GPU is lost|requires (?:a )?reset/i.test(error);
}

/** A lost card is off the bus, and no reset reaches it; the others say themselves that they want one. */
export function errorAction(words: string): VerdictAction {
  if (/hangs in the kernel/i.test(words)) return 'reboot-node';
  if (/lost/i.test(words)) return 'drain-power-cycle';
  return /reset/i.test(words) ? 'drain-reset' : 'watch';
}

/** Pure: what is wrong by the slow look. What passes by itself counts only while it is fresh. */
export function readingConditions(
  readings: CardReadings | null,
  nowMs: number,
): readonly Condition[] {
  if (readings === null) return [];
  const lasting = [...memoryConditions(readings), ...wishConditions(readings)];
  return nowMs - readings.atMs > readingsFreshMs
    ? lasting
    : [...lasting, ...heatConditions(readings)];
}

function memoryConditions(readings: CardReadings): readonly Condition[] {
  const found: Condition[] = [];
  if (readings.rowRemapFailure === true) {
    const message = 'a broken memory row could not be remapped: the card is to be replaced';
    found.push({ key: 'row-remap-failure', state: 'failed', action: 'rma', message });
  }
  if (readings.sramThresholdExceeded === true) {
    const message = 'uncorrectable SRAM errors are above the threshold: the card is to be replaced';
    found.push({ key: 'sram-threshold', state: 'failed', action: 'rma', message });
  }
  if (readings.rowRemapPending === true) {
    const message = 'a memory row is remapped at the next reset; until then the card may be used';
    found.push({ key: 'row-remap-pending', state: 'degraded', action: 'reset-when-idle', message });
  }
  if (readings.pageRetirementPending === true) {
    const message = 'a memory page is retired at the next reset; until then the card may be used';
    found.push({ key: 'page-pending', state: 'degraded', action: 'reset-when-idle', message });
  }
  return found;
}

function wishConditions(readings: CardReadings): readonly Condition[] {
  const wish = wishCondition('recovery-action', readings.wish);
  if (readings.wish !== null) return wish === null ? [] : [wish];
  // Drivers 535 to 575 say it in two other words.
  if (readings.resetRequired === true) {
    const message = 'the driver says that the card requires a reset';
    return [{ key: 'reset-required', state: 'draining', action: 'drain-reset', message }];
  }
  if (readings.drainAndResetRecommended === true) {
    const message = 'the driver recommends to drain and reset the card';
    return [{ key: 'drain-recommended', state: 'draining', action: 'drain-reset', message }];
  }
  return [];
}

/** What the driver's own verdict means; null: it asks for nothing. */
export function wishCondition(key: string, wish: RecoveryWish | null): Condition | null {
  switch (wish) {
    case null:
    case 'none':
      return null;
    case 'reset':
      return asked(key, 'draining', 'drain-reset', 'asks for a reset of the card');
    case 'drain-reset':
      return asked(key, 'draining', 'drain-reset', 'asks to drain and reset the card');
    case 'reboot':
      return asked(key, 'failed', 'reboot-node', 'asks for a reboot of the host');
    case 'drain-p2p':
      return asked(key, 'degraded', 'watch', 'asks to end traffic between cards');
    case 'recover-imex':
      return asked(key, 'degraded', 'watch', 'asks to recover the IMEX domain');
    default:
      return unreachable(wish);
  }
}

function asked(key: string, state: HealthState, action: VerdictAction, words: string): Condition {
  return { key, state, action, message: `the driver ${words}` };
}

const heatReasons = ['hw_thermal_slowdown', 'sw_thermal_slowdown'];

function heatConditions(readings: CardReadings): readonly Condition[] {
  const found: Condition[] = [];
  const reasons = readings.clockReasons ?? [];
  const hot = heatReasons.filter((each) => reasons.includes(each));
  const watched = { state: 'degraded', action: 'watch' } as const;
  if (hot.length > 0) {
    found.push({ key: 'thermal', ...watched, message: `slowed down by heat (${hot.join(', ')})` });
  }
  if (reasons.includes('hw_power_brake_slowdown')) {
    const message = 'slowed down by the power brake: look at the power supply';
    found.push({ key: 'power-brake', ...watched, message });
  }
  const { temperatureCelsius: now, temperatureSlowdownCelsius: limit } = readings;
  const { temperatureMarginCelsius: margin, temperatureMarginSlowdownCelsius: least } = readings;
  if (now !== null && limit !== null && now >= limit) {
    const message = `${now} °C, and slows down from ${limit} °C`;
    found.push({ key: 'temperature', ...watched, message });
  } else if (margin !== null && least !== null && margin <= least) {
    const message = `${margin} °C from its limit, and slows down at ${least} °C`;
    found.push({ key: 'temperature', ...watched, message });
  }
  return found;
}

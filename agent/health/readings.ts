import { parseGpuUuid, type GpuUuid } from '../../shared/domain/ids.ts';
import type { GpuRecord, GpuReport } from '../formats/report/report.ts';
import { recoveryWishes, type RecoveryWish } from '../store/health-records.ts';

/**
 * What the slow look at a card (`nvidia-smi -q -x`) tells of its health. null: this card or driver has no such thing,
 * which is different from no.
 */
export interface CardReadings {
  /** Wall clock of the look. */
  readonly atMs: number;
  readonly wish: RecoveryWish | null;
  readonly resetRequired: boolean | null;
  readonly drainAndResetRecommended: boolean | null;
  readonly rowRemapPending: boolean | null;
  readonly rowRemapFailure: boolean | null;
  readonly pageRetirementPending: boolean | null;
  readonly sramThresholdExceeded: boolean | null;
  /** Why the clocks are held down, in the words of `--query-gpu` without their prefix. */
  readonly clockReasons: readonly string[] | null;
  readonly temperatureCelsius: number | null;
  readonly temperatureSlowdownCelsius: number | null;
  /** How far the card is from being slowed down, and the distance at which it is. */
  readonly temperatureMarginCelsius: number | null;
  readonly temperatureMarginSlowdownCelsius: number | null;
}

/** Pure: one card of a report, as health needs it. */
function readingsOf(card: GpuRecord, atMs: number): CardReadings {
  return {
    atMs,
    wish: wishOf(card.recoveryAction),
    resetRequired: yesOrNo(card.resetRequired),
    drainAndResetRecommended: yesOrNo(card.drainAndResetRecommended),
    rowRemapPending: yesOrNo(card.remappedRowsPending),
    rowRemapFailure: yesOrNo(card.remappedRowsFailure),
    pageRetirementPending: yesOrNo(card.pendingRetirement),
    sramThresholdExceeded: yesOrNo(card.sramThresholdExceeded),
    clockReasons: card.clocksEventReasons,
    temperatureCelsius: card.temperatureGpuC,
    temperatureSlowdownCelsius: card.temperatureSlowdownC,
    temperatureMarginCelsius: card.temperatureTlimitC,
    temperatureMarginSlowdownCelsius: card.temperatureSlowdownTlimitC,
  };
}

/** The number is the same in every tool and driver. */
export function wishOfCode(code: number): RecoveryWish | null {
  return recoveryWishes[code] ?? null;
}

/** The words are not: `GPU Reset`, `Reset`, `GPU Reset Required`, `Node Reboot`, `Drain and Reset`. */
export function wishOf(words: string | null): RecoveryWish | null {
  const said = (words ?? '').toLowerCase();
  if (said.includes('imex')) return 'recover-imex';
  if (said.includes('p2p')) return 'drain-p2p';
  if (said.includes('drain')) return 'drain-reset';
  if (said.includes('reboot')) return 'reboot';
  if (said.includes('reset')) return 'reset';
  return said === 'none' ? 'none' : null;
}

function yesOrNo(words: string | null): boolean | null {
  if (words === null) return null;
  const said = words.toLowerCase();
  if (said === 'yes' || said === 'true') return true;
  return said === 'no' || said === 'false' ? false : null;
}

/** Pure: the newest report, card by card; nothing before there is one. */
export function readingsByCard(
  latest: { readonly details: GpuReport; readonly ageMs: number } | null,
  nowMs: number,
): ReadonlyMap<GpuUuid, CardReadings> {
  const found = new Map<GpuUuid, CardReadings>();
  for (const card of latest?.details.gpus ?? []) {
    const uuid = parseGpuUuid(card.uuid ?? '');
    if (uuid.ok) found.set(uuid.value, readingsOf(card, nowMs - (latest?.ageMs ?? 0)));
  }
  return found;
}

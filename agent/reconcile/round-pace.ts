import { backoffMs, jittered } from '../../shared/platform/backoff.ts';
import type { RoundOutcome } from './core-deps.ts';

/** Between rounds when everything is as wanted. */
const convergedPeriodMs = 10_000;
/** Between rounds when something is not. */
const openPeriodMs = 2_000;
/** After so many rounds without progress the rounds grow rarer. */
const idleRoundsMax = 15;
/** The rarest that rounds become. */
const idlePeriodMaxMs = 30_000;

/** Pure: how long to wait for the next round. `due`: in how many ms something may be tried again; what is past is left out. */
export function roundPeriodMs(
  outcome: RoundOutcome,
  { idleRounds, due }: { readonly idleRounds: number; readonly due: readonly number[] },
  random: () => number,
): number {
  if (outcome === 'converged') return jittered(convergedPeriodMs, random);
  const limits = { firstMs: openPeriodMs, maxMs: idlePeriodMaxMs };
  const period = jittered(backoffMs(Math.max(0, idleRounds - idleRoundsMax), limits), random);
  return Math.max(1, Math.min(period, ...due.filter((ms) => ms > 0)));
}

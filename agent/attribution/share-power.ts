import type { CardReading } from './readings.ts';
import type { SmShares } from './share-sm.ts';
import type { Figure, PowerParts } from './shares.ts';
import type { User, UserKey } from './users.ts';

interface PowerShares {
  readonly used: ReadonlyMap<UserKey, Figure>;
  readonly parts: PowerParts | null;
}

/**
 * What the card draws above idle follows the use of its SMs; no card measures it by user. Where one user's SM use is not
 * known, nobody's power is: a share of an unknown whole would be invented.
 */
export function sharePower(card: CardReading, users: readonly User[], sm: SmShares): PowerShares {
  const totalWatts = card.powerWatts;
  if (totalWatts === null || totalWatts < 0) return { used: new Map(), parts: null };
  const idleWatts = Math.min(Math.max(0, card.powerIdleWatts ?? 0), totalWatts);
  const activeWatts = totalWatts - idleWatts;
  const known = card.powerIdleWatts !== null && sm.parts !== null;
  if (!known || users.some(({ key }) => !sm.used.has(key))) {
    return {
      used: new Map(),
      parts: { totalWatts, idleWatts, unattributedWatts: activeWatts },
    };
  }
  const others = sm.parts?.unattributedRatio ?? 0;
  const weight = [...sm.used.values()].reduce((sum, { value }) => sum + value, others);
  const wattsOf = (ratio: number): number => (weight > 0 ? activeWatts * (ratio / weight) : 0);
  const used = new Map<UserKey, Figure>(
    [...sm.used].map(([key, { value }]) => [key, { value: wattsOf(value), basis: 'shared' }]),
  );
  const unattributedWatts = weight > 0 ? wattsOf(others) : activeWatts;
  return { used, parts: { totalWatts, idleWatts, unattributedWatts } };
}

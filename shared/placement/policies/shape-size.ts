import { isCardNamed } from '../../domain/card.ts';
import { divCeil, divFloor, shareReserveMib } from '../cost.ts';
import type { Need } from '../need.ts';
import type { CardShape } from './demand.ts';
import type { FleetCards } from './policy.ts';

/**
 * Thousandths of a card that a need takes of each of its cards, on average over the cards of the fleet that it may
 * have and that are large enough. 1000 where there is none: it would need at least all of one.
 */
function sizeMilliOf(need: Need, fleet: readonly FleetCards[]): number {
  let cards = 0;
  let sum = 0;
  for (const each of fleet) {
    if (!mayHave(need, each.productName)) continue;
    const size = sizeOn(need, each.memoryTotalMib);
    if (size > 1_000) continue;
    cards += each.count;
    sum += each.count * size;
  }
  return cards === 0 ? 1_000 : Math.max(1, divFloor(sum, cards));
}

/** Milli-GPU that one copy of a shape takes, on average over the fleet. */
export function copyMilli({ need }: CardShape, fleet: readonly FleetCards[]): number {
  return need.count * sizeMilliOf(need, fleet);
}

/** Whether a need accepts cards of that product. */
export function mayHave(need: Need, productName: string): boolean {
  return need.models.length === 0 || need.models.some((each) => isCardNamed(productName, each));
}

function sizeOn(need: Need, memoryTotalMib: number): number {
  const { isolation, memoryMib, computePercent } = need;
  if (isolation === 'whole') return memoryMib <= memoryTotalMib ? 1_000 : Infinity;
  const capacityMib = isolation === 'mig' ? memoryTotalMib : memoryTotalMib - shareReserveMib;
  return Math.max(divCeil(1_000 * memoryMib, Math.max(1, capacityMib)), 10 * computePercent);
}

import { cardByProductName, geometryOf } from '../../domain/card.ts';
import type { GpuNeed } from '../../domain/model.ts';
import { divFloor, shareReserveMib } from '../cost.ts';
import type { Demand } from '../engine.ts';
import { isVariant } from '../mig-offer.ts';
import type { FleetCards } from './policy.ts';

/** Parts of a card that a cluster about which nothing is known may be asked for: an eighth, a quarter, half. */
const partsOfCard = [8, 4, 2] as const;
const cardCounts = [1, 2, 4, 8] as const;

/**
 * What is expected where nothing is known: every way to cut each product of the fleet is as likely, by share, by MIG
 * profile, and whole cards one or several at a time. No CPU is asked for.
 */
export function priorDemand(fleet: readonly FleetCards[]): Demand {
  const needs = fleet.flatMap((cards) => [
    ...partsOfCard.map((part): GpuNeed =>
      needFor(divFloor(Math.max(part, cards.memoryTotalMib - shareReserveMib), part), 'any'),
    ),
    ...profileNeeds(cards.productName),
    ...cardCounts.map((count): GpuNeed => ({ ...needFor(cards.memoryTotalMib, 'whole'), count })),
  ]);
  return {
    shapes: needs.map((gpu) => ({ gpu, cpuMillis: 0, memoryMib: 0, weight: 1 })),
  };
}

/** Every plain profile by its memory and its part of the SMs, so that profiles which differ in one of them are told apart. */
function profileNeeds(productName: string): readonly GpuNeed[] {
  const card = cardByProductName(productName);
  const profiles = (card === undefined ? null : geometryOf(card))?.profiles ?? [];
  return profiles
    .filter((profile) => !isVariant(profile))
    .map(({ memoryMib, smCount }) => ({
      ...needFor(memoryMib, 'mig'),
      computePercent: divFloor(100 * smCount, card?.smCount ?? smCount),
    }));
}

function needFor(memoryMib: number, isolation: GpuNeed['isolation']): GpuNeed {
  return { memoryMib, computePercent: 0, isolation, count: 1, processes: 1, models: [] };
}

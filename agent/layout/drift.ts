import { isSamePlacement, type CardShape } from '../../shared/domain/mig-layout.ts';
import { renderInstance, type CardNow } from './card-now.ts';

/**
 * Pure: how a card differs from the layout that was asked for, for people; empty: it does not, or it cannot be told.
 * What our own slices needed besides is no difference.
 */
export function driftOf(now: CardNow, recorded: CardShape): string {
  if (now.error !== null || now.migEnabled === null) return '';
  const missing = recorded.instances.filter(
    (each) => !now.instances.some((found) => isSamePlacement(found, each)),
  );
  const strange = now.instances.filter(
    (each) =>
      each.slice === null && !recorded.instances.some((wanted) => isSamePlacement(wanted, each)),
  );
  const parts = [
    ...(now.migEnabled === recorded.migEnabled ? [] : [`MIG is ${now.migEnabled ? 'on' : 'off'}`]),
    ...missing.map((each) => `${renderInstance(each)} is missing`),
    ...strange.map((each) => `${renderInstance(each)} is there besides`),
  ];
  return parts.join(', ');
}

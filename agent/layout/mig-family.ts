import { cardByProductName } from '../../shared/domain/card.ts';

/**
 * How a card takes a change of its MIG mode. Ampere resets itself for it, and keeps the mode over a reboot;
 * Hopper and later do neither (NVIDIA MIG User Guide, "Getting Started").
 */
export interface MigFamily {
  readonly name: 'Ampere' | 'Hopper or later' | 'unknown';
  /** A mode change resets the card: nothing at all may use it. */
  readonly modeNeedsReset: boolean;
  readonly modeSurvivesReboot: boolean;
}

const ampere: MigFamily = { name: 'Ampere', modeNeedsReset: true, modeSurvivesReboot: true };
const later: MigFamily = {
  name: 'Hopper or later',
  modeNeedsReset: false,
  modeSurvivesReboot: false,
};
/** Prepared for the worse of both. */
const unknown: MigFamily = { name: 'unknown', modeNeedsReset: true, modeSurvivesReboot: false };

/** By the product's name, of cards that we do not list, too. */
export function migFamilyOf(productName: string): MigFamily {
  const architecture = cardByProductName(productName)?.architecture;
  if (architecture === 'Ampere') return ampere;
  if (architecture === 'Hopper' || architecture === 'Blackwell') return later;
  if (/\bA(30|100|800)\b/.test(productName)) return ampere;
  return /\b(H\d{2,3}|GH200|B\d{3}|GB\d{3}|Blackwell)\b/.test(productName) ? later : unknown;
}

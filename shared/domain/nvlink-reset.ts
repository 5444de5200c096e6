import { cardByProductName } from './card.ts';

/**
 * What a reset means for the cards that NVLink joins with this one, for people; null: nothing. From Hopper on a card
 * is reset alone; an Ampere card behind NVSwitch too while the fabric manager runs; older ones only together with
 * all their peers (`nvidia-smi -h`, `--gpu-reset`). `peers`: by index; null: not known.
 */
export function nvlinkResetNote(
  productName: string,
  peers: readonly number[] | null,
): string | null {
  const architecture = cardByProductName(productName)?.architecture;
  if (architecture === 'Hopper' || architecture === 'Blackwell' || peers?.length === 0) return null;
  const joined =
    peers === null
      ? 'where NVLink joins this card with others'
      : `NVLink joins this card with GPU ${peers.join(', ')}`;
  const alone = architecture === 'Ampere' ? ', unless the fabric manager runs' : '';
  return `${joined}: they are reset together or not at all${alone}; nothing may run on any of them`;
}

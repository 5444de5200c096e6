import { leastOffers, slicePriceMilli, takenMilli } from './option-sums.ts';
import type { PolicyMaker } from './policy.ts';

/**
 * The node, and on it the card, with most left afterwards: spreads load and breaks up whatever is whole. A milli-GPU
 * counts as much as 100 milli-CPU, as in the simulator of FGD's authors (WorstFit).
 */
export const worstfit: PolicyMaker = () => ({
  rate(node, option, ask) {
    const cpuLeft = node.cpuFreeMillis - ask.cpuMillis;
    const cardsLeft = node.freeMilli - takenMilli(option) - slicePriceMilli(option);
    return -cpuLeft - 100 * cardsLeft;
  },
  prefer(_, option) {
    let left = 0;
    for (const { offer } of option.parts) left += offer.after.freeMilli;
    return (takenMilli(option) + slicePriceMilli(option)) * 1_024 - Math.min(1_023, left);
  },
  shortlist: leastOffers,
  ties: 'first',
});

import { bestFitCard, leastOffers, slicePricePoints, takenMilli } from './option-sums.ts';
import type { PolicyMaker } from './policy.ts';

/**
 * Best fit over CPU and cards: `trunc(100 · (1 − (C′/128000 + R′/8000) / 2))` with the milli-CPU and milli-GPU that
 * are left afterwards; the higher wins (Weng et al., USENIX ATC'23, BestFit). The paper then stretches scores to
 * 0..100 over the nodes that fit; that map is monotone and only the highest reaches 100, so it chooses none other.
 */
export const bestfit: PolicyMaker = () => ({
  rate(node, option, ask) {
    const cpuLeft = node.cpuFreeMillis - ask.cpuMillis;
    const cardsLeft = node.freeMilli - takenMilli(option);
    return slicePricePoints(option) - Math.trunc((256_000 - cpuLeft - 16 * cardsLeft) / 2_560);
  },
  prefer: (_, option) => bestFitCard(option),
  shortlist: leastOffers,
  ties: 'first',
});

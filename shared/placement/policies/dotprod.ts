import { bestFitCard, leastOffers, slicePricePoints, takenMilli } from './option-sums.ts';
import type { PolicyMaker } from './policy.ts';

/**
 * Tetris's dot product of what is free and what is asked, as FGD's authors compare with it:
 * `trunc(100 · (1 − (C/128000 · c/128000 + R/8000 · r/8000) / 2))`; the higher wins (USENIX ATC'23, DotProd).
 */
export const dotprod: PolicyMaker = () => ({
  rate(node, option, ask) {
    const product = node.cpuFreeMillis * ask.cpuMillis + 256 * node.freeMilli * takenMilli(option);
    return slicePricePoints(option) - Math.trunc((32_768_000_000 - product) / 327_680_000);
  },
  prefer: (_, option) => bestFitCard(option),
  shortlist: leastOffers,
  ties: 'first',
});

import { leastOffers, slicePriceMilli, takenMilli } from './option-sums.ts';
import type { PolicyMaker } from './policy.ts';

/**
 * Any node that fits, as likely as any other, and on it any card: drawn by the seed and the claim's id, so the same
 * inputs still give the same place. Of the slices of one card, the least.
 */
export const random: PolicyMaker = () => ({
  rate: () => 0,
  prefer: (_, option) => takenMilli(option) + slicePriceMilli(option),
  shortlist: leastOffers,
  ties: 'drawn',
});

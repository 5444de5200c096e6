import { leastOffers, slicePriceMilli, takenMilli } from './option-sums.ts';
import type { PolicyMaker } from './policy.ts';

/** The first node by name that has room; a place with a price only where there is none without. */
export const firstfit: PolicyMaker = () => ({
  rate: (_, option) => slicePriceMilli(option),
  prefer: (_, option) => takenMilli(option) + slicePriceMilli(option),
  shortlist: leastOffers,
  ties: 'first',
});

import { bestFitCard, leastOffers, slicePricePoints } from './option-sums.ts';
import type { NodeSight, PolicyMaker, RequestSight } from './policy.ts';
import { workBit } from './policy.ts';

const cpuAlone = workBit([]);

/**
 * Like to like: shares with shares, replicas of k cards with those of k (USENIX ATC'23, GpuClustering). The higher
 * wins: 75 for a node that has nothing else, 50 where it has others too, 25 for an empty one, and up to 25 for how
 * full its cards are. CPU alone scores 0 everywhere.
 */
export const clustering: PolicyMaker = () => ({
  rate: (node, option, ask) => slicePricePoints(option) - score(node, ask),
  prefer: (_, option) => bestFitCard(option),
  shortlist: leastOffers,
  ties: 'first',
});

function score(node: NodeSight, ask: RequestSight): number {
  if (ask.need === null) return 0;
  return Math.trunc((25 * (8_000 - node.freeMilli)) / 8_000) + companyScore(node, ask);
}

function companyScore(node: NodeSight, ask: RequestSight): number {
  const company = node.work & ~cpuAlone;
  if (company === ask.work) return 75;
  if ((company & ask.work) !== 0) return 50;
  return company === 0 ? 25 : 0;
}

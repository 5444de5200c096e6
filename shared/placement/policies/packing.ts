import { bestFitCard, leastOffers, slicePricePoints } from './option-sums.ts';
import type { NodeSight, Option, PolicyMaker } from './policy.ts';

/**
 * Cards in use before idle ones, nodes in use before idle ones (USENIX ATC'23, GpuPacking): whole scores, and the
 * higher wins. CPU alone scores 0 everywhere.
 */
export const packing: PolicyMaker = () => ({
  rate: (node, option) => slicePricePoints(option) - score(node, option),
  prefer: (_, option) => bestFitCard(option),
  shortlist: leastOffers,
  ties: 'first',
});

function score(node: NodeSight, option: Option): number {
  if (option.parts.length === 0) return 0;
  if (node.idleCount === node.cardCount) return Math.max(33 - node.idleCount, node.idleCount);
  let idle = 0;
  let freePercent = 0;
  for (const { card } of option.parts) {
    if (card.idle) idle += 1;
    else freePercent += Math.floor(card.freeMilli / 10);
  }
  if (idle > 0) return Math.max(50 - idle, 33);
  return Math.max(100 - Math.floor(freePercent / 10), 50);
}

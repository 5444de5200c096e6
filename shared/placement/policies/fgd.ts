import { fgdScore, scoreScale, type ScoreScale } from './fgd-score.ts';
import { asksForCards, typicalShapes } from './demand.ts';
import { atCards, atUnfit, NodeRoom, perShape } from './node-room.ts';
import { leastOffers, slicePriceMilli, takenMilli } from './option-sums.ts';
import { columnsOf, type ShapeColumns } from './usable.ts';
import type { NodeSight, Option, Outlook, Policy, PolicyMaker, RequestSight } from './policy.ts';

/** One point of FGD's score near zero, in milli-GPU. */
const milliPerPoint = 40;

/**
 * Fragmentation gradient descent (Weng et al., USENIX ATC'23): the place that makes the node's fragments shrink most.
 * The fragments of a node are the free milli-GPU that the typical shapes could not use, weighted by how typical each
 * is; the score is truncated, so near-equal nodes tie and their order decides.
 */
export const fgd: PolicyMaker = (outlook) => new FragmentationGradient(outlook);

class FragmentationGradient implements Policy {
  readonly ties = 'first';
  readonly shortlist = leastOffers;
  private readonly room: NodeRoom;
  private readonly columns: ShapeColumns;
  private readonly weights: Int32Array;
  private readonly weightTotal: number;
  private readonly scale: ScoreScale;

  constructor(outlook: Outlook) {
    const shapes = typicalShapes(outlook.demand);
    const asking = shapes.filter(asksForCards);
    this.room = new NodeRoom(asking);
    this.columns = columnsOf(asking);
    this.weights = Int32Array.from(asking, ({ weight }) => weight);
    // A shape without cards can use no free card, so every free milli-GPU is a fragment to it.
    this.weightTotal = shapes.reduce((sum, { weight }) => sum + weight, 0);
    this.scale = scoreScale(this.weightTotal);
  }

  readonly rate = (node: NodeSight, option: Option, ask: RequestSight): number => {
    const before = this.fragments(node.freeMilli, node.cpuFreeMillis, this.room.before(node));
    const after = this.fragments(
      node.freeMilli - takenMilli(option),
      node.cpuFreeMillis - ask.cpuMillis,
      this.room.after(node, option),
    );
    const points = Math.floor(slicePriceMilli(option) / milliPerPoint);
    return points - fgdScore(this.scale, before - after);
  };

  /** The card is chosen by the score as well. */
  readonly prefer = this.rate;

  /** `Σ weight · F(shape)`, in milli-GPU times weight. */
  private fragments(freeMilli: number, cpuFreeMillis: number, sums: Int32Array): number {
    const { columns, weights } = this;
    let useful = 0;
    for (let shape = 0; shape < weights.length; shape += 1) {
      const at = shape * perShape;
      if ((columns.cpuMillis[shape] ?? 0) > cpuFreeMillis) continue;
      if ((sums[at + atCards] ?? 0) < (columns.cards[shape] ?? 1)) continue;
      useful += (weights[shape] ?? 0) * (freeMilli - (sums[at + atUnfit] ?? 0));
    }
    return this.weightTotal * freeMilli - useful;
  }
}

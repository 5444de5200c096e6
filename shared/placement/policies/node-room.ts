import { CardMeasure } from './card-room.ts';
import type { CardShape } from './demand.ts';
import type { CardSight, NodeSight, Option } from './policy.ts';

/**
 * What a node's cards could do for each of a list of shapes, summed over the cards, in one array: for shape `t` at
 * `t * perShape` its cards that serve it, the copies that fit, the milli-GPU these would use, and the free milli-GPU
 * of the cards that do not serve it.
 */
export const perShape = 4;
export const atCards = 0;
export const atCopies = 1;
export const atFill = 2;
export const atUnfit = 3;

/** Adds up room by shape. Sums are remembered in the scratch of cards and nodes. */
export class NodeRoom {
  readonly shapes: readonly CardShape[];
  private readonly measure = new CardMeasure();
  private readonly sums: Int32Array;

  constructor(shapes: readonly CardShape[]) {
    this.shapes = shapes;
    this.sums = new Int32Array(shapes.length * perShape);
  }

  /** The sums of a node as it is. The caller may not change them. */
  before(node: NodeSight): Int32Array {
    const { scratch } = node;
    if (scratch.by === this && scratch.numbers instanceof Int32Array) return scratch.numbers;
    const sums = new Int32Array(this.sums.length);
    for (const { card, count } of node.groups) {
      const one = this.ofCard(card);
      for (let at = 0; at < sums.length; at += 1)
        sums[at] = (sums[at] ?? 0) + (one[at] ?? 0) * count;
    }
    scratch.by = this;
    scratch.numbers = sums;
    return sums;
  }

  /** The sums once an option is taken. Valid until the next call. */
  after(node: NodeSight, option: Option): Int32Array {
    const { sums } = this;
    sums.set(this.before(node));
    for (const { card, offer } of option.parts) {
      const less = this.ofCard(card);
      const more = this.ofCard(offer.after);
      for (let at = 0; at < sums.length; at += 1) {
        sums[at] = (sums[at] ?? 0) - (less[at] ?? 0) + (more[at] ?? 0);
      }
    }
    return sums;
  }

  /** The same of one card. The caller may not change them. */
  ofCard(card: CardSight): Int32Array {
    const { scratch } = card;
    if (scratch.by === this && scratch.numbers instanceof Int32Array) return scratch.numbers;
    const numbers = new Int32Array(this.sums.length);
    for (const [shape, { need }] of this.shapes.entries()) {
      const { copies, fillMilli } = this.measure.roomFor(card.view, need);
      const at = shape * perShape;
      numbers[at + atCards] = copies > 0 ? 1 : 0;
      numbers[at + atCopies] = copies;
      numbers[at + atFill] = Math.min(fillMilli, card.freeMilli);
      numbers[at + atUnfit] = copies > 0 ? 0 : card.freeMilli;
    }
    scratch.by = this;
    scratch.numbers = numbers;
    return numbers;
  }
}

import type { NodeRecord } from '../node-record.ts';
import { compareText } from '../node-record.ts';
import type { FleetCards } from '../policies/policy.ts';

/** Counts the cards of a cluster by product and size. */
export class Fleet {
  private readonly products: Map<string, FleetCards>;
  private summed: readonly FleetCards[] | null;

  constructor(from?: Fleet) {
    this.products = new Map(from?.products);
    this.summed = from?.summed ?? null;
  }

  /** In order of name and then size; the same array while nothing changed. */
  get cards(): readonly FleetCards[] {
    this.summed ??= [...this.products.values()].sort(
      (a, b) => compareText(a.productName, b.productName) || a.memoryTotalMib - b.memoryTotalMib,
    );
    return this.summed;
  }

  get cardCount(): number {
    return this.cards.reduce((sum, { count }) => sum + count, 0);
  }

  add(record: NodeRecord): void {
    this.count(record, 1);
  }

  remove(record: NodeRecord): void {
    this.count(record, -1);
  }

  /** Most reports of a node change nothing here. */
  replace(before: NodeRecord, after: NodeRecord): void {
    const same =
      before.cards.length === after.cards.length &&
      before.cards.every((card, at) => keyOf(card) === keyOf(after.cards[at] ?? card));
    if (same) return;
    this.remove(before);
    this.add(after);
  }

  private count({ cards }: NodeRecord, by: number): void {
    for (const card of cards) {
      const key = keyOf(card);
      const { productName, memoryTotalMib } = card.gpu;
      const count = (this.products.get(key)?.count ?? 0) + by;
      if (count > 0) this.products.set(key, { productName, memoryTotalMib, count });
      else this.products.delete(key);
    }
    if (cards.length > 0) this.summed = null;
  }
}

function keyOf({ gpu }: NodeRecord['cards'][number]): string {
  return `${gpu.memoryTotalMib}|${gpu.productName}`;
}

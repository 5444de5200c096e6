import type { NodeRecord } from '../node-record.ts';

/** Images whose holders are remembered before all are forgotten. */
const imagesMax = 256;

/**
 * Which nodes hold an image, worked out when it is first asked for.
 * Invariants: a cache of what the records say: `update` when one changes, `forget` when slots are given anew.
 */
export class ImageHolders {
  private readonly byImage = new Map<string, Set<number>>();

  /** Slots, in no particular order. */
  of(image: string, records: readonly NodeRecord[]): ReadonlySet<number> {
    const known = this.byImage.get(image);
    if (known !== undefined) return known;
    const holders = new Set<number>();
    for (const [slot, record] of records.entries()) {
      if (holdsImage(record, image)) holders.add(slot);
    }
    if (this.byImage.size >= imagesMax) this.byImage.clear();
    this.byImage.set(image, holders);
    return holders;
  }

  update(slot: number, record: NodeRecord): void {
    for (const [image, holders] of this.byImage) {
      if (holdsImage(record, image)) holders.add(slot);
      else holders.delete(slot);
    }
  }

  forget(): void {
    this.byImage.clear();
  }
}

/** Whether a node said that it holds an image; its list is sorted. */
export function holdsImage({ node }: NodeRecord, image: string): boolean {
  const { images } = node.inventory;
  let low = 0;
  let high = images.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((images[middle] ?? '') < image) low = middle + 1;
    else high = middle;
  }
  return images[low] === image;
}

/** Means of values by bin. */
export class BinnedMeans {
  private readonly bins = new Map<number, { sum: number; count: number }>();

  add(bin: number, value: number): void {
    const known = this.bins.get(bin);
    if (known === undefined) this.bins.set(bin, { sum: value, count: 1 });
    else {
      known.sum += value;
      known.count += 1;
    }
  }

  /** null: nothing fell into that bin. */
  mean(bin: number): number | null {
    const known = this.bins.get(bin);
    return known === undefined ? null : known.sum / known.count;
  }

  /** In order of bin. */
  all(): readonly (readonly [bin: number, mean: number])[] {
    return [...this.bins]
      .map(([bin, { sum, count }]) => [bin, sum / count] as const)
      .sort(([a], [b]) => a - b);
  }
}

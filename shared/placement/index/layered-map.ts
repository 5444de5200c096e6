/** A layer below the top is shared with forks and never changed again; null: the key is gone. */
type Layer<K, V> = ReadonlyMap<K, V | null>;

/**
 * A map that is cheap to fork: a fork shares what is there and writes to a layer of its own.
 * Invariants: only `top` is written to; small layers are merged, so that there are few of them.
 */
export class LayeredMap<K, V> {
  private below: readonly Layer<K, V>[] = [];
  private top = new Map<K, V | null>();

  get(key: K): V | undefined {
    const own = this.top.get(key);
    if (own !== undefined) return own ?? undefined;
    for (let at = this.below.length - 1; at >= 0; at -= 1) {
      const found = this.below[at]?.get(key);
      if (found !== undefined) return found ?? undefined;
    }
    return undefined;
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  set(key: K, value: V): void {
    this.top.set(key, value);
  }

  delete(key: K): void {
    if (this.below.length === 0) this.top.delete(key);
    else this.top.set(key, null);
  }

  /** An independent copy. */
  fork(): LayeredMap<K, V> {
    this.freeze();
    const copy = new LayeredMap<K, V>();
    copy.below = this.below;
    return copy;
  }

  /** A layer goes below only when it is well smaller than the one under it: the number of layers grows with the log. */
  private freeze(): void {
    if (this.top.size === 0) return;
    const below = [...this.below];
    let layer: Layer<K, V> = this.top;
    for (let under = below.at(-1); under !== undefined && under.size < 2 * layer.size;) {
      below.pop();
      layer = new Map([...under, ...layer]);
      under = below.at(-1);
    }
    this.below = [...below, below.length === 0 ? withoutGone(layer) : layer];
    this.top = new Map();
  }
}

function withoutGone<K, V>(layer: Layer<K, V>): Layer<K, V> {
  for (const value of layer.values()) {
    if (value === null) return new Map([...layer].filter(([, each]) => each !== null));
  }
  return layer;
}

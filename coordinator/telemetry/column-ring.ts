import { noValue } from './packed-value.ts';

/**
 * The newest `depth` ticks of some columns, each tick found by its time.
 * Invariants: a tick's slot is its key modulo the depth, and holds what was written under the key that it names;
 * memory is fixed once made.
 */
export class ColumnRing {
  readonly depth: number;
  readonly width: number;
  /** Packed values, a tick after the other. */
  readonly values: Uint16Array;
  readonly #keys: Uint32Array;

  constructor(depth: number, width: number) {
    this.depth = depth;
    this.width = width;
    this.values = new Uint16Array(depth * width);
    this.#keys = new Uint32Array(depth);
  }

  /** Where the tick's values begin; a tick that is new there begins without values. */
  claim(key: number): number {
    const slot = key % this.depth;
    const offset = slot * this.width;
    if (this.#keys[slot] !== key) {
      this.#keys[slot] = key;
      this.values.fill(noValue, offset, offset + this.width);
    }
    return offset;
  }

  /** Where the tick's values begin; -1: it is not kept. */
  find(key: number): number {
    const slot = key % this.depth;
    return key > 0 && this.#keys[slot] === key ? slot * this.width : -1;
  }

  /** A ring of another depth with what of this fits, up to the tick `newest`. */
  resized(depth: number, newest: number): ColumnRing {
    const other = new ColumnRing(depth, this.width);
    const oldest = Math.max(1, newest - Math.min(depth, this.depth) + 1);
    for (let key = oldest; key <= newest; key += 1) {
      const from = this.find(key);
      if (from < 0) continue;
      other.values.set(this.values.subarray(from, from + this.width), other.claim(key));
    }
    return other;
  }

  /** What a ring of these measures takes. */
  static bytes(depth: number, width: number): number {
    return depth * (width * Uint16Array.BYTES_PER_ELEMENT + Uint32Array.BYTES_PER_ELEMENT);
  }
}

import { assert } from '../../shared/domain/assert.ts';

/**
 * The last `capacity` samples of one card, as columns of numbers; NaN: no value.
 * Invariants: memory is allocated once; the newest sample overwrites the oldest; times never go back.
 */
export class SampleRing {
  readonly #capacity: number;
  readonly #metricCount: number;
  readonly #times: Float64Array;
  readonly #values: Float32Array;
  #written = 0;

  constructor(capacity: number, metricCount: number) {
    assert(capacity > 0 && metricCount > 0, 'a ring holds something');
    this.#capacity = capacity;
    this.#metricCount = metricCount;
    this.#times = new Float64Array(capacity);
    this.#values = new Float32Array(capacity * metricCount);
  }

  get size(): number {
    return Math.min(this.#written, this.#capacity);
  }

  push(atMs: number, values: Float32Array): void {
    assert(values.length === this.#metricCount, 'a sample has one value a metric');
    const slot = this.#written % this.#capacity;
    this.#times[slot] = atMs;
    this.#values.set(values, slot * this.#metricCount);
    this.#written += 1;
  }

  /** One metric since `sinceMs`, oldest first; NaN where it had no value. */
  read(metric: number, sinceMs: number): { readonly atMs: number[]; readonly values: number[] } {
    assert(metric >= 0 && metric < this.#metricCount, 'the metric is one of the ring’s');
    const found: { atMs: number[]; values: number[] } = { atMs: [], values: [] };
    for (let back = this.size; back > 0; back -= 1) {
      const slot = (this.#written - back) % this.#capacity;
      const atMs = this.#times[slot] ?? 0;
      if (atMs < sinceMs) continue;
      found.atMs.push(atMs);
      found.values.push(this.#values[slot * this.#metricCount + metric] ?? Number.NaN);
    }
    return found;
  }
}

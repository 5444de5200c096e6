import { packValue } from './packed-value.ts';

/** Values of one span for each. */
export const tallyParts = { mean: 0, least: 1, greatest: 2 } as const;
export const tallyPartCount = 3;

/**
 * Mean, least and greatest of some columns while a span lasts.
 * Invariant: a column without values has none of them.
 */
export class Tally {
  readonly #sums: Float64Array;
  readonly #leasts: Float32Array;
  readonly #greatests: Float32Array;
  readonly #counts: Uint32Array;
  #empty = true;

  constructor(width: number) {
    this.#sums = new Float64Array(width);
    this.#leasts = new Float32Array(width);
    this.#greatests = new Float32Array(width);
    this.#counts = new Uint32Array(width);
  }

  get isEmpty(): boolean {
    return this.#empty;
  }

  add(column: number, value: number): void {
    const count = this.#counts[column] ?? 0;
    if (count === 0 || value < (this.#leasts[column] ?? 0)) this.#leasts[column] = value;
    if (count === 0 || value > (this.#greatests[column] ?? 0)) this.#greatests[column] = value;
    this.#sums[column] = (this.#sums[column] ?? 0) + value;
    this.#counts[column] = count + 1;
    this.#empty = false;
  }

  /** Adds all that another tally of the same columns has seen. */
  merge(other: Tally): void {
    for (let column = 0; column < this.#counts.length; column += 1) {
      const added = other.#counts[column] ?? 0;
      if (added === 0) continue;
      const count = this.#counts[column] ?? 0;
      const [least, greatest] = [other.#leasts[column] ?? 0, other.#greatests[column] ?? 0];
      if (count === 0 || least < (this.#leasts[column] ?? 0)) this.#leasts[column] = least;
      if (count === 0 || greatest > (this.#greatests[column] ?? 0))
        this.#greatests[column] = greatest;
      this.#sums[column] = (this.#sums[column] ?? 0) + (other.#sums[column] ?? 0);
      this.#counts[column] = count + added;
    }
    this.#empty &&= other.#empty;
  }

  /** Writes three packed values a column; columns without values are left as they are. */
  pack(target: Uint16Array, offset: number): void {
    for (let column = 0; column < this.#counts.length; column += 1) {
      const count = this.#counts[column] ?? 0;
      if (count === 0) continue;
      const at = offset + column * tallyPartCount;
      target[at + tallyParts.mean] = packValue((this.#sums[column] ?? 0) / count);
      target[at + tallyParts.least] = packValue(this.#leasts[column] ?? 0);
      target[at + tallyParts.greatest] = packValue(this.#greatests[column] ?? 0);
    }
  }

  clear(): void {
    this.#sums.fill(0);
    this.#counts.fill(0);
    this.#empty = true;
  }

  static bytes(width: number): number {
    return width * 20;
  }
}

/** Every choice of a simulation comes from here: the same seed, the same world. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e37_79b9) >>> 0;
  }

  /** 0 to 1, as Math.random. mulberry32, public domain, by Tommy Ettinger. */
  readonly next = (): number => {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  /** A generator of its own, so that draws here do not move draws there. */
  fork(): Dice {
    return new Dice(Math.floor(this.next() * 2 ** 32));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** undefined: there is nothing to choose from. */
  pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.next() * from.length)];
  }

  /** One of `from`, as often as its weight says. */
  weighted<T extends { readonly weight: number }>(from: readonly T[]): T | undefined {
    let left = this.next() * from.reduce((sum, each) => sum + each.weight, 0);
    return from.find((each) => (left -= each.weight) < 0);
  }
}

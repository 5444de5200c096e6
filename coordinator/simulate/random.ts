import { assert } from '../../shared/domain/assert.ts';

const wordsPerUnit = 2 ** 32;
const warmUpRounds = 16;

/**
 * Repeatable numbers for experiments: the same seed and stream give the same numbers on any machine. Not for
 * secrets, and never inside placement.
 *
 * The generator is sfc32 (Doty-Humphrey, PractRand): 32-bit integer arithmetic only, 128 bits of state. Streams
 * of one seed are independent, so that drawing more for one purpose does not change what another purpose sees.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number, stream: string) {
    const mixed = seedWords(`${seed}/${stream}`);
    this.a = mixed[0];
    this.b = mixed[1];
    this.c = mixed[2];
    for (let round = 0; round < warmUpRounds; round += 1) this.word();
  }

  /** A whole number from 0 to below `limit`, each as likely. */
  below(limit: number): number {
    assert(Number.isInteger(limit) && limit >= 1 && limit <= wordsPerUnit, 'a limit of 32 bits');
    // The rest of the range would make the low numbers likelier.
    const fair = wordsPerUnit - (wordsPerUnit % limit);
    let word = this.word();
    while (word >= fair) word = this.word();
    return word % limit;
  }

  /** From 0 to below 1, in steps of 2^-53. */
  unit(): number {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** Exponentially distributed, with mean 1. */
  exponential(): number {
    return -Math.log(1 - this.unit());
  }

  /** A new list in random order (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const mixed = [...items];
    for (let last = mixed.length - 1; last > 0; last -= 1) {
      const at = this.below(last + 1);
      const [chosen, other] = [mixed[at], mixed[last]];
      if (chosen === undefined || other === undefined) continue;
      mixed[last] = chosen;
      mixed[at] = other;
    }
    return mixed;
  }

  /** One item, each as likely. `items` is not empty. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    assert(item !== undefined, 'there is something to pick from');
    return item;
  }

  private word(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

/** Three words of a text: FNV-1a with three starts. */
function seedWords(text: string): readonly [number, number, number] {
  const hash = (start: number): number => {
    let mixed = start;
    for (let at = 0; at < text.length; at += 1) {
      mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193);
    }
    return mixed;
  };
  return [hash(0x811c9dc5), hash(0x9e3779b9), hash(0x85ebca6b)];
}

/** How much somebody may do: so many a second on average, and so many at once after a rest. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Counts what callers take against a rate each.
 * Invariants: at most `keysMax` callers are remembered; the one unused for longest is forgotten first, which can only
 * give somebody a full bucket anew.
 */
export class TokenBuckets {
  readonly #keysMax: number;
  /** In order of last use. */
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(keysMax: number) {
    this.#keysMax = keysMax;
  }

  /** Takes `amount` if it is there. Answers 0, or for how many milliseconds to wait until it will be. */
  take(key: string, amount: number, rate: Rate, nowMs: number): number {
    const bucket = this.#bucket(key, rate, nowMs);
    if (bucket.tokens >= amount) {
      bucket.tokens -= amount;
      return 0;
    }
    return waitMs(amount - bucket.tokens, rate);
  }

  /** Takes `amount` also when it is not there yet: answers how long the taker must pause. For what cannot be refused. */
  owe(key: string, amount: number, rate: Rate, nowMs: number): number {
    const bucket = this.#bucket(key, rate, nowMs);
    bucket.tokens -= amount;
    return bucket.tokens >= 0 ? 0 : waitMs(-bucket.tokens, rate);
  }

  #bucket(key: string, rate: Rate, nowMs: number): { tokens: number; atMs: number } {
    const found = this.#buckets.get(key);
    const bucket = found ?? { tokens: rate.burst, atMs: nowMs };
    const elapsedMs = Math.max(0, nowMs - bucket.atMs);
    bucket.tokens = Math.min(rate.burst, bucket.tokens + (elapsedMs * rate.perSecond) / 1_000);
    bucket.atMs = nowMs;
    if (found !== undefined) this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#keysMax) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return bucket;
  }
}

function waitMs(missing: number, rate: Rate): number {
  return Math.ceil((missing * 1_000) / rate.perSecond);
}

/** How much somebody may do: so many a second on average, and so many at once after a rest. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What one caller may still take. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #atMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#atMs = nowMs;
  }

  /** Takes `amount` if it is there. Answers 0, or for how many milliseconds to wait until it will be. */
  take(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    if (this.#tokens < amount) return this.#waitMs(amount - this.#tokens);
    this.#tokens -= amount;
    return 0;
  }

  /** Takes `amount` also when it is not there yet: answers how long the taker must pause. For what cannot be refused. */
  owe(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    this.#tokens -= amount;
    return this.#tokens >= 0 ? 0 : this.#waitMs(-this.#tokens);
  }

  #fill(nowMs: number): void {
    const { perSecond, burst } = this.#rate;
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(burst, this.#tokens + (elapsedMs * perSecond) / 1_000);
    this.#atMs = nowMs;
  }

  #waitMs(missing: number): number {
    return Math.ceil((missing * 1_000) / this.#rate.perSecond);
  }
}

/**
 * A bucket for each caller.
 * Invariants: at most `keysMax` callers are remembered; the one not asked for for longest is forgotten first, which can
 * only give somebody a full bucket anew.
 */
export class TokenBuckets {
  readonly #keysMax: number;
  /** In order of last use. */
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(keysMax: number) {
    this.#keysMax = keysMax;
  }

  /** The same one for as long as the caller is remembered; `rate` counts when it is new. */
  of(key: string, rate: Rate, nowMs: number): TokenBucket {
    const found = this.#buckets.get(key);
    const bucket = found ?? new TokenBucket(rate, nowMs);
    if (found !== undefined) this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#keysMax) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return bucket;
  }
}

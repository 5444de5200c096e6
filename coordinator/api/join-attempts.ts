import { AppError } from '../../shared/platform/errors.ts';
import { TokenBuckets, type Rate } from '../access/token-bucket.ts';

/** Attempts of one address: a rack behind one NAT joins within seconds, a guesser gets nowhere. */
const attempts: Rate = { perSecond: 5, burst: 20 };
/** Wrong secrets of one address: so many at once, and then one each half minute. */
const wrongSecrets: Rate = { perSecond: 1 / 30, burst: 10 };
const addressesMax = 10_000;

/** How often one address may try to join. */
export class JoinAttempts {
  readonly #tries = new TokenBuckets(addressesMax);
  readonly #wrong = new TokenBuckets(addressesMax);

  /** Throws LIMIT_REACHED with how long to wait. */
  check(address: string, nowMs: number): void {
    const lockedMs = this.#wrong.of(address, wrongSecrets, nowMs).take(0, nowMs);
    const triedMs = this.#tries.of(address, attempts, nowMs).take(1, nowMs);
    const waitMs = Math.max(lockedMs, triedMs);
    if (waitMs === 0) return;
    throw new AppError('LIMIT_REACHED', `too many attempts to join from ${address}`, {
      hint: `try again in ${Math.ceil(waitMs / 1_000)} s`,
    });
  }

  /** A secret of it was wrong. */
  wrong(address: string, nowMs: number): void {
    this.#wrong.of(address, wrongSecrets, nowMs).owe(1, nowMs);
  }
}

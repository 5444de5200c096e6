import { systemClock } from '../../../shared/platform/clock.ts';
import { isAppError } from '../../../shared/platform/errors.ts';

export interface Storm {
  readonly acked: ReadonlySet<string>;
  /** Between two acknowledgements, the longest. */
  readonly outageMs: number;
}

export const acknowledgedWanted = 1_000;
const stormMsMax = 180_000;

/**
 * Writes keys of its own from many lanes at once until `acknowledgedWanted` are acknowledged. `strike` is called once, in the
 * midst of them, and awaited at the end.
 */
export async function writeThrough(
  prefix: string,
  deps: {
    /** How many writes are under way at once. */
    readonly lanes: number;
    readonly write: (key: string) => Promise<unknown>;
    readonly strike: () => Promise<void>;
  },
): Promise<Storm> {
  const acked = new Set<string>();
  const endMs = systemClock.monotonicMs() + stormMsMax;
  let [begun, lastMs, outageMs] = [0, systemClock.monotonicMs(), 0];
  const striking: Promise<void>[] = [];
  const lane = async (): Promise<void> => {
    while (acked.size < acknowledgedWanted && systemClock.monotonicMs() < endMs) {
      begun += 1;
      const key = `${prefix}${begun}`;
      try {
        await deps.write(key);
      } catch (error) {
        // Not known, or known not to be done: neither was acknowledged.
        if (isAppError(error)) continue;
        throw error;
      }
      acked.add(key);
      const nowMs = systemClock.monotonicMs();
      outageMs = Math.max(outageMs, nowMs - lastMs);
      lastMs = nowMs;
      if (acked.size > acknowledgedWanted / 2 && striking.length === 0) {
        striking.push(deps.strike());
      }
    }
  };
  await Promise.all(Array.from({ length: deps.lanes }, lane));
  await Promise.all(striking);
  return { acked, outageMs };
}

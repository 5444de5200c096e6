import type { TestContext } from 'vitest';
import { requiredThings } from './tally.ts';

/**
 * Skips the running test with a reason when `thing` is not on this machine; fails it instead where
 * `TANGRAM_REQUIRE_<THING>=1` says that it must be.
 */
export function needs(
  context: Pick<TestContext, 'skip'>,
  thing: string,
  found: { readonly available: boolean; readonly reason: string },
): void {
  if (found.available) return;
  if (requiredThings(process.env).includes(thing.toLowerCase())) {
    throw new Error(`${thing} is required here: ${found.reason}`);
  }
  context.skip(`needs ${thing}: ${found.reason}`);
}

import { describe, test, type TestContext } from 'vitest';
import { requiredThings } from './tally.ts';

/** Whether this machine has something that a test cannot do without; if not, why. */
export interface Found {
  readonly available: boolean;
  readonly reason?: string;
}

/**
 * Skips the running test with a reason when `thing` is not on this machine; fails it instead where
 * `TANGRAM_REQUIRE_<THING>=1` says that it must be.
 */
export function needs(context: Pick<TestContext, 'skip'>, thing: string, found: Found): void {
  if (found.available) return;
  const reason = found.reason ?? 'it is not here';
  if (requiredThings(process.env).includes(thing.toLowerCase())) {
    throw new Error(`${thing} is required here: ${reason}`);
  }
  context.skip(`needs ${thing}: ${reason}`);
}

/** `describe` for a group that cannot even be set up without `thing`: elsewhere one test in its stead says why. */
export function describeWhere(thing: string, found: Found, name: string, body: () => void): void {
  if (found.available) describe(name, body);
  else test(name, (context) => needs(context, thing, found));
}

/** Saved outputs of real tools, which are not part of this project. */
export const realCaptures: Found = {
  available: process.env['TANGRAM_CAPTURES'] !== undefined,
  reason: 'set TANGRAM_CAPTURES to their folder',
};

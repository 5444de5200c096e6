import { assert } from '../../shared/domain/assert.ts';
import type { Result } from '../../shared/domain/result.ts';

/** The value of an id that we put together ourselves. */
export function wellFormed<T>(parsed: Result<T>): T {
  assert(parsed.ok, 'an id that a simulation makes is valid');
  return parsed.value;
}

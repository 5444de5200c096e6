import type { Document } from 'yaml';
import { err, ok, type Result } from '../domain/result.ts';

const aliasesMax = 100;

/**
 * The document as plain values. What only shows then (an alias without an anchor, aliases that multiply) is a problem, too:
 * its text says what.
 */
export function plainOf(document: Document): Result<unknown, string> {
  try {
    return ok(document.toJS({ maxAliasCount: aliasesMax }));
  } catch (error) {
    return err(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
}

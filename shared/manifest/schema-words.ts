import { z } from 'zod';
import { parseDurationMs, parseMemoryMib } from '../domain/units.ts';
import type { Problem, Result } from '../domain/result.ts';

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return `the ${typeof value} ${JSON.stringify(value)}`;
}

/** What to say of a value that is missing or of another kind. */
export function wanted(what: string) {
  return (issue: { readonly input?: unknown }): string =>
    issue.input === undefined
      ? `is missing: give ${what}`
      : `is ${kindOf(issue.input)}: give ${what}`;
}

/** YAML reads an unquoted 1 or true as a number or a boolean; guessing its text back would lose `1.0` and `0x10`. */
export const text = z.string({
  error: wanted('text, in quotes when it looks like a number or a word like true'),
});
/** Names to texts. */
export const texts = z.record(z.string(), text, { error: wanted('a map of names to texts') });

export const textList = z.array(text, { error: wanted('a list of texts') });
export const integer = z
  .number({ error: wanted('a whole number') })
  .refine((value) => Number.isSafeInteger(value), { error: 'is not a whole number' });

function quantity(what: string, parse: (from: string) => Result<number>) {
  return z.string({ error: wanted(what) }).transform((from, context) => {
    const parsed = parse(from);
    if (parsed.ok) return parsed.value;
    context.addIssue(hinted(parsed.problem));
    return z.NEVER;
  });
}

/** A problem as the message of a schema. */
export function hinted({ message, hint }: Problem): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}

/** YAML's true and false, not words for them. */
export const truth = z.boolean({ error: wanted('true or false') });

/** → MiB. */
export const memory = quantity('a size with a unit, such as 9GiB or 512MiB', parseMemoryMib);

/** → milliseconds. */
export const duration = quantity('a duration with a unit, such as 5m', parseDurationMs);

/** → thousandths of a CPU, rounded up. */
export const cpuCores = z
  .number({ error: wanted('a number of cores, such as 2 or 0.5') })
  .refine((cores) => cores >= 0 && cores <= 1_024, { error: 'is out of range: 0 to 1024 cores' })
  .transform((cores) => Math.ceil(cores * 1_000 - 1e-9));

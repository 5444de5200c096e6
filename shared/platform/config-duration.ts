import { z } from 'zod';
import { parseDurationMs } from '../domain/units.ts';

/** A key whose text is a duration from `least` to `most` (`3s`, `24h`); its value is in ms. */
export function durationBetween(least: string, most: string): z.ZodType<number, string> {
  const [leastMs, mostMs] = [least, most].map((text) => {
    const parsed = parseDurationMs(text);
    return parsed.ok ? parsed.value : Number.NaN;
  });
  return z.string().transform((text, context) => {
    const parsed = parseDurationMs(text);
    if (!parsed.ok) {
      context.addIssue(`${parsed.problem.message}; ${parsed.problem.hint ?? ''}`);
      return z.NEVER;
    }
    if (parsed.value >= (leastMs ?? Number.NaN) && parsed.value <= (mostMs ?? Number.NaN))
      return parsed.value;
    context.addIssue(`${text} is out of range; give ${least} to ${most}`);
    return z.NEVER;
  });
}

import { AppError } from '../../../shared/platform/errors.ts';
import type { callUnary } from '../../../shared/wire/unary.ts';

type CallOptions = Parameters<typeof callUnary>[2];

/** The options of one call, which may take `ms` at most; without it as long as a look takes. */
export type MakeOptions = (ms?: number) => CallOptions;

/** 64-bit numbers travel as text; an absent one is null. */
export function numberOrNull(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

/** 64-bit numbers travel as text. Throws INTERNAL for one that is not exact here. */
export function numbers<K extends string>(texts: Readonly<Record<K, string>>): Record<K, number> {
  const found = Object.entries<string>(texts).map(([key, text]) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value)) {
      throw new AppError('INTERNAL', `the agent answered ${JSON.stringify(text)} for ${key}`);
    }
    return [key, value] as const;
  });
  // The keys are those of `texts`.
  return Object.fromEntries(found) as Record<K, number>;
}

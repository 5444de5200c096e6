/** Doubling waits with a ceiling: `backoffMs(0)` is the first. Deterministic; jitter is the caller's. */
export function backoffMs(
  failures: number,
  limits: { readonly firstMs: number; readonly maxMs: number },
): number {
  return Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(failures, 30));
}

/** Spreads `ms` over [0.5, 1) of itself, so that a fleet does not return in one instant. */
export function jittered(ms: number, random: () => number): number {
  return ms * (0.5 + random() / 2);
}
